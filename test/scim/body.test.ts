import { describe, expect, it } from 'vitest'
import { isBridgeError } from '../../src/base/errors.ts'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { readResource } from '../../src/scim/body.ts'
import { quirksOf } from '../../src/scim/quirks.ts'
import type { QuirkName } from '../../src/scim/quirks.ts'
import { isDateTime } from '../../src/scim/read-scalar.ts'
import { outcome } from './outcome.ts'
import { enterprise, groupType, thingType, userType } from './types.ts'

const strict = quirksOf('strict') ?? new Set()
const tolerant = quirksOf('tolerant') ?? new Set()
const user = userType.schema.id

const read = (body: JsonObject, quirks = strict): Json =>
  outcome(() => readResource({ schemas: [user], userName: 'al', ...body }, userType, quirks).resource)

describe('the canonical form of a body', () => {
  it.each<[string, JsonObject, JsonObject]>([
    [
      'names in schema casing',
      { DISPLAYNAME: 'Al', Name: { GIVENNAME: 'A' } },
      { displayName: 'Al', name: { givenName: 'A' } },
    ],
    ['unknown attributes go', { shoeSize: 42, name: { shoeSize: 42, givenName: 'A' } }, { name: { givenName: 'A' } }],
    ['read-only attributes go', { id: 'x', meta: { created: 'x' }, groups: [{ value: 'g' }] }, {}],
    ['nothing empty', { title: null, emails: [], name: {}, addresses: null }, {}],
    ['a complex value of nothing', { name: { givenName: null } }, {}],
    [
      'an extension, its URN in any case',
      { [enterprise.toUpperCase()]: { DEPARTMENT: 'D' } },
      { [enterprise]: { department: 'D' } },
    ],
    ['an extension without data', { [enterprise]: { department: null } }, {}],
    ['the base schema as a key', { [user]: { title: 'T' } }, { title: 'T' }],
    ['a foreign schema', { 'urn:example:other': { a: 1 } }, {}],
    ['a password stays', { password: 's3cret' }, { password: 's3cret' }],
    [
      'read-only parts go',
      { [enterprise]: { manager: { value: 'm', displayName: 'M' } } },
      { [enterprise]: { manager: { value: 'm' } } },
    ],
    [
      'duplicates once',
      { roles: [{ value: 'a' }, { value: 'a', primary: false }, { value: 'b' }] },
      { roles: [{ value: 'a' }, { value: 'b' }] },
    ],
    ['elements of nothing go', { emails: [null, {}, { value: null, type: 'work' }] }, {}],
    ['an address without its parts goes', { addresses: [{ type: 'work', locality: null }] }, {}],
    [
      'names of Object.prototype',
      JSON.parse(
        '{"__proto__":{"title":"x"},"constructor":1,"name":{"toString":"x","__proto__":{"a":1}}}',
      ) as JsonObject,
      {},
    ],
  ])('%s', (_, body, expected) => {
    const got = read(body)
    expect(got).toEqual({ userName: 'al', ...expected })
    expect(Object.getPrototypeOf(got)).toBe(Object.prototype)
  })

  it('copies what it keeps', () => {
    const emails = [{ value: 'a@example.com' }]
    const got = readResource({ schemas: [user], userName: 'al', emails }, userType, strict).resource
    expect(got['emails']).toEqual(emails)
    expect(got['emails']).not.toBe(emails)
  })

  it('tells cleared from not sent', () => {
    const body = {
      schemas: [user],
      userName: 'al',
      active: null,
      emails: [],
      name: { givenName: null },
      [enterprise]: null,
    }
    const { cleared } = readResource(body, userType, strict)
    expect([...cleared].sort()).toEqual(
      [
        'active',
        'emails',
        'name',
        ...['costCenter', 'department', 'division', 'employeeNumber', 'manager', 'organization'].map(
          (a) => `${enterprise}:${a}`,
        ),
      ].sort(),
    )
  })
})

describe('refused bodies', () => {
  it.each<[string, JsonObject, string]>([
    ['a name twice', { title: 'a', TITLE: 'b' }, 'invalidSyntax'],
    ['a sub-attribute twice', { name: { givenName: 'a', GivenName: 'b' } }, 'invalidSyntax'],
    ['an extension twice', { [enterprise]: {}, [enterprise.toUpperCase()]: {} }, 'invalidSyntax'],
    ['an extension that is no object', { [enterprise]: 'x' }, 'invalidValue'],
    [
      'two primaries',
      {
        emails: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      },
      'invalidValue',
    ],
    ['no userName', { userName: null }, 'invalidValue'],
    ['an empty userName', { userName: '' }, 'invalidValue'],
    ['schemas without the base schema', { schemas: [enterprise] }, 'invalidSyntax'],
    ['schemas that are no list', { schemas: user }, 'invalidSyntax'],
    ['a number for a string', { title: 5 }, 'invalidValue'],
    ['a list for a single value', { title: ['a', 'b'] }, 'invalidValue'],
    ['an object for a string', { title: { value: 'a' } }, 'invalidValue'],
    ['a string for a complex value', { name: 'Al' }, 'invalidValue'],
    ['a string boolean', { active: 'true' }, 'invalidValue'],
    ['an empty boolean', { active: '' }, 'invalidValue'],
    ['a NUL', { title: 'a\0b' }, 'invalidValue'],
    ['half a character', { title: '\ud83d' }, 'invalidValue'],
    ['a URL with spaces', { profileUrl: 'not a url' }, 'invalidValue'],
    [
      'a member without id',
      { schemas: [groupType.schema.id], displayName: 'G', members: [{ type: 'User' }] },
      'invalidValue',
    ],
  ])('%s', (_, body, reason) => {
    const type = 'members' in body ? groupType : userType
    const base = type === userType ? { schemas: [user], userName: 'al' } : {}
    expect(outcome(() => readResource({ ...base, ...body }, type, strict))).toBe(reason)
  })

  it('names the attribute and the type, never the value', () => {
    try {
      readResource({ schemas: [user], userName: 'al', password: 12345 }, userType, strict)
      expect.unreachable()
    } catch (error) {
      expect(isBridgeError(error) && error.detail).toBe('"password" must be a string')
    }
  })

  it.each([null, [], 'x', 5])('a body of %j', (body) => {
    expect(outcome(() => readResource(body, userType, strict))).toBe('invalidSyntax')
  })
})

describe('data types', () => {
  const thing = (more: JsonObject): Json =>
    outcome(() => {
      const place = { 'urn:example:Thing:Place': { room: 'R' } }
      return readResource(
        { schemas: ['urn:example:Thing'], label: 'L', parts: [{ code: 'c' }], ...place, ...more },
        thingType,
        strict,
      ).resource
    })
  const ok = (more: JsonObject): JsonObject => {
    const got = thing(more)
    if (typeof got === 'string') throw new Error(`refused: ${got}`)
    return got as JsonObject
  }

  it.each<[string, Json]>([
    ['count', 3],
    ['count', -0],
    ['count', 9007199254740991],
    ['ratio', 1.5],
    ['since', '2026-02-28T23:59:59.123Z'],
    ['since', '2024-02-29T24:00:00+14:00'],
    ['bytes', 'QQ'],
    ['bytes', 'QQ=='],
    ['bytes', 'QUI='],
    ['link', '../Users/1'],
    ['link', 'https://example.com/ü?q=1#f'],
    ['tags', ['a', 'b']],
  ])('%s takes %j', (name, value) => {
    expect(ok({ [name]: value })[name]).toEqual(value)
  })

  it.each<[string, Json]>([
    ['count', 1.5],
    ['count', '3'],
    ['count', 9007199254740993],
    ['ratio', '1.5'],
    ['since', '2026-01-01'],
    ['since', '2026-02-30T00:00:00Z'],
    ['since', '2026-01-01T25:00:00Z'],
    ['since', 1767225600],
    ['bytes', 'A'],
    ['bytes', 'QQ='],
    ['bytes', 'Q Q='],
    ['bytes', 'QQ-_'],
    ['link', 'a b'],
    ['open', 1],
    ['tags', 'a'],
    ['tags', [1]],
    ['tags', [['a']]],
    ['label', null],
    ['owner', { hint: 'h' }],
    ['parts', []],
    ['parts', [{ maker: 'm' }]],
    ['urn:example:Thing:Place', null],
    ['urn:example:Thing:Place', { floor: 2 }],
  ])('%s refuses %j', (name, value) => {
    expect(thing({ [name]: value })).toBe('invalidValue')
  })

  it('knows the days of a year', () => {
    expect(
      ['1900-02-29', '2000-02-29', '2023-04-31', '2023-12-31'].map((day) => isDateTime(`${day}T00:00:00`)),
    ).toEqual([false, true, false, true])
  })
})

describe('dialects in bodies', () => {
  it.each<[QuirkName, JsonObject, JsonObject]>([
    [
      'stringBoolean',
      { active: 'False', roles: [{ value: 'r', primary: 'True' }] },
      { active: false, roles: [{ value: 'r', primary: true }] },
    ],
    ['emptyMeansAbsent', { title: '', emails: [{ value: '', type: 'work' }] }, {}],
    ['stringManager', { [enterprise]: { manager: 'm' } }, { [enterprise]: { manager: { value: 'm' } } }],
    [
      'scalarInArray',
      { active: [false], [enterprise]: { manager: [{ $ref: null, value: 'm' }] } },
      { active: false, [enterprise]: { manager: { value: 'm' } } },
    ],
    ['emptyMeansAbsent', { [enterprise]: { manager: { value: '' } } }, {}],
    ['objectForArray', { emails: { value: 'a@example.com' } }, { emails: [{ value: 'a@example.com' }] }],
    ['bareMemberValue', { roles: ['admin'] }, { roles: [{ value: 'admin' }] }],
    ['foreignSchemas', { schemas: ['urn:scim:schemas:core:1.0'] }, {}],
  ])('%s', (name, body, expected) => {
    const met = new Set<QuirkName>()
    const full = { schemas: [user], userName: 'al', ...body }
    expect(readResource(full, userType, tolerant, (quirk) => met.add(quirk)).resource).toEqual({
      userName: 'al',
      ...expected,
    })
    expect([...met]).toEqual([name])
    expect(outcome(() => readResource(full, userType, strict).resource)).not.toEqual({ userName: 'al', ...expected })
  })

  it('no string but "true" and "false" is a boolean', () => {
    expect(read({ active: 'yes' }, tolerant)).toBe('invalidValue')
  })

  it('an empty userName is none', () => {
    expect(read({ userName: '' }, tolerant)).toBe('invalidValue')
  })
})
