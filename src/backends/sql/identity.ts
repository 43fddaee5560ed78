import { sql } from 'kysely'
import type { ScimId } from '../../base/brand.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import { idOf, keyOf } from '../../mapping/id.ts'
import type { NativeScalar } from '../../mapping/slot.ts'
import type { Column, ColumnType } from './column.ts'
import { operand, typeOf } from './column.ts'
import type { Database } from './database.ts'
import { keyOfTable, tableOf } from './database.ts'
import type { Dialect } from './dialect.ts'
import type { Expression, Param } from './expression.ts'
import { among, and, bind, columns, equal, exists, falsehood, list, or } from './expression.ts'
import { isUuid } from './fits.ts'
import { keysTable } from './keys-table.ts'

/** A whole number as a column of 64 bits holds it, in the one form that the database gives back. */
const isInteger = (text: string): boolean =>
  /^(?:0|-?[1-9]\d{0,18})$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)

/** A value of a typed column in the form that the database gives back. */
const forms: Readonly<Partial<Record<ColumnType, RegExp>>> = {
  numeric: /^(?!-0$)-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/,
  boolean: /^(?:true|false)$/,
}

/** Where a value of another form is an error and not a miss. */
function isOf(dialect: Dialect, column: Column, value: NativeScalar): boolean {
  if (dialect.fit === undefined) return true
  if (forms[column.type]?.test(String(value)) === false) return false
  if (column.words !== undefined && !column.words.includes(String(value))) return false
  return dialect.fit({ op: 'eq', value, fold: false }, column) !== 'never'
}

/**
 * The native values behind an id, each in the type of its column; undefined when no record can have this id.
 * An integer column would compare `'05'` and `'5'` as the same number, so only the canonical form is a key.
 */
export function keyFrom(database: Database, mapping: ResourceMapping, id: ScimId): readonly NativeScalar[] | undefined {
  const values = keyOf(mapping.id, id)
  if (values === undefined) return undefined
  const key = values.map((value, i): NativeScalar | undefined => {
    if (value.includes('\0') || !value.isWellFormed()) return undefined
    const known = database.columnOf(tableOf(mapping), mapping.id.fields[i] ?? '')
    const native = nativeOf(value, typeOf(known))
    return native === undefined || known === undefined || isOf(database.dialect, known, native) ? native : undefined
  })
  return key.every((value) => value !== undefined) ? key : undefined
}

function nativeOf(value: string, type: ColumnType): NativeScalar | undefined {
  if (type === 'blob') return /^(?:[0-9a-f]{2})+$/.test(value) ? Uint8Array.from(Buffer.from(value, 'hex')) : undefined
  if (type === 'integer' && !isInteger(value)) return undefined
  if (type === 'uuid') return isUuid(value) ? value : undefined
  if (type === 'text' || !isInteger(value)) return value
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
  const { dialect, columnOf } = database
  const fields = columns(alias, mapping.id.fields)
  const known = mapping.id.fields.map((name) => columnOf(tableOf(mapping), name))
  const [first] = fields
  // its own `=` takes another id for this one
  if (known.some((column) => column?.loose === true) && keys.length <= listed)
    return or(
      keys.map((key) =>
        and(
          fields.map((field, i) => {
            const value = key[i] ?? null
            const column = known[i]
            return column?.loose === true
              ? dialect.equalText(operand(field, column), [String(value)], false)
              : sql`${field} = ${bind(value)}`
          }),
        ),
      ),
    )
  if (keys.length > listed) {
    const table = keysTable(database, keys, tableOf(mapping), mapping.id.fields, 'i')
    if (fields.length === 1 && first !== undefined)
      return sql`${first} IN (SELECT ${list(table.values)} FROM ${table.from})`
    return exists(table.from, equal(fields, table.values))
  }
  if (fields.length === 1 && first !== undefined)
    return among(
      first,
      keys.map((key) => key[0] ?? null),
    )
  return or(keys.map((key) => and(equal(fields, key.map(bind)))))
}

/** Up to so many ids are written out; a database limits the parameters and the depth of a statement. */
const listed = 100
