import { describe, expect, it } from 'vitest'
import { isBridgeError } from '../../src/base/errors.ts'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { readBulk } from '../../src/scim/bulk.ts'
import type { BulkOperation } from '../../src/scim/bulk.ts'
import { bulkTarget } from '../../src/scim/bulk-path.ts'
import { bulkIdIn, detached, withTexts } from '../../src/scim/bulk-references.ts'
import { dialect } from '../../src/scim/dialect.ts'
import { quirksOf } from '../../src/scim/quirks.ts'
import { bulkOf, patch, post } from '../wire/bulk.ts'
import { enterpriseSchema, userSchema } from '../wire/people.ts'
import { groupType, userType } from './types.ts'

const types = [userType, groupType]
const speaking = (profile: string) => dialect(quirksOf(profile) ?? new Set())
const spoken = speaking('tolerant')

const operation = (sent: JsonObject): BulkOperation => {
  const [read] = readBulk(bulkOf([sent]), types, 10, spoken).operations
  if (read?.kind !== 'operation') throw new Error(read?.error.detail)
  return read
}
/** Every text that is given to the swap, with the attribute it stands in. */
const textsIn = (sent: JsonObject): readonly string[] => {
  const found: string[] = []
  withTexts(operation(sent), spoken, (text, of) => {
    found.push(`${of?.name ?? '?'}: ${text}`)
    return text
  })
  return found
}

describe('the path of an operation', () => {
  it.each([
    ['/Users', 'type User'],
    ['Users', 'type User'],
    ['/users/', 'type User'],
    ['/Groups/7', 'id 7'],
    ['/Users/a%2Fb', 'id a/b'],
    ['/Users/%2e%2e', 'id ..'],
    ['/Users/uid=a,ou=b', 'id uid=a,ou=b'],
    ['/Users/bulkId:x', 'bulkId x'],
    ['/Users/bulkId%3Ax', 'bulkId x'],
    ['/Users/bulkId:', 'id bulkId:'],
    ['/Users/bulkid:x', 'id bulkid:x'],
  ])('%s is %s', (path, expected) => {
    const target = bulkTarget(path, types)
    const name = target.kind === 'type' ? target.type.name : target.kind === 'id' ? target.id : target.bulkId
    expect(`${target.kind} ${name}`).toBe(expected)
  })

  it.each([
    '',
    '/',
    '//',
    '/Users//',
    '/Users//1',
    'https://h/Users',
    'javascript:/x',
    '/Users\\1',
    '/Users/1#a',
    '/./Users',
    '/Users/\ud800',
  ])('%j is none', (path) => {
    expect(() => bulkTarget(path, types)).toThrow(expect.toSatisfy(isBridgeError) as Error)
  })
})

describe('the message', () => {
  const method = (profile: string, word: string): string | undefined =>
    readBulk(bulkOf([{ ...post('a', '/Users', {}), method: word }]), types, 10, speaking(profile)).operations[0]?.kind

  it('has methods in capitals, for a client that is taken at its word', () => {
    expect([method('strict', 'POST'), method('strict', 'post'), method('tolerant', 'post')]).toEqual([
      'operation',
      'refused',
      'operation',
    ])
  })

  it('takes nothing from the prototype of an object', () => {
    const sent = JSON.parse('{"__proto__": {"method": "DELETE", "path": "/Users/1"}, "constructor": 1}') as Json
    expect(readBulk(bulkOf([sent]), types, 10, spoken).operations[0]?.kind).toBe('refused')
  })
})

describe('references', () => {
  it('are texts that are nothing else', () => {
    expect(['bulkId:a', 'bulkId:a:b', 'bulkId:', 'x bulkId:a', 'BULKID:a'].map(bulkIdIn)).toEqual([
      'a',
      'a:b',
      undefined,
      undefined,
      undefined,
    ])
  })

  it('are looked for in what is stored, under any spelling of its name', () => {
    const data = {
      schemas: [userSchema],
      USERNAME: 'a',
      groups: [{ value: 'never written' }],
      id: 'no',
      unknown: 'no',
      [enterpriseSchema.toUpperCase()]: { Manager: { value: 'm' }, unknown: 'no' },
      [userSchema]: { title: 't' },
    }
    expect(textsIn(post('a', '/Users', data))).toEqual(['userName: a', 'manager: m', 'title: t'])
  })

  it('are looked for in values and value filters of a PATCH', () => {
    const sent = patch(
      '/Users/1',
      { op: 'add', path: 'title', value: 'a' },
      { op: 'remove', path: 'emails[value eq "b \\"c\\"" or type eq "d"]' },
      { op: 'add', path: `${enterpriseSchema}:manager`, value: 'e' },
      {
        op: 'add',
        value: { title: 'f', [enterpriseSchema]: { manager: { value: 'g' } }, [`${enterpriseSchema}:manager`]: 'h' },
      },
      { op: 'add', path: 'what is no path', value: ['i'] },
    )
    expect(textsIn(sent)).toEqual([
      'title: a',
      'emails: b "c"',
      'emails: d',
      'manager: e',
      'title: f',
      'manager: g',
      'manager: h',
      '?: i',
    ])
  })

  it('are looked for in paths that are keys, and without their quotes where a client is understood so', () => {
    const sent = patch(
      '/Users/1',
      { op: 'add', value: { 'emails[value eq "bulkId:a"].type': 'b', [`${userSchema}:title`]: 'c' } },
      { op: 'remove', path: 'emails[value eq bulkId:d or (value EQ  bulkId:e)]' },
    )
    expect(textsIn(sent)).toEqual(['emails: b', 'title: c', 'emails: bulkId:a', 'emails: bulkId:d', 'emails: bulkId:e'])
    const swap = (text: string): string => text.replace('bulkId:', 'id ')
    expect(JSON.stringify(withTexts(operation(sent), spoken, swap))).not.toContain('bulkId:')
    expect(JSON.stringify(withTexts(operation(sent), speaking('strict'), swap))).toContain('eq bulkId:d or')
  })

  it('are looked for once from the beginning to the end, whatever is not closed', () => {
    const unclosed = ['\\"', 'a\\', ' eq bulkId:', '     '].map((part) => `"${part.repeat(200_000)}`)
    const start = performance.now()
    for (const path of unclosed) {
      const sent = operation(patch('/Users/1', { op: 'remove', path }))
      expect(withTexts(sent, spoken, (text) => text)).toEqual(sent.data)
    }
    expect(performance.now() - start).toBeLessThan(5_000)
  })

  it('leave everything else as it was, names that mean something to JavaScript included', () => {
    const data = JSON.parse(
      `{"schemas":["${userSchema}"],"userName":"a","__proto__":{"x":1},"active":true}`,
    ) as JsonObject
    const swapped = withTexts(operation(post('a', '/Users', data)), spoken, (text) => `${text}!`)
    expect(JSON.stringify(swapped)).toBe(JSON.stringify(data).replace('"a"', '"a!"'))
    const path = patch('/Groups/1', { op: 'remove', path: 'members[value eq "bulkId:x"]' })
    const replaced = withTexts(operation(path), spoken, (text) => text.replace('bulkId:x', 'an "id"'))
    expect(JSON.stringify(replaced)).toContain(JSON.stringify('members[value eq "an \\"id\\""]').slice(1, -1))
  })

  it('that cannot be said yet are taken out, and said by a PATCH', () => {
    const data = {
      displayName: 'g',
      members: [{ value: 'bulkId:open' }, { value: 'bulkId:done' }, { value: '7' }],
    }
    const open = (bulkId: string): boolean => bulkId === 'open'
    expect(detached(operation(post('g', '/Groups', data)), open)).toEqual({
      data: { displayName: 'g', members: [{ value: 'bulkId:done' }, { value: '7' }] },
      later: [{ op: 'add', path: 'members', value: [{ value: 'bulkId:open' }] }],
      without: [],
    })
    const led = { userName: 'u', [enterpriseSchema]: { department: 'd', manager: { value: 'bulkId:open' } } }
    const part = detached(operation(post('u', '/Users', led)), open)
    expect([part.data, part.later, part.without.map(({ name }) => name)]).toEqual([
      { userName: 'u', [enterpriseSchema]: { department: 'd' } },
      [{ op: 'add', path: `${enterpriseSchema}:manager`, value: { value: 'bulkId:open' } }],
      ['manager'],
    ])
  })
})
