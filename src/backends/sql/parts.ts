import { sql } from 'kysely'
import { never } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeRow } from '../../mapping/record.ts'
import type { NativeScalar, RowsSource, Slot } from '../../mapping/slot.ts'
import type { Database } from './database.ts'
import { keyOfTable, tableOf } from './database.ts'
import type { Expression } from './expression.ts'
import { bind, column, columns, equal, list, table } from './expression.ts'
import { keysTable } from './keys-table.ts'
import { within } from './scope.ts'
import type { Row, Steps } from './program.ts'
import { read } from './statement.ts'

/** The owners whose child rows or links are read: one record, or all of a page by one parameter. */
export interface Owners {
  readonly of: ResourceMapping
  readonly keys: readonly Row[]
  /** A single record is compared directly; a page goes through the dialect's table of keys. */
  readonly single: boolean
}

export interface Joined {
  readonly from: readonly Expression[]
  readonly ordinal: Expression
  /** What the owners are sorted by: nothing for a single one. */
  readonly sort: readonly Expression[]
  readonly on: readonly Expression[]
}

export function joinOwners(database: Database, owners: Owners, held: readonly Expression[]): Joined {
  if (owners.single) return { from: [], ordinal: sql`0`, sort: [], on: equal(held, (owners.keys[0] ?? []).map(bind)) }
  const keys = keysTable(database, owners.keys, tableOf(owners.of), keyOfTable(owners.of), 'k')
  return { from: [keys.from], ordinal: keys.ordinal, sort: [keys.ordinal], on: equal(held, keys.values) }
}

export const collect = <T>(count: number, found: readonly (readonly [number, T])[]): readonly (readonly T[])[] => {
  const all = Array.from({ length: count }, (): T[] => [])
  for (const [ordinal, one] of found) all[ordinal]?.push(one)
  return all
}

export const orderBy = (of: readonly Expression[]): Expression => (of.length === 0 ? sql`` : sql` ORDER BY ${list(of)}`)

/** The child rows of every owner: one statement. */
export function* readRows(
  database: Database,
  rows: RowsSource,
  slots: readonly Slot[],
  owners: Owners,
): Steps<readonly (readonly NativeRow[])[]> {
  const joined = joinOwners(database, owners, columns('r', rows.foreignKey))
  const chosen = slots.filter((slot) => slot.at.kind !== 'side')
  const picked = [
    joined.ordinal,
    ...(rows.rowKey === undefined ? [] : [column('r', rows.rowKey)]),
    ...chosen.map(rowColumn),
  ]
  const from = list([...joined.from, table(rows.table, 'r')])
  const order = [...joined.sort, ...(rows.rowKey === undefined ? [] : [column('r', rows.rowKey)])]
  const found = yield* read(
    database,
    sql`SELECT ${list(picked)} FROM ${from} WHERE ${sql.join([...joined.on, ...within('r', rows.where)], sql` AND `)}${orderBy(order)}`,
    { note: rows.key },
  )
  const first = rows.rowKey === undefined ? 1 : 2
  return collect(
    owners.keys.length,
    found.map((row) => {
      const fields = Object.fromEntries(chosen.map((slot, i) => [slot.key, (row[first + i] ?? null) as NativeScalar]))
      const rowKey = rows.rowKey === undefined ? {} : { rowKey: (row[1] ?? null) as NativeScalar }
      return [Number(row[0]), { fields, ...rowKey }] as const
    }),
  )
}

function rowColumn(slot: Slot): Expression {
  const at = slot.at
  switch (at.kind) {
    case 'field':
      return column('r', at.field)
    case 'lookup':
      return sql`(SELECT ${column('l', at.lookup.text)} FROM ${table(at.lookup.table, 'l')} WHERE ${column('l', at.lookup.key)} = ${column('r', at.field)})`
    case 'keyValue':
    case 'side':
    case 'container':
      throw new Error(`a child row has no ${at.kind} slot`)
    default:
      return never(at)
  }
}
