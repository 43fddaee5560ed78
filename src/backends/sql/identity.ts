import { sql } from 'kysely'
import type { ScimId } from '../../base/brand.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import { idOf, keyOf } from '../../mapping/id.ts'
import type { NativeScalar } from '../../mapping/slot.ts'
import type { Column, ColumnType } from './column.ts'
import { operand, typeOf } from './column.ts'
import type { Database } from './database.ts'
import { keyOfTable, tableOf } from './database.ts'
import type { Expression, Param } from './expression.ts'
import { among, and, columns, equal, exists, falsehood, list, or } from './expression.ts'
import { isUuid, unfit } from './fits.ts'
import { keysTable } from './keys-table.ts'

/** A whole number as a column of 64 bits holds it, in the one form that the database gives back. */
const isInteger = (text: string): boolean =>
  /^(?:0|-?[1-9]\d{0,18})$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)

/** Values as columns of these types give them back, as far as they are not taken as they are. */
const forms: Readonly<Partial<Record<ColumnType | 'date', RegExp>>> = {
  boolean: /^(?:true|false)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  time: /^(?:\d{4}-\d\d-\d\d[ T])?\d\d:\d\d:\d\d(?:\.\d{1,6})?Z?$/,
  numeric: /^(?!-0$)-?(?:0|[1-9]\d{0,99})(?:\.\d{1,99})?(?:e[-+]\d{1,3})?$/,
}

/**
 * The native values behind an id, each in the type of its column; undefined when no record can have this id. A column
 * would take other notations for the same value (`'05'` for 5, a number for a word), and may fail on what it cannot hold;
 * so only the form that it gives back is a key.
 */
export function keyFrom(database: Database, mapping: ResourceMapping, id: ScimId): readonly NativeScalar[] | undefined {
  const values = keyOf(mapping.id, id)
  if (values === undefined) return undefined
  const key = values.map((value, i) =>
    keyPart(database, database.columnOf(tableOf(mapping), mapping.id.fields[i] ?? ''), value),
  )
  return key.every((value) => value !== undefined) ? key : undefined
}

function keyPart({ dialect }: Database, column: Column | undefined, value: string): NativeScalar | undefined {
  const native = nativeOf(column, value, dialect.typed)
  if (native === undefined || column === undefined) return native
  return dialect.fit?.({ op: 'eq', value: native, fold: false }, column) === 'never' ? undefined : native
}

function nativeOf(column: Column | undefined, value: string, typed: boolean): Exclude<NativeScalar, null> | undefined {
  const type = typeOf(column)
  if (type === 'blob') return /^(?:[0-9a-f]{2})+$/.test(value) ? Uint8Array.from(Buffer.from(value, 'hex')) : undefined
  if (unfit(column, value) !== undefined) return undefined
  if (type === 'uuid') return isUuid(value) ? value : undefined
  if (type === 'text' || type === 'enum') return value
  const form = forms[column?.base === 'date' || column?.declared === 'date' ? 'date' : type]
  if ((typed && form?.test(value) === false) || (type === 'integer' && !isInteger(value))) return undefined
  if (!isInteger(value)) return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : BigInt(value)
}

export const idFrom = (mapping: ResourceMapping, values: readonly NativeScalar[]): ScimId => idOf(mapping.id, values)

/** The key of a record, as far as its id tells it without reading. */
export function keyOfId(database: Database, mapping: ResourceMapping, id: ScimId): readonly Param[] {
  const values = keyFrom(database, mapping, id)
  return keyOfTable(mapping).map(
    (name) => values?.[mapping.id.fields.indexOf(name)] ?? { unknown: `${tableOf(mapping)}.${name}` },
  )
}

/** The record under `alias` has one of these ids. */
export function hasId(database: Database, mapping: ResourceMapping, alias: string, ids: readonly ScimId[]): Expression {
  const keys = ids.map((id) => keyFrom(database, mapping, id)).filter((key) => key !== undefined)
  if (keys.length === 0) return falsehood
  const fields = columns(alias, mapping.id.fields)
  const live = mapping.id.fields.map((name) => database.columnOf(tableOf(mapping), name))
  const [first] = fields
  if (keys.length > listed) {
    const table = keysTable(database, keys, tableOf(mapping), mapping.id.fields, 'i')
    if (fields.length === 1 && first !== undefined)
      return sql`${first} IN (SELECT ${list(table.values)} FROM ${table.from})`
    return exists(table.from, equal(fields, table.values))
  }
  const same = (i: number, any: readonly NativeScalar[]): Expression => {
    const at = fields[i] ?? sql`NULL`
    return isExact(live[i], any) ? among(at, any) : exactly(database, at, live[i], any)
  }
  if (fields.length === 1)
    return same(
      0,
      keys.map((key) => key[0] ?? null),
    )
  return or(keys.map((key) => and(key.map((value, i) => same(i, [value])))))
}

/**
 * Whether `=` of a column tells such keys apart: an id is compared by its code points (RFC 7643 section 3.1), whatever a
 * collation takes for the same. A value of a type that nobody here knows is compared as text, since the column would fail
 * on what it cannot hold.
 */
export function isExact(column: Column | undefined, values: readonly Param[]): boolean {
  if (column === undefined || !asText.has(column.type)) return true
  if (column.type !== 'text' || column.loose === true) return false
  if (column.charset === 'UTF8' || column.collation === undefined) return true
  // MySQL pads: blanks at the end do not count
  return column.collation.endsWith('_bin') && !values.some((value) => String(value).endsWith(' '))
}

const asText: ReadonlySet<ColumnType> = new Set(['text', 'json', 'unknown'])

function exactly(
  { dialect }: Database,
  field: Expression,
  column: Column | undefined,
  values: readonly NativeScalar[],
): Expression {
  const held = column?.type === 'text' ? operand(field, column) : operand(dialect.asText(field, column))
  return dialect.equalText(held, values.map(String), false)
}

/** Up to so many ids are written out; a database limits the parameters and the depth of a statement. */
const listed = 100
