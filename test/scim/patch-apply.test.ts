import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBridgeError } from '../../src/base/errors.ts'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { messages } from '../../src/scim/messages.ts'
import { applyPatch } from '../../src/scim/patch-apply.ts'
import { parsePatch } from '../../src/scim/patch-parse.ts'
import { quirksOf } from '../../src/scim/quirks.ts'
import type { Quirks } from '../../src/scim/quirks.ts'
import type { ResourceType } from '../../src/scim/schema.ts'
import { outcome } from './outcome.ts'
import { enterprise, groupType, thingType, userType } from './types.ts'

const strict = quirksOf('strict') ?? new Set()
const tolerant = quirksOf('tolerant') ?? new Set()

const patch = (held: JsonObject, operations: readonly Json[], type: ResourceType, quirks: Quirks): Json =>
  outcome(() =>
    applyPatch(held, parsePatch({ schemas: [messages.patchOp], Operations: operations }, type, quirks), type),
  )

const work = { value: 'w@example.com', type: 'work', primary: true }
const home = { value: 'h@example.com', type: 'home' }
const al: JsonObject = { userName: 'al', name: { givenName: 'A', familyName: 'L' }, emails: [work, home] }
const team: JsonObject = {
  displayName: 'Team',
  members: [
    { value: 'a', type: 'User', display: 'Ann', $ref: '../Users/a' },
    { value: 'b', type: 'User', display: 'Bob', $ref: '../Users/b' },
  ],
}
const thing: JsonObject = {
  label: 'L',
  serial: 's1',
  tags: ['a', 'b'],
  owner: { value: 'o', born: 'here' },
  parts: [
    { code: 'c1', maker: 'm1', primary: true },
    { code: 'C1', maker: 'm2' },
  ],
  'urn:example:Thing:Place': { room: 'R' },
}

describe('users', () => {
  const manager = { [enterprise]: { manager: { value: 'm', $ref: '../Users/m', displayName: 'M' } } }
  it.each<[string, JsonObject, Json, Json]>([
    ['the same again', al, { op: 'replace', value: { ...al, name: { familyName: 'L' } } }, al],
    [
      'an element in another order of keys',
      al,
      { op: 'add', path: 'emails', value: [{ type: 'home', primary: false, value: 'h@example.com' }] },
      al,
    ],
    [
      'more about a value that is there',
      al,
      { op: 'add', path: 'emails', value: { ...home, display: 'H' } },
      { ...al, emails: [work, { ...home, display: 'H' }] },
    ],
    [
      'a new primary resets the old',
      al,
      { op: 'add', path: 'emails', value: [{ value: 'n', primary: true }] },
      { ...al, emails: [{ ...work, primary: false }, home, { value: 'n', primary: true }] },
    ],
    [
      'primary on a held value',
      al,
      { op: 'add', path: 'emails', value: [{ ...home, primary: true }] },
      {
        ...al,
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
    ],
    ['primary on all', al, { op: 'replace', path: 'emails.primary', value: true }, 'invalidValue'],
    [
      'a part of every element',
      al,
      { op: 'replace', path: 'emails.display', value: 'D' },
      {
        ...al,
        emails: [
          { ...work, display: 'D' },
          { ...home, display: 'D' },
        ],
      },
    ],
    [
      'a part of no element makes one',
      { userName: 'al' },
      { op: 'add', path: 'emails.value', value: 'n' },
      { userName: 'al', emails: [{ value: 'n' }] },
    ],
    [
      'an element replaced stays what it is called',
      al,
      { op: 'replace', path: 'emails[type eq "home"]', value: { value: 'n' } },
      { ...al, emails: [work, { type: 'home', value: 'n' }] },
    ],
    [
      'an element replaced loses the rest',
      al,
      { op: 'replace', path: 'emails[type eq "work"]', value: { value: 'n' } },
      { ...al, emails: [{ type: 'work', value: 'n' }, home] },
    ],
    [
      'an element added to keeps the rest',
      al,
      { op: 'add', path: 'emails[type eq "work"]', value: { value: 'n' } },
      { ...al, emails: [{ ...work, value: 'n' }, home] },
    ],
    ['no match, removed', al, { op: 'remove', path: 'emails[type eq "other"]' }, al],
    ['no match, added to', al, { op: 'add', path: 'emails[type eq "other"]', value: { value: 'n' } }, 'noTarget'],
    [
      'the value of an element is the element',
      al,
      { op: 'remove', path: 'emails[type eq "home"].value' },
      { ...al, emails: [work] },
    ],
    [
      'the last part is the whole',
      al,
      [
        { op: 'remove', path: 'name.givenName' },
        { op: 'remove', path: 'name.familyName' },
      ],
      { userName: 'al', emails: [work, home] },
    ],
    [
      'the last element is the list',
      { userName: 'al', emails: [home] },
      { op: 'remove', path: 'emails[type eq "HOME"]' },
      { userName: 'al' },
    ],
    [
      'parts given as null',
      al,
      { op: 'replace', path: 'name', value: { givenName: null, middleName: 'M' } },
      { ...al, name: { familyName: 'L', middleName: 'M' } },
    ],
    ['an empty object', al, { op: 'replace', path: 'name', value: {} }, al],
    ['nothing added to a list', al, { op: 'add', path: 'emails', value: [] }, al],
    [
      'another manager takes nothing over',
      { userName: 'al', ...manager },
      { op: 'replace', path: `${enterprise}:manager.value`, value: 'n' },
      { userName: 'al', [enterprise]: { manager: { value: 'n' } } },
    ],
    [
      'the same manager changes nothing',
      { userName: 'al', ...manager },
      { op: 'replace', path: `${enterprise}:manager`, value: { value: 'm' } },
      { userName: 'al', ...manager },
    ],
    [
      'no manager leaves nothing',
      { userName: 'al', ...manager },
      { op: 'remove', path: `${enterprise}:manager.value` },
      { userName: 'al' },
    ],
    [
      'the name of a manager',
      { userName: 'al', ...manager },
      { op: 'replace', path: `${enterprise}:manager.displayName`, value: 'x' },
      'mutability',
    ],
    [
      'an extension as null',
      { userName: 'al', ...manager },
      { op: 'replace', path: enterprise, value: null },
      { userName: 'al' },
    ],
    [
      'an extension removed',
      { userName: 'al', ...manager },
      { op: 'remove', path: enterprise.toUpperCase() },
      { userName: 'al' },
    ],
    ['the base schema removed', al, { op: 'remove', path: userType.schema.id }, 'mutability'],
    [
      'the base schema as a path',
      al,
      { op: 'add', path: userType.schema.id, value: { title: 'T' } },
      { ...al, title: 'T' },
    ],
    ['schemas follow the data', al, { op: 'add', path: 'schemas', value: [enterprise] }, al],
    ['a filter on a single value', al, { op: 'remove', path: 'name[givenName eq "A"]' }, 'invalidPath'],
    ['a JSON pointer', al, { op: 'remove', path: '/name' }, 'invalidPath'],
    ['an empty path', al, { op: 'replace', path: '', value: { title: 'T' } }, 'invalidPath'],
    ['a key twice', al, { op: 'replace', value: { title: 'a', Title: 'b' } }, 'invalidSyntax'],
    ['a value list that strict does not know', al, { op: 'remove', path: 'emails', value: [home] }, 'invalidValue'],
  ])('%s', (_, held, operations, expected) => {
    const got = patch(held, Array.isArray(operations) ? operations : [operations], userType, strict)
    expect(got).toEqual(expected)
  })

  it('gives the very resource back when nothing changes', () => {
    expect(
      patch(
        al,
        [
          { op: 'add', path: 'emails', value: [home] },
          { op: 'remove', path: 'title' },
        ],
        userType,
        strict,
      ),
    ).toBe(al)
  })

  it('says which of several operations failed', () => {
    const operations = [
      { op: 'remove', path: 'title' },
      { op: 'remove', path: 'nope' },
    ]
    try {
      parsePatch({ schemas: [messages.patchOp], Operations: operations }, userType, strict)
      expect.unreachable()
    } catch (error) {
      expect(isBridgeError(error) && error.detail).toMatch(/^Operations\[1\]: unknown attribute "nope"/)
    }
  })
})

describe('groups', () => {
  const [ann = null, bob = null] = team['members'] as readonly Json[]
  it.each<[string, Json, Json]>([
    [
      'a member again, wrongly named',
      { op: 'add', path: 'members', value: [{ value: 'a', display: 'X', type: 'Group' }] },
      team,
    ],
    [
      'a member twice in one list',
      { op: 'add', path: 'members', value: [{ value: 'c' }, { value: 'c', type: 'User' }] },
      { ...team, members: [ann, bob, { value: 'c' }] },
    ],
    [
      'all replaced keeps who stays',
      { op: 'replace', path: 'members', value: [{ value: 'b' }, { value: 'c' }] },
      { ...team, members: [bob, { value: 'c' }] },
    ],
    ['ids are case exact', { op: 'remove', path: 'members', value: [{ value: 'A' }] }, team],
    [
      'a list of one',
      { op: 'remove', path: 'members', value: [{ value: 'a', display: 'X', $ref: null }] },
      { ...team, members: [bob] },
    ],
    ['an object', { op: 'remove', path: 'members', value: { value: 'a' } }, { ...team, members: [bob] }],
    ['a bare string', { op: 'remove', path: 'members', value: 'a' }, { ...team, members: [bob] }],
    ['a list of strings', { op: 'remove', path: 'members', value: ['a', 'b'] }, { displayName: 'Team' }],
    ['an empty list removes nobody', { op: 'remove', path: 'members', value: [] }, team],
    [
      'a list of nothing removes nobody',
      { op: 'remove', path: 'members', value: ['', null, {}, { display: 'Ann' }] },
      team,
    ],
    ['null is no list', { op: 'remove', path: 'members', value: null }, { displayName: 'Team' }],
    [
      'a member is not changed into another',
      { op: 'replace', path: 'members[value eq "a"].value', value: 'c' },
      'mutability',
    ],
    ['nor as an element', { op: 'replace', path: 'members[value eq "a"]', value: { value: 'c' } }, 'mutability'],
    ['nor in its type', { op: 'replace', path: 'members[value eq "a"].type', value: 'Group' }, 'mutability'],
    [
      'a member by filter',
      { op: 'remove', path: 'members[value eq "a" or value eq "c"]' },
      { ...team, members: [bob] },
    ],
  ])('%s', (_, operation, expected) => {
    expect(patch(team, [operation], groupType, tolerant)).toEqual(expected)
  })

  it('adds and removes in a group of many without comparing pair by pair', () => {
    const members = Array.from({ length: 50_000 }, (_, i) => ({ value: `m${i}` }))
    const given = Array.from({ length: 5_000 }, (_, i) => ({ value: `m${i * 11}` }))
    const began = performance.now()
    const got = patch(
      { displayName: 'G', members },
      [
        { op: 'add', path: 'members', value: given },
        { op: 'remove', path: 'members', value: given },
      ],
      groupType,
      tolerant,
    ) as JsonObject
    expect((got['members'] as readonly Json[]).length).toBe(50_000 - Math.ceil(50_000 / 11))
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})

describe('every characteristic', () => {
  const place = 'urn:example:Thing:Place'
  it.each<[string, JsonObject, Json, Json]>([
    ['immutable, the same', thing, { op: 'replace', path: 'serial', value: 's1' }, thing],
    ['immutable, another', thing, { op: 'replace', path: 'serial', value: 's2' }, 'mutability'],
    ['immutable, removed', thing, { op: 'remove', path: 'serial' }, 'mutability'],
    ['immutable, unset', { label: 'L' }, { op: 'add', path: 'serial', value: 's2' }, { label: 'L', serial: 's2' }],
    ['an immutable part, another', thing, { op: 'add', path: 'owner', value: { born: 'there' } }, 'mutability'],
    ['an immutable part, removed', thing, { op: 'remove', path: 'owner.born' }, 'mutability'],
    [
      'an immutable part of an element',
      thing,
      { op: 'replace', path: 'parts[code eq "c1"].maker', value: 'm9' },
      'mutability',
    ],
    [
      'an element with an immutable part goes',
      thing,
      { op: 'remove', path: 'parts[code eq "c1"]' },
      { ...thing, parts: [{ code: 'C1', maker: 'm2' }] },
    ],
    ['a required attribute', thing, { op: 'remove', path: 'label' }, 'mutability'],
    ['a required attribute as null', thing, { op: 'replace', path: 'label', value: null }, 'invalidValue'],
    ['a required attribute as ""', thing, { op: 'replace', path: 'label', value: '' }, 'invalidValue'],
    ['a required list as []', thing, { op: 'replace', path: 'parts', value: [] }, 'invalidValue'],
    ['a required list by its elements', thing, { op: 'remove', path: 'parts[code pr]' }, 'mutability'],
    [
      'a required list emptied and filled',
      thing,
      [
        { op: 'remove', path: 'parts[code pr]' },
        { op: 'add', path: 'parts', value: [{ code: 'x' }] },
      ],
      { ...thing, parts: [{ code: 'x' }] },
    ],
    ['a required part', thing, { op: 'remove', path: 'owner.value' }, 'mutability'],
    ['a required part of an element', thing, { op: 'remove', path: 'parts.code' }, 'mutability'],
    [
      'an element without its required part',
      thing,
      { op: 'add', path: 'parts', value: [{ maker: 'm' }] },
      'invalidValue',
    ],
    [
      'a complex value without its required part',
      { label: 'L' },
      { op: 'add', path: 'owner.hint', value: 'h' },
      'invalidValue',
    ],
    ['a required extension', thing, { op: 'remove', path: place }, 'mutability'],
    ['a required extension attribute', thing, { op: 'remove', path: `${place}:room` }, 'mutability'],
    [
      'an extension without its required part',
      { label: 'L' },
      { op: 'add', path: `${place}:floor`, value: 1 },
      'invalidValue',
    ],
    ['plain values', thing, { op: 'add', path: 'tags', value: ['b', 'c', 'c'] }, { ...thing, tags: ['a', 'b', 'c'] }],
    ['a plain value by filter', thing, { op: 'remove', path: 'tags[value eq "A"]' }, { ...thing, tags: ['b'] }],
    [
      'a plain value replaced',
      thing,
      { op: 'replace', path: 'tags[value eq "a"]', value: 'z' },
      { ...thing, tags: ['z', 'b'] },
    ],
    [
      'case exact in a filter',
      thing,
      { op: 'replace', path: 'parts[code eq "C1"].primary', value: true },
      {
        ...thing,
        parts: [
          { code: 'c1', maker: 'm1', primary: false },
          { code: 'C1', maker: 'm2', primary: true },
        ],
      },
    ],
  ])('%s', (_, held, operations, expected) => {
    expect(patch(held, Array.isArray(operations) ? operations : [operations], thingType, strict)).toEqual(expected)
  })
})

describe('missing elements', () => {
  it.each<[string, Json, Json]>([
    [
      'several parts make one element',
      [
        { op: 'add', path: 'addresses[type eq "work"].locality', value: 'LA' },
        { op: 'add', path: 'addresses[type eq "work"].country', value: 'US' },
      ],
      [{ type: 'work', locality: 'LA', country: 'US' }],
    ],
    [
      'an absent value that is to be absent',
      [{ op: 'replace', path: 'addresses[type eq "work"].locality', value: '' }],
      undefined as never,
    ],
    [
      'a choice makes none',
      [{ op: 'add', path: 'addresses[type eq "work" or type eq "home"].locality', value: 'LA' }],
      'noTarget',
    ],
  ])('%s', (_, operations, expected) => {
    const got = patch({ userName: 'al' }, operations as readonly Json[], userType, tolerant)
    expect(typeof got === 'string' ? got : (got as JsonObject)['addresses']).toEqual(expected)
  })
})

describe('laws', () => {
  const paths = [
    ...[
      'userName',
      'name',
      'name.givenName',
      'NAME.formatted',
      'emails',
      'emails.value',
      'active',
      'title',
      'schemas',
      'id',
    ],
    ...[
      'emails[type eq "work"]',
      'emails[type eq "work"].value',
      'emails[primary eq true].type',
      'emails[not (type pr)]',
    ],
    ...[`${enterprise}`, `${enterprise}:manager`, `${enterprise}:manager.value`, 'manager', 'groups', 'password'],
    ...[
      '__proto__',
      'constructor',
      'toString',
      '__proto__.polluted',
      'name.__proto__',
      'name.constructor',
      'emails[__proto__ pr]',
    ],
    ...['', '.', '[', 'emails[', 'emails[]', 'emails[0]', '/a/b', 'a b', 'urn:', ':'],
  ]
  const keys = [...paths, 'value', 'type', 'primary', '$ref', 'Value', 'givenName', 'hasOwnProperty']
  const scalar = fc.oneof(
    fc.constantFrom<Json>(null, '', true, false, 'True', 'work', 'x', 0, 1.5, -1, '__proto__'),
    fc.string({ maxLength: 5 }),
  )
  const { json } = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small', maxDepth: 4 },
      scalar,
      fc.array(tie('json'), { maxLength: 3 }),
      // own keys, `__proto__` included, as JSON.parse makes them
      fc
        .array(fc.tuple(fc.constantFrom(...keys), tie('json')), { maxLength: 4 })
        .map((entries) => Object.fromEntries(entries) as JsonObject),
    ),
  }))
  const operation = fc.record<JsonObject>(
    {
      op: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom<Json>('add', 'remove', 'replace', 'Add') },
        { weight: 1, arbitrary: scalar },
      ),
      path: fc.oneof({ weight: 9, arbitrary: fc.constantFrom<Json>(...paths) }, { weight: 1, arbitrary: json }),
      value: json,
    } as never,
    { requiredKeys: ['op'] } as never,
  )

  it.each([
    ['strict', strict],
    ['tolerant', tolerant],
  ])('whatever comes, a resource or a BridgeError, and nothing else changes: %s', (_, quirks) => {
    const before = structuredClone(al)
    let applied = 0
    fc.assert(
      fc.property(fc.array(operation, { minLength: 1, maxLength: 3 }), (operations) => {
        const got = patch(al, operations, userType, quirks)
        expect(al).toEqual(before)
        expect(Object.keys(Object.prototype)).toEqual([])
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
        if (typeof got === 'string') return
        applied++
        expect(Object.getPrototypeOf(got)).toBe(Object.prototype)
        expect(JSON.stringify(got)).not.toContain('"__proto__":')
        // what a PATCH leaves behind is canonical: sending it again changes nothing
        const { userName, ...rest } = got as JsonObject
        expect(typeof userName).toBe('string')
        const again = patch(got as JsonObject, [{ op: 'replace', value: { ...rest } }], userType, strict)
        expect(again).toEqual(got)
      }),
      { numRuns: 1_500, seed: 7 },
    )
    expect(applied).toBeGreaterThan(50)
  })
})
