import fc from 'fast-check'
import { BridgeError, isBridgeError, never } from '../../src/base/errors.ts'
import { isArray, isObject } from '../../src/base/json.ts'
import type { Json, JsonObject } from '../../src/base/json.ts'
import type { Leaf, ResourceMapping } from '../../src/mapping/catalog.ts'
import type { Codec } from '../../src/mapping/codec.ts'
import type { NativeRow } from '../../src/mapping/record.ts'
import type { NativeScalar, NativeValue, RowsSource, Slot } from '../../src/mapping/slot.ts'
import type { CompareOp, Filter, Literal, ScimFilter } from '../../src/scim/filter.ts'
import { resolveFilter } from '../../src/scim/filter-resolve.ts'
import type { AttributePath } from '../../src/scim/path.ts'
import { leafOf } from '../../src/scim/schema.ts'
import type { Attribute, ResourceType } from '../../src/scim/schema.ts'

/** The same laws run for everybody; LAWS_SEED explores elsewhere. */
export const seed = Number(process.env['LAWS_SEED'] ?? 20_260_101)

/** Text that has broken somebody: wildcards, quotes, escapes, forms of one letter, forms of no text at all. */
export const nastyTexts: readonly string[] = [
  '',
  ' ',
  'a',
  'A',
  'b',
  'ab',
  'aB',
  'a ',
  ' a',
  'a%',
  '%',
  '_',
  'a_b',
  '*',
  '**',
  '\\',
  '\\%',
  'a\\',
  "'",
  "O'Neil",
  '"',
  '""',
  ';--',
  "' OR '1'='1",
  ')',
  '(uid=*)',
  'null',
  'true',
  '0',
  '-1',
  '10',
  '9',
  '1e1',
  'é',
  'e\u0301',
  'É',
  'E\u0301',
  'josé',
  'JOSE\u0301',
  'jose',
  'ß',
  'SS',
  'ı',
  'İ',
  'i',
  'I',
  '\u212a',
  'k',
  'K',
  'å',
  '\u212b',
  'ﬁ',
  'fi',
  '😀',
  '😀a',
  '\uffff',
  '\ue000',
  'Ω',
  '\u2126',
  'ς',
  'Σ',
  'σ',
  'ΑΣ',
  '日本',
  '\t',
  '\n',
  '\u00a0',
  '\u200b',
  'x'.repeat(300),
  '__proto__',
  'constructor',
  'u1',
  'u901',
  'g1',
  '2020-01-01T00:00:00Z',
  '2020-01-01',
  'work',
  'Home',
]

const times: readonly string[] = [
  '2020-01-01T00:00:00Z',
  '2020-01-01T01:00:00+01:00',
  '2019-12-31T23:59:59Z',
  '1970-01-01T00:00:00Z',
  '1969-12-31T23:59:59Z',
  '2020-02-29T12:30:00Z',
  '2020-01-01T00:00:00.001Z',
  '9999-12-31T23:59:59Z',
  '0001-01-01T00:00:00Z',
  '2011-05-13T04:42:34Z',
]
const numbers: readonly number[] = [
  0, 1, -1, 2, 7, 9, 10, 100, 1.5, 9.5, -0.5, 0.1, 2147483647, -2147483648, 9007199254740991, 1e21,
]

export const texts: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constantFrom(...nastyTexts), weight: 6 },
  {
    arbitrary: fc
      .tuple(fc.constantFrom(...nastyTexts), fc.constantFrom(...nastyTexts))
      .map((t) => t.join('').slice(0, 400)),
    weight: 2,
  },
  { arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }), weight: 1 },
)

/** One record as natives: what a legacy application may hold, decodable or not. */
export interface Draft {
  readonly fields: readonly { readonly slot: Slot; readonly value: NativeValue }[]
  readonly rows: readonly { readonly rows: RowsSource; readonly add: readonly NativeRow[] }[]
  /** Choices of link targets: position in the population. */
  readonly links: readonly number[]
}

/** Native values a slot may also hold, by slot key: words outside a value table, empty strings, numbers that are no booleans. */
export type Extra = Readonly<Record<string, readonly NativeScalar[]>>

/** Records of a mapping; one in three values is missing. Leaves in `always` have one. */
export function drafts(mapping: ResourceMapping, extra: Extra, always: readonly string[]): fc.Arbitrary<Draft> {
  const slots = new Map<string, fc.Arbitrary<NativeValue>>()
  const places = new Map<string, Slot>()
  const rows: fc.Arbitrary<Draft['rows'][number]>[] = []
  for (const attribute of mapping.attributes) {
    if (attribute.kind === 'reference') continue
    if (attribute.kind === 'rows') {
      rows.push(
        fc.array(rowOf(attribute.leaves, extra), { maxLength: 3 }).map((add) => ({ rows: attribute.rows, add })),
      )
      continue
    }
    const leaves = attribute.kind === 'single' ? attribute.leaves : attribute.elements.flatMap((e) => e.leaves)
    for (const leaf of leaves) {
      // a leaf that clients cannot write is stamped by the mapping
      if (leaf.access === 'readOnly') continue
      for (const { slot, codec } of slotsIn(leaf)) {
        if (slot.at.kind === 'side' || slots.has(slot.key)) continue
        const one = natives(leaf, slot, codec, extra)
        const many = fc.array(
          one.filter((v) => v !== null && v !== '' && !(typeof v === 'string' && v.includes(','))),
          { maxLength: 3 },
        )
        const value: fc.Arbitrary<NativeValue> = slot.many ? many : one
        places.set(slot.key, slot)
        slots.set(
          slot.key,
          always.includes(leaf.ref.name) ? value.filter((v) => v !== null && v !== '') : optional(value),
        )
      }
    }
  }
  return fc.record({
    fields: fc
      .tuple(
        ...[...slots].map(([key, arbitrary]) => arbitrary.map((value) => ({ slot: places.get(key) as Slot, value }))),
      )
      .map((fields) => fields.filter(({ value }) => value !== null)),
    rows: fc.tuple(...rows),
    links: fc.array(fc.nat({ max: 200 }), { maxLength: 4 }),
  })
}

function slotsIn({ carrier }: Leaf): readonly { readonly slot: Slot; readonly codec: Codec }[] {
  switch (carrier.kind) {
    case 'slot':
    case 'split':
      return [carrier]
    case 'all':
      return carrier.parts
    case 'constant':
    case 'template':
      return []
    default:
      return never(carrier)
  }
}

const optional = (value: fc.Arbitrary<NativeValue>): fc.Arbitrary<NativeValue> =>
  fc.oneof({ arbitrary: value, weight: 2 }, { arbitrary: fc.constant(null), weight: 1 })

const rowOf = (leaves: readonly Leaf[], extra: Extra): fc.Arbitrary<NativeRow> =>
  fc
    .tuple(
      ...leaves.flatMap((leaf) =>
        slotsIn(leaf).map(({ slot, codec }) =>
          optional(natives(leaf, slot, codec, extra)).map((value) => [slot.key, value as NativeScalar] as const),
        ),
      ),
    )
    .map((entries) => ({ fields: Object.fromEntries(entries) }))

function natives(leaf: Leaf, slot: Slot, codec: Codec, extra: Extra): fc.Arbitrary<NativeScalar> {
  const also = Object.hasOwn(extra, slot.key) ? (extra[slot.key] ?? []) : []
  const encodable = values(leafOf(leaf.ref)).flatMap((value): readonly NativeScalar[] => {
    try {
      return [codec.encode(value)]
    } catch (error) {
      if (isBridgeError(error)) return []
      throw error
    }
  })
  const own = [...encodable, ...also]
  if (own.length === 0) throw new BridgeError('internal', `nothing can be written to ${slot.key}`)
  return leafOf(leaf.ref).type === 'string' && encodable.length > 10 && also.length === 0
    ? fc.oneof(fc.constantFrom(...own), texts)
    : fc.constantFrom(...own)
}

function values(attribute: Attribute): readonly Json[] {
  switch (attribute.type) {
    case 'boolean':
      return [true, false]
    case 'integer':
      return numbers.filter((n) => Number.isSafeInteger(n) && Math.abs(n) < 2 ** 40)
    case 'decimal':
      return numbers.filter((n) => Math.abs(n) < 2 ** 40)
    case 'dateTime':
      return times
    case 'binary':
      return ['', 'AAEC', '/w==']
    default:
      return [...nastyTexts, ...attribute.canonicalValues]
  }
}

/** Where the value of a comparison comes from: the records themselves, bent a little, or anywhere. */
export type Operand =
  | {
      readonly kind: 'held'
      readonly pick: number
      readonly bend: 'none' | 'upper' | 'lower' | 'half' | 'middle' | 'tail' | 'longer' | 'nfd'
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'other'; readonly value: Literal }

export type FilterDraft =
  | { readonly kind: 'and' | 'or'; readonly of: readonly FilterDraft[] }
  | { readonly kind: 'not'; readonly of: FilterDraft }
  | { readonly kind: 'present'; readonly path: AttributePath }
  | { readonly kind: 'compare'; readonly path: AttributePath; readonly op: CompareOp; readonly value: Operand }
  | { readonly kind: 'some'; readonly path: AttributePath; readonly where: FilterDraft }

const ops: readonly CompareOp[] = ['eq', 'eq', 'eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']

const operands: fc.Arbitrary<Operand> = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant('held' as const),
      pick: fc.nat({ max: 1000 }),
      bend: fc.constantFrom('none', 'none', 'none', 'upper', 'lower', 'half', 'middle', 'tail', 'longer', 'nfd'),
    }),
    weight: 5,
  },
  { arbitrary: texts.map((text) => ({ kind: 'text' as const, text })), weight: 3 },
  {
    arbitrary: fc
      .constantFrom<Literal>(null, true, false, ...times, ...numbers)
      .map((value) => ({ kind: 'other' as const, value })),
    weight: 2,
  },
)

/** Filters over everything that a resource type carries, save the top-level attributes in `without`. */
export function filterDrafts(type: ResourceType, without: readonly string[] = []): fc.Arbitrary<FilterDraft> {
  const tops = [
    ...[...type.common, ...type.schema.attributes].map((attribute) => ({ urn: undefined, attribute })),
    ...type.extensions.flatMap(({ schema }) =>
      schema.attributes.map((attribute) => ({ urn: schema.id as string, attribute })),
    ),
  ].filter(({ attribute }) => !without.includes(attribute.name))
  // `groups.value eq` is worth as much attention as `userName eq`: every sub-attribute counts like an attribute
  const paths: readonly AttributePath[] = tops.flatMap(({ urn, attribute }) => [
    { urn, name: attribute.name, sub: undefined },
    ...attribute.subAttributes.map((sub) => ({ urn, name: attribute.name, sub: sub.name })),
  ])
  const lists = tops.filter(({ attribute }) => attribute.multiValued && attribute.subAttributes.length > 0)
  const leaf = (of: readonly AttributePath[]): fc.Arbitrary<FilterDraft> => {
    const path = fc.constantFrom(...of)
    return fc.oneof(
      {
        arbitrary: fc.record({
          kind: fc.constant('compare' as const),
          path,
          op: fc.constantFrom(...ops),
          value: operands,
        }),
        weight: 4,
      },
      { arbitrary: fc.record({ kind: fc.constant('present' as const), path }), weight: 1 },
    )
  }
  const tree = (leaves: fc.Arbitrary<FilterDraft>, depth: number): fc.Arbitrary<FilterDraft> =>
    depth === 0
      ? leaves
      : fc.oneof(
          { arbitrary: leaves, weight: 3 },
          {
            arbitrary: fc.record({
              kind: fc.constantFrom('and' as const, 'or' as const),
              of: fc.array(tree(leaves, depth - 1), { minLength: 2, maxLength: 3 }),
            }),
            weight: 2,
          },
          { arbitrary: fc.record({ kind: fc.constant('not' as const), of: tree(leaves, depth - 1) }), weight: 2 },
        )
  const some = lists.map(({ urn, attribute }) =>
    fc.record({
      kind: fc.constant('some' as const),
      path: fc.constant<AttributePath>({ urn, name: attribute.name, sub: undefined }),
      where: tree(leaf(attribute.subAttributes.map((sub) => ({ urn: undefined, name: sub.name, sub: undefined }))), 1),
    }),
  )
  return tree(
    fc.oneof({ arbitrary: leaf(paths), weight: 4 }, ...some.map((arbitrary) => ({ arbitrary, weight: 1 }))),
    3,
  )
}

/** What the records hold, by attribute as a filter names it. */
export type Pool = ReadonlyMap<string, readonly Literal[]>

/** A draft with its values filled in and its names resolved; undefined when the language refuses every leaf of it. */
export function instantiate(draft: FilterDraft, type: ResourceType, pool: Pool): ScimFilter | undefined {
  const filter = fill(draft, pool, (leaf) => {
    try {
      resolveFilter(leaf, type)
      return true
    } catch (error) {
      if (isBridgeError(error) && error.reason === 'invalidFilter') return false
      throw error
    }
  })
  return filter && resolveFilter(filter, type)
}

type Accepts = (leaf: Filter<AttributePath>) => boolean

function fill(
  draft: FilterDraft,
  pool: Pool,
  accepts: Accepts,
  parent?: AttributePath,
): Filter<AttributePath> | undefined {
  switch (draft.kind) {
    case 'and':
    case 'or': {
      const of = draft.of.flatMap((part) => fill(part, pool, accepts, parent) ?? [])
      return of.length === 0 ? undefined : { kind: draft.kind, of }
    }
    case 'not': {
      const of = fill(draft.of, pool, accepts, parent)
      return of && { kind: 'not', of }
    }
    case 'some': {
      const where = fill(draft.where, pool, accepts, draft.path)
      return where && { kind: 'some', attr: draft.path, where }
    }
    case 'present':
    case 'compare': {
      const leaf: Filter<AttributePath> =
        draft.kind === 'present'
          ? { kind: 'present', attr: draft.path }
          : {
              kind: 'compare',
              op: draft.op,
              attr: draft.path,
              value: literalOf(draft.value, pool, parent ?? draft.path, parent && draft.path.name),
            }
      return accepts(parent === undefined ? leaf : { kind: 'some', attr: parent, where: leaf }) ? leaf : undefined
    }
  }
}

function literalOf(operand: Operand, pool: Pool, path: AttributePath, sub = path.sub): Literal {
  if (operand.kind === 'text') return operand.text
  if (operand.kind === 'other') return operand.value
  const held = pool.get(poolKey(path.urn, path.name, sub)) ?? []
  const value = held[operand.pick % Math.max(1, held.length)] ?? 'nobody'
  if (typeof value !== 'string') return value
  const points = [...value]
  switch (operand.bend) {
    case 'none':
      return value
    case 'upper':
      return value.toUpperCase()
    case 'lower':
      return value.toLowerCase()
    case 'half':
      return points.slice(0, Math.ceil(points.length / 2)).join('')
    case 'middle':
      return points.slice(1, -1).join('')
    case 'tail':
      return points.slice(-2).join('')
    case 'longer':
      return `${value}a`
    case 'nfd':
      return value.normalize('NFD')
  }
}

const poolKey = (urn: string | undefined, name: string, sub: string | undefined): string =>
  `${urn ?? ''} ${name} ${sub ?? ''}`

/** Everything that the resources show, for comparisons that hit. */
export function poolOf(resources: readonly JsonObject[], type: ResourceType): Pool {
  const pool = new Map<string, Set<Literal>>()
  const put = (urn: string | undefined, name: string, sub: string | undefined, value: Json): void => {
    if (typeof value === 'object' && value !== null) return
    for (const key of [poolKey(urn, name, sub), ...(sub === 'value' ? [poolKey(urn, name, undefined)] : [])]) {
      const values = pool.get(key) ?? new Set()
      pool.set(key, values.add(value))
    }
  }
  const visit = (urn: string | undefined, home: JsonObject): void => {
    for (const [name, value] of Object.entries(home)) {
      for (const one of isArray(value) ? value : [value]) {
        if (isObject(one)) for (const [sub, inner] of Object.entries(one)) put(urn, name, sub, inner)
        else put(urn, name, undefined, one)
      }
    }
  }
  const urns = type.extensions.map((e) => e.schema.id as string)
  for (const resource of resources) {
    visit(undefined, Object.fromEntries(Object.entries(resource).filter(([name]) => !urns.includes(name))))
    for (const name of urns) {
      const home = resource[name]
      if (isObject(home)) visit(name, home)
    }
  }
  return new Map([...pool].map(([key, held]) => [key, [...held]]))
}
