import { sql } from 'kysely'
import { never } from '../../base/errors.ts'
import type { Reference, ResourceMapping } from '../../mapping/catalog.ts'
import type { Link, NativeRow } from '../../mapping/record.ts'
import { displayOf } from '../../mapping/display.ts'
import type { NativeScalar, RowsSource, Slot } from '../../mapping/slot.ts'
import type { Database } from './database.ts'
import { keyOfTable, tableOf } from './database.ts'
import type { Ends } from './ends.ts'
import { endsOf, farAlias, nesting } from './ends.ts'
import type { Expression } from './expression.ts'
import { and, bind, column, columns, equal, list, table } from './expression.ts'
import { idFrom } from './identity.ts'
import { keysTable } from './keys-table.ts'
import { scopeOf } from './predicate.ts'
import { recursive } from './recursive.ts'
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

interface Joined {
  readonly from: readonly Expression[]
  readonly ordinal: Expression
  /** What the owners are sorted by: nothing for a single one. */
  readonly sort: readonly Expression[]
  readonly on: readonly Expression[]
}

function joinOwners(database: Database, owners: Owners, held: readonly Expression[]): Joined {
  if (owners.single) return { from: [], ordinal: sql`0`, sort: [], on: equal(held, (owners.keys[0] ?? []).map(bind)) }
  const keys = keysTable(database, owners.keys, tableOf(owners.of), keyOfTable(owners.of), 'k')
  return { from: [keys.from], ordinal: keys.ordinal, sort: [keys.ordinal], on: equal(held, keys.values) }
}

const collect = <T>(count: number, found: readonly (readonly [number, T])[]): readonly (readonly T[])[] => {
  const all = Array.from({ length: count }, (): T[] => [])
  for (const [ordinal, one] of found) all[ordinal]?.push(one)
  return all
}

const orderBy = (of: readonly Expression[]): Expression => (of.length === 0 ? sql`` : sql` ORDER BY ${list(of)}`)

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
      throw new Error(`a child row has no ${at.kind} slot`)
    default:
      return never(at)
  }
}

/** A column of the target's main table, which is joined anyway. */
const isOwnColumn = ({ at, many }: Slot): boolean => at.kind === 'field' && at.table === undefined && !many

/** The links of every owner: one statement for each type that the reference can point at. */
export function* readLinks(
  database: Database,
  owner: ResourceMapping,
  reference: Reference,
  owners: Owners,
): Steps<readonly (readonly Link[])[]> {
  const found: (readonly [number, Link])[] = []
  const nested = nesting(database, reference)
  for (const ends of endsOf(database, owner, reference)) {
    const display = displayOf(ends.target, isOwnColumn)
    const told = display?.slots ?? []
    const ids = ends.target.id.fields
    const shown = [...ids, ...told.flatMap(({ at }) => (at.kind === 'field' ? [at.field] : []))]
    const statement =
      nested === undefined ? direct(database, ends, shown, owners) : indirect(database, ends, shown, owners, nested)
    for (const row of yield* read(database, statement, { note: reference.key })) {
      const id = idFrom(ends.target, row.slice(1, 1 + ids.length) as NativeScalar[])
      const held = told.map((slot, i) => [slot.key, (row[1 + ids.length + i] ?? null) as NativeScalar] as const)
      const text = display?.text(Object.fromEntries(held))
      found.push([
        Number(row[0]),
        {
          type: ends.target.type.name,
          id,
          ...(text === undefined ? {} : { display: text }),
          ...(nested !== undefined && Number(row.at(-1)) === 1 ? { indirect: true } : {}),
        },
      ])
    }
  }
  return collect(owners.keys.length, found)
}

function direct(database: Database, ends: Ends, shown: readonly string[], owners: Owners): Expression {
  const joined = joinOwners(database, owners, ends.owner)
  const on = [...joined.on, ...ends.on, ...scopeOf(database, ends.target, farAlias)]
  const from = list([...joined.from, ...ends.tables])
  const order = [...joined.sort, ...columns(farAlias, keyOfTable(ends.target))]
  return sql`SELECT ${list([joined.ordinal, ...columns(farAlias, shown)])} FROM ${from} WHERE ${sql.join(on, sql` AND `)}${orderBy(order)}`
}

/** Upwards through groups in groups; UNION drops what is known already, so a circle ends. */
function indirect(
  database: Database,
  ends: Ends,
  shown: readonly string[],
  owners: Owners,
  nested: NonNullable<ReturnType<typeof nesting>>,
): Expression {
  const { target } = ends
  const joined = joinOwners(database, owners, ends.owner)
  const key = keyOfTable(target)
  const upKey = key.map((_, i) => column('up', `k${i}`))
  const scope = scopeOf(database, target, farAlias)
  const first = and([...joined.on, ...ends.on, ...scope])
  const next = and([
    ...equal(columns('j', nested.child), upKey),
    ...equal(columns(farAlias, key), columns('j', nested.parent)),
    ...within('j', nested.where),
    ...scope,
  ])
  const far = table(tableOf(target), farAlias)
  const names = ['n', ...key.map((_, i) => `k${i}`)]
  const start = sql`SELECT ${list([joined.ordinal, ...columns(farAlias, key)])}, 0 FROM ${list([...joined.from, ...ends.tables])} WHERE ${first}`
  const step = sql`SELECT ${list([column('up', 'n'), ...columns(farAlias, key)])}, 1 FROM ${list([sql.id('up'), table(nested.table, 'j'), far])} WHERE ${next}`
  const up = recursive(database.dialect, { name: 'up', columns: [...names, 'indirect'], key: names, start, step })
  const order = list([column('up', 'n'), ...columns(farAlias, key)])
  // what a key determines may be shown without being grouped by, but not every database knows that it does
  const group = list([column('up', 'n'), ...columns(farAlias, [...new Set([...key, ...shown])])])
  return sql`${up} SELECT ${list([column('up', 'n'), ...columns(farAlias, shown)])}, min(${column('up', 'indirect')}) FROM ${list([sql.id('up'), far])} WHERE ${and(equal(columns(farAlias, key), upKey))} GROUP BY ${group} ORDER BY ${order}`
}
