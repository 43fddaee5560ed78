import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/base/json.ts'
import type { AttributeMapping, Leaf, ResourceMapping } from '../../src/mapping/catalog.ts'
import { comparePredicate, presentPredicate } from '../../src/mapping/compare-predicate.ts'
import { encodeLeaf, encodeRow, onCreateValue } from '../../src/mapping/encode.ts'
import type { NativeRecord } from '../../src/mapping/record.ts'
import { userOf } from './compiled.ts'

const attributeOf = (mapping: ResourceMapping, name: string): AttributeMapping => {
  const found = mapping.attributes.find((one) => one.of.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

function leafOf(mapping: ResourceMapping, name: string): Leaf {
  const leaves = mapping.attributes.flatMap((one) =>
    one.kind === 'elements' ? one.elements.flatMap((e) => e.leaves) : one.kind === 'reference' ? [] : one.leaves,
  )
  const found = leaves.find((leaf) => leaf.ref.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

const split = 'name: { slot: full, template: "{familyName}, {givenName}", lossy: accepted }'
const all =
  'active: { all: [ { slot: a, is: 1 }, { slot: b, is: 0, onTrue: keep }, { slot: c, is: 1, onFalse: keep } ] }'
const flag = 'active: { slot: uac, bit: 0x2, is: 0 }'
const now = 'active: { slot: gone, codec: { present: false, write: { false: { now: epoch } } } }'

describe('encodeLeaf', () => {
  const cases: readonly (readonly [
    what: string,
    attributes: string,
    leaf: string,
    value: Json | undefined,
    resource: object,
    held: NativeRecord['fields'],
    written: object,
  ])[] = [
    ['a value', 'title: t', 'title', 'Boss', {}, {}, { t: 'Boss' }],
    ['no value', 'title: t', 'title', undefined, {}, {}, { t: null }],
    ['the word for no value', 'meta.created: c\ntitle: t', 'title', undefined, {}, {}, { t: null }],
    [
      'a list',
      'emails.value: { slot: l, many: true, list: json }',
      'emails.value',
      ['a', 'b'],
      {},
      {},
      { l: ['a', 'b'] },
    ],
    ['no list', 'emails.value: { slot: l, many: true, list: json }', 'emails.value', undefined, {}, {}, { l: [] }],
    ['the other bits stay', flag, 'active', false, {}, { uac: 512 }, { uac: 514 }],
    ['a conjunction, true', all, 'active', true, {}, {}, { a: 1, c: 1 }],
    ['a conjunction, false', all, 'active', false, {}, {}, { a: 0, b: 1 }],
    ['a conjunction, no value', all, 'active', undefined, {}, {}, {}],
    [
      'a piece of a name',
      split,
      'name.givenName',
      'Ann',
      { name: { familyName: 'Berg', givenName: 'Eva' } },
      {},
      { full: 'Berg, Ann' },
    ],
    [
      'a name of one piece',
      split,
      'name.givenName',
      undefined,
      { name: { familyName: 'Berg', givenName: 'Eva' } },
      {},
      { full: 'Berg' },
    ],
    ['no name at all', split, 'name.givenName', undefined, {}, {}, { full: null }],
    ['a template', 'displayName: { template: "{userName}" }', 'displayName', 'x', {}, {}, {}],
    ['present again', now, 'active', true, {}, { gone: 5 }, { gone: null }],
  ]
  it.each(cases)('%s', (_, attributes, name, value, resource, held, written) => {
    const leaf = leafOf(userOf(attributes), name)
    const out = encodeLeaf(leaf, value, resource as { readonly [key: string]: Json }, { fields: held })
    expect(Object.fromEntries(out.map(({ slot, value: native }) => [slot.key, native]))).toEqual(written)
  })

  it('writes the present moment', () => {
    const [written] = encodeLeaf(leafOf(userOf(now), 'active'), false, {})
    expect(Math.abs(Number(written?.value) - Date.now() / 1000)).toBeLessThan(5)
  })

  it('refuses a name that would be cut elsewhere', () => {
    const leaf = leafOf(userOf(split), 'name.givenName')
    expect(() => encodeLeaf(leaf, 'Ann, Eva', { name: { familyName: 'Berg' } })).toThrow('cut differently')
  })

  it('refuses another value than a constant, without regard to case', () => {
    const rows = attributeOf(
      userOf('emails: { rows: { table: m, foreignKey: p }, value: v, type: { constant: work } }'),
      'emails',
    )
    if (rows.kind !== 'rows') throw new Error('no rows')
    expect(encodeRow(rows, { value: 'a@x', type: 'WORK' })).toEqual({ fields: { v: 'a@x' } })
    expect(() => encodeRow(rows, { value: 'a@x', type: 'home' })).toThrow('emails.type is always "work" here')
  })
})

describe('encodeRow', () => {
  const rows = attributeOf(
    userOf(
      'emails: { rows: { table: m, foreignKey: p, key: id }, value: v, type: { slot: k, codec: { values: { W: work } } }, display: { slot: d, access: readOnly } }',
    ),
    'emails',
  )
  it('writes the mapped columns and keeps the key', () => {
    if (rows.kind !== 'rows') throw new Error('no rows')
    expect(encodeRow(rows, { value: 'a@x', type: 'work', display: 'x' }, { fields: {}, rowKey: 9 })).toEqual({
      fields: { v: 'a@x', k: 'W' },
      rowKey: 9,
    })
    expect(encodeRow(rows, { value: 'a@x' })).toEqual({ fields: { v: 'a@x', k: null } })
    expect(() => encodeRow(rows, { value: 'a@x', type: 'pager' })).toThrow('type must be one of "work"')
  })
})

describe('onCreateValue', () => {
  it.each([
    ['title: { slot: t, default: None }', 'title', {}, 'None'],
    ['active: { slot: a, default: true }', 'active', {}, true],
    ['title: { slot: t, default: "of {userName}" }', 'title', { userName: 'bob' }, 'of bob'],
    ['title: { slot: t, default: "{{of}}" }', 'title', {}, '{of}'],
    ['title: { slot: t, default: "of {name.givenName}" }\nname.givenName: g', 'title', {}, undefined],
    [
      'title: { slot: t, default: "{emails.value}" }\nemails.value: { slot: e }',
      'title',
      { emails: [{ value: 'a' }, { value: 'b', primary: true }] },
      'b',
    ],
    ['title: t', 'title', {}, undefined],
  ] as const)('%s', (attributes, name, resource, expected) => {
    expect(
      onCreateValue(leafOf(userOf(attributes), name), resource as unknown as { readonly [key: string]: Json }),
    ).toBe(expected)
  })
})

describe('predicates', () => {
  it('asks the codec', () => {
    const leaf = leafOf(userOf('title: t'), 'title')
    expect(comparePredicate(leaf, 'co', 'BoSS')).toMatchObject({
      kind: 'slot',
      test: { op: 'co', value: 'boss', fold: true },
    })
    expect(presentPredicate(leaf)).toMatchObject({ kind: 'not' })
  })

  it('is the conjunction of the parts, and total', () => {
    const leaf = leafOf(userOf(all), 'active')
    expect(comparePredicate(leaf, 'eq', true)).toMatchObject({ kind: 'and' })
    expect(comparePredicate(leaf, 'eq', false)).toMatchObject({ kind: 'not' })
    expect(presentPredicate(leaf)).toEqual({ kind: 'true' })
  })

  it('leaves to the bridge what no slot can tell', () => {
    const name = leafOf(userOf(split), 'name.givenName')
    const list = leafOf(userOf('emails.value: { slot: l, many: true, list: json }'), 'emails.value')
    const trimmed = leafOf(userOf('title: { slot: t, codec: trim }'), 'title')
    expect([
      comparePredicate(name, 'eq', 'x'),
      presentPredicate(name),
      presentPredicate(list),
      presentPredicate(trimmed),
    ]).toEqual([undefined, undefined, undefined, undefined])
    // "some value is below" cannot be said with a negation about all values
    expect(comparePredicate(list, 'lt', 'x')).toBeUndefined()
    expect(comparePredicate(list, 'eq', 'x')).toBeDefined()
  })
})
