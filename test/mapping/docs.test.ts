import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { attributeWords } from '../../src/mapping/file-attribute.ts'
import { mappingJsonSchema } from '../../src/mapping/file.ts'
import { problemsOf } from './compiled.ts'

const text = readFileSync(new URL('../../docs/mapping.md', import.meta.url), 'utf8')

interface Example {
  readonly mark: string
  readonly body: string
  readonly line: number
}

const examples: readonly Example[] = [...text.matchAll(/^```yaml ?(\w*)\n(.*?)^```$/gms)].map((found) => ({
  mark: found[1] ?? '',
  body: found[2] ?? '',
  line: text.slice(0, found.index).split('\n').length,
}))

const indent = (body: string, by: number): string => body.replace(/^(?=.)/gm, ' '.repeat(by))
const has = (body: string, key: string): boolean => Object.hasOwn(parse(body) as object, key)

/** What an example leaves out. Its own text goes in as it stands, since quotes and numbers matter. */
const filled: Readonly<Record<string, (body: string) => string>> = {
  '': (body) => body,
  file: (body) => `version: 1\n${body}`,
  resource: (body) => {
    const rest = {
      table: 'table: { name: person, key: person_id }',
      id: 'id: person_id',
      onDelete: 'onDelete: delete',
      attributes: 'attributes: { userName: login }',
    }
    const missing = Object.entries(rest).filter(([key]) => !has(body, key))
    const allowed = missing.filter(([key]) => !(key === 'onDelete' && has(body, 'allow')))
    return `version: 1\nbackend: { kind: sql }\nresources:\n  User:\n${indent([...allowed.map(([, line]) => line), body].join('\n'), 4)}`
  },
  attributes: (body) =>
    `version: 1\nbackend: { kind: sql }\nresources:\n  User:\n    table: { name: person, key: person_id }\n    id: person_id\n    onDelete: delete\n    attributes:\n      userName: login\n${indent(body, 6)}`,
  entry: (body) => {
    const rest = {
      entry: 'entry: { base: "ou=people,dc=example,dc=com", objectClasses: [inetOrgPerson], rdn: "uid={userName}" }',
      attributes: 'attributes: { userName: uid }',
    }
    const missing = Object.entries(rest).flatMap(([key, line]) => (has(body, key) ? [] : [line]))
    return `version: 1\nbackend: { kind: ldap }\nresources:\n  User:\n${indent([...missing, body].join('\n'), 4)}`
  },
  directory: (body) => filled['entry']?.(`attributes:\n  userName: uid\n${indent(body, 2)}`) ?? '',
}

describe('docs/mapping.md', () => {
  it('has examples of every kind', () => {
    expect(new Set(examples.map((one) => one.mark))).toEqual(new Set(Object.keys(filled)))
    expect(examples.length).toBeGreaterThan(20)
  })

  it.each(examples)('line $line compiles', ({ mark, body }) => {
    expect(problemsOf(filled[mark]?.(body) ?? '')).toEqual([])
  })

  it('can be read by any YAML reader', () => {
    for (const { body } of examples) expect(stringify(parse(body))).not.toBe('')
  })

  it('speaks of every word of the language', () => {
    const words = new Set<string>(Object.keys(attributeWords))
    const walk = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return
      if (Array.isArray(node)) return node.forEach(walk)
      const { properties } = node as { readonly properties?: object }
      for (const word of Object.keys(properties ?? {})) words.add(word)
      Object.values(node).forEach(walk)
    }
    walk(mappingJsonSchema())
    const missing = [...words].filter((word) => !new RegExp(`(?<![\\w$])${word.replace('$', '\\$')}(?!\\w)`).test(text))
    expect(words.size).toBeGreaterThan(60)
    expect(missing).toEqual([])
  })

  it('shows the harder words at work', () => {
    const known = new Set(examples.flatMap(({ body }) => [...body.matchAll(/[\w$]+(?=:)/g)].map(([key]) => key)))
    for (const word of [
      'rows',
      'reverse',
      'keyValue',
      'lookup',
      'through',
      'hide',
      'mirror',
      'lossy',
      'with',
      'container',
      'counter',
    ])
      expect(known).toContain(word)
  })
})
