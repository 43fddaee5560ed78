import { sql } from 'kysely'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeScalar } from '../../mapping/slot.ts'
import type { Order, PageKey } from '../../plan/plan.ts'
import type { Database } from './database.ts'
import { keyOfTable } from './database.ts'
import type { Expression } from './expression.ts'
import { and, bind, columns, equal, list, or, sole } from './expression.ts'
import { lowerPredicate } from './predicate.ts'
import type { Row } from './program.ts'
import { mainAlias } from './selection.ts'

/**
 * The order of a list, in which no two records are equal: by the sort value, where there is one, then by the key. A
 * page goes on behind a place in it, so what is removed before that place shifts nothing, and a late page costs no more
 * than the first (`OFFSET` reads what it passes over).
 */
export interface TotalOrder {
  /** Selected behind everything else: what the database compared by, to be compared with again. */
  readonly selected: readonly Expression[]
  readonly by: Expression
  /** What lies behind a place. */
  after(end: PageKey): Expression
  /** The place of a record, by its key and the row that was selected. */
  placeOf(key: Row, row: Row): PageKey
}

/** `value` is the sort value in the form in which it is compared. */
export function totalOrder(
  database: Database,
  mapping: ResourceMapping,
  order: Order | undefined,
  value: Expression | undefined,
): TotalOrder {
  const key = columns(mainAlias, keyOfTable(mapping))
  const keysOf = (row: Row): readonly NativeScalar[] => row.map((one) => one as NativeScalar)
  const later = (end: PageKey): Expression => laterKey(database, key, end.key)
  if (order === undefined || value === undefined)
    return { selected: [], by: list(key), after: later, placeOf: (row) => ({ sort: null, key: keysOf(row) }) }
  const present = lowerPredicate(database, { kind: 'record', mapping, alias: mainAlias }, order.present)
  const absent = database.dialect.not(present)
  // records without a value are in the order of their keys, whatever the column holds
  const sorted = sql`CASE WHEN ${present} THEN ${value} END`
  const name = sql.id('scim_sort')
  const way = order.descending ? sql` DESC` : sql``
  const tied = (end: PageKey): Expression => and([sql`${value} = ${bind(end.sort)}`, later(end)])
  return {
    selected: [sql`${sorted} AS ${name}`],
    // missing values come last, descending first (RFC 7644 section 3.4.2.3), and not where a database puts NULL
    by: list([sql`CASE WHEN ${present} THEN 0 ELSE 1 END${way}`, sql`${name}${way}`, ...key]),
    after: (end) => {
      if (order.descending)
        return end.sort === null
          ? or([present, later(end)])
          : and([present, or([sql`${value} < ${bind(end.sort)}`, tied(end)])])
      return end.sort === null ? and([absent, later(end)]) : or([absent, sql`${value} > ${bind(end.sort)}`, tied(end)])
    },
    placeOf: (at, row) => ({ sort: (row.at(-1) ?? null) as NativeScalar, key: keysOf(at) }),
  }
}

/** Keys behind this one, in the order of their columns. */
export function laterKey(database: Database, key: readonly Expression[], after: Row): Expression {
  if (key.length === 1 || database.dialect.seeksRows) return sql`${sole(key)} > ${sole(after.map(bind))}`
  const values = after.map(bind)
  return or(key.map((one, i) => and([...equal(key.slice(0, i), values), sql`${one} > ${values[i] ?? bind(null)}`])))
}
