import { describe, expect, it } from 'vitest'
import { loadMapping } from '../../src/mapping/load.ts'

const files: Readonly<Record<string, string>> = { '/run/secrets/pw': 's3cret\n' }
const load = (text: string, env: Readonly<Record<string, string>> = {}) =>
  loadMapping(text, {
    file: 'm.yaml',
    env,
    readFile: (path) => {
      const found = files[path]
      if (found === undefined) throw new Error('ENOENT')
      return found
    },
  })
const problems = (text: string, env: Readonly<Record<string, string>> = {}) =>
  load(text, env).problems.map((p) => `${p.line}:${p.column} ${p.message}`)

describe('values', () => {
  const cases: readonly (readonly [text: string, env: Readonly<Record<string, string>>, value: unknown])[] = [
    ['a: 1', {}, { a: 1 }],
    ['{"a": {"b": [true, null, "x"]}}', {}, { a: { b: [true, null, 'x'] } }],
    ['a: no', {}, { a: 'no' }],
    ['a: ${X}', { X: 'v' }, { a: 'v' }],
    ['a: ${X}', { X: '7' }, { a: 7 }],
    ['a: "${X}"', { X: '7' }, { a: '7' }],
    ['backend: { port: "${X}" }', { X: '7' }, { backend: { port: '7' } }],
    ['backend:\n  password: ${X}', { X: '007' }, { backend: { password: '007' } }],
    ['backend:\n  password: ${X}', { X: '7' }, { backend: { password: '7' } }],
    ['a: p-${X}-s', { X: '7' }, { a: 'p-7-s' }],
    ['a: ${X:-d}', {}, { a: 'd' }],
    ['a: ${X:-d}', { X: '' }, { a: 'd' }],
    ['a: ${X:-}', {}, {}],
    ['a: "$${X}"', {}, { a: '${X}' }],
    ['a: "${X}"', { X: '${Y}' }, { a: '${Y}' }],
    ['a: ${file:/run/secrets/pw}', {}, { a: 's3cret' }],
    ['a:\nb: 1', {}, { b: 1 }],
    ['where: { a: null, b: "" }', {}, { where: { a: null, b: '' } }],
    ['a: &x { k: 1 }\nb: *x', {}, { a: { k: 1 }, b: { k: 1 } }],
    ['a: &x { k: 1, l: 1 }\nb: { <<: *x, l: 2 }', {}, { a: { k: 1, l: 1 }, b: { k: 1, l: 2 } }],
    // more than a double holds
    ['a: 18014398509481985', {}, { a: '18014398509481985' }],
    ['a: 0x202', {}, { a: 0x202 }],
    ['constructor: 1\ntoString: 2', {}, { constructor: 1, toString: 2 }],
  ]
  it.each(cases)('%j', (text, env, value) => {
    const loaded = load(text, env)
    expect(loaded.problems).toEqual([])
    expect(loaded.value).toEqual(value)
  })
})

describe('problems', () => {
  const cases: readonly (readonly [text: string, expected: readonly string[]])[] = [
    ['a: 1\na: 2', ['2:1 this key is there twice']],
    ['a: ${NOPE}\nb: ${ALSO}', ['1:4 the variable NOPE is not set', '2:4 the variable ALSO is not set']],
    ['a: ${file:/none}', ['1:4 the file named by ${file:…} cannot be read']],
    ['a: "${1x}"', ['1:4 "${…}" names no variable']],
    ['a: "${x"', ['1:4 "${" without "}"']],
    ['a: &x [*x]', ['1:8 this alias holds itself']],
    ['__proto__: 1', ['1:1 this key cannot be used']],
    ['? [a]\n: 1', ['1:3 a key must be plain text']],
    ['a: .inf', []],
  ]
  it.each(cases)('%j', (text, expected) => {
    expect(problems(text)).toEqual(expected)
  })

  it('reports what is no YAML once, with its place', () => {
    const [first] = problems('a: [1, 2\nb: {')
    expect(first).toMatch(/^\d+:\d+ /)
    expect(load('a: [1, 2\nb: {').value).toBeUndefined()
  })

  it('bounds what anchors grow to', () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let i = 1; i < 9; i++)
      bomb.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      )
    const started = performance.now()
    expect(problems(bomb.join('\n'))).toContainEqual(expect.stringContaining('too large or too deep'))
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('does not take names of Object for variables', () => {
    expect(problems('a: ${constructor}')).toEqual(['1:4 the variable constructor is not set'])
  })

  it('never shows what a variable holds', () => {
    const { problems: all } = load('a: ${X}\nb: ${Y}', { X: 'geheim' })
    expect(JSON.stringify(all)).not.toContain('geheim')
  })
})

describe('places', () => {
  it('knows quoted keys from plain ones', () => {
    const loaded = load('values: { "0": a, 1: b }')
    expect([loaded.isQuoted(['values', '0']), loaded.isQuoted(['values', '1'])]).toEqual([true, false])
  })
})
