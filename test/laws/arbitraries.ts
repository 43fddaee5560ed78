import fc from 'fast-check'
import { BridgeError, isBridgeError, never } from '../../src/base/errors.ts'
import type { Json } from '../../src/base/json.ts'
import type { Leaf, ResourceMapping } from '../../src/mapping/catalog.ts'
import type { Codec } from '../../src/mapping/codec.ts'
import type { NativeRow } from '../../src/mapping/record.ts'
import type { NativeScalar, NativeValue, RowsSource, Slot } from '../../src/mapping/slot.ts'
import { leafOf } from '../../src/scim/schema.ts'
import type { Attribute } from '../../src/scim/schema.ts'

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

export const times: readonly string[] = [
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
export const numbers: readonly number[] = [
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
