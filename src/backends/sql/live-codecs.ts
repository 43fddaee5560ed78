import { isBridgeError, never } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import type { Catalog, ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeScalar } from '../../mapping/slot.ts'
import type { AttributeType } from '../../scim/schema.ts'
import { leafOf } from '../../scim/schema.ts'
import type { Column, LiveSchema } from './column.ts'
import { tableOf } from './database.ts'
import type { NamedSlot } from './leaves.ts'
import { leavesOf } from './leaves.ts'
import { columnIn } from './live.ts'

/** A value of each type that a codec must have a native form for; text may be anything. */
const samples: Readonly<Partial<Record<AttributeType, readonly Json[]>>> = {
  boolean: [true, false],
  integer: [1],
  decimal: [1.5],
  dateTime: ['2024-05-06T07:08:09Z'],
}

/** What codecs make of sample values, held against the type of the column that is to take them. */
export const checkCodecs = (catalog: Catalog, schema: LiveSchema): readonly string[] => [
  ...new Set(
    catalog.types.flatMap((mapping) => [
      ...leavesOf(mapping).flatMap((leaf) => check(mapping, leaf, tableOf(mapping), schema)),
      ...mapping.attributes.flatMap((attribute) =>
        attribute.kind === 'rows'
          ? leavesOf(mapping, attribute).flatMap((leaf) => check(mapping, leaf, attribute.rows.table, schema))
          : [],
      ),
    ]),
  ),
]

function check(mapping: ResourceMapping, leaf: NamedSlot, home: string, schema: LiveSchema): readonly string[] {
  const { at } = leaf.slot
  if (at.kind !== 'field' || at.list !== undefined) return []
  const table = at.table ?? home
  const column = columnIn(schema)(table, at.field)
  if (column === undefined) return []
  const wrong = formsOf(leaf).find((native) => !canHold(column, native))
  if (wrong === undefined) return []
  return [
    `${mapping.type.name}: ${leaf.name}: column ${table}.${at.field} (${column.declared}) does not hold ${JSON.stringify(plain(wrong))}, which the codec ${leaf.codec.name} writes`,
  ]
}

const plain = (native: NativeScalar): string | number | boolean | null =>
  native instanceof Uint8Array || typeof native === 'bigint' ? String(native) : native

const formsOf = ({ codec, ref }: NamedSlot): readonly NativeScalar[] =>
  (samples[leafOf(ref).type] ?? []).flatMap((sample) => {
    try {
      return [codec.encode(sample)]
    } catch (error) {
      if (!isBridgeError(error)) throw error
      return []
    }
  })

/** Whether a column of this type takes such a value at all, whatever its length and range. */
function canHold(column: Column, native: NativeScalar): boolean {
  if (native === null) return true
  const isNumber = typeof native === 'number' || typeof native === 'bigint'
  const text = String(native)
  switch (column.type) {
    case 'integer':
      return typeof native === 'boolean' || /^-?\d+$/.test(text)
    case 'numeric':
      return typeof native === 'boolean' || (text.trim() !== '' && Number.isFinite(Number(text)))
    case 'boolean':
      return typeof native === 'boolean' || /^(?:t|f|true|false|y|n|yes|no|on|off|0|1)$/i.test(text)
    case 'time':
      return typeof native === 'string' && /^\d{4}-\d\d|^\d{8}|^\d\d:\d\d/.test(native)
    case 'enum':
      return !isNumber && (column.words?.includes(text) ?? true)
    case 'uuid':
      return typeof native === 'string'
    case 'text':
    case 'json':
      return !(native instanceof Uint8Array)
    case 'blob':
    case 'unknown':
      return true
    default:
      return never(column.type)
  }
}
