import { sql } from 'kysely'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeScalar } from '../../mapping/slot.ts'
import type { PageKey } from '../../mapping/record.ts'
import type { Order } from '../../plan/plan.ts'
import type { Database } from './database.ts'
import { keyOfTable } from './database.ts'
import type { Expression, Param } from './expression.ts'
import { and, bind, columns, equal, list, or, sole } from './expression.ts'
import { lowerPredicate } from './predicate.ts'
import type { Row } from './program.ts'
import { mainAlias } from './selection.ts'

/**
 * The order of a list, in which no two records are equal: by the sort value, where there is one, then by the key. A
 * page goes on behind a place in it, or ends before one and is read backwards, so what is removed elsewhere shifts
 * nothing, and a late page costs no more than the first (`OFFSET` reads what it passes over).
 */
export interface TotalOrder {
  /** Selected behind everything else: what the database compared by, to be compared with again. */
  readonly selected: readonly Expression[]
  by(backwards: boolean): Expression
  /** What lies beyond a place, in the direction of reading. */
  beyond(place: Place, backwards: boolean): Expression
  /** The place of a record, by its key and the row that was selected. */
  placeOf(key: Row, row: Row): PageKey
}

/** A place as a statement names it: explain does not know its values. */
export interface Place {
  readonly sort: Param
  readonly key: Row
}

/** Keys of rows that were read. */
export const scalars = (row: Row): readonly NativeScalar[] => row.map((one) => one as NativeScalar)
const way = (descending: boolean): Expression => (descending ? sql` DESC` : sql``)

/** `value` is the sort value in the form in which it is compared. */
export function totalOrder(
  database: Database,
  mapping: ResourceMapping,
  order: Order | undefined,
  value: Expression | undefined,
): TotalOrder {
  const key = columns(mainAlias, keyOfTable(mapping))
  const keys = (backwards: boolean): readonly Expression[] => inOrder(key, backwards)
  const further = (place: Place, backwards: boolean): Expression => furtherKey(database, key, place.key, backwards)
  if (order === undefined || value === undefined)
    return {
      selected: [],
      by: (backwards) => list(keys(backwards)),
      beyond: further,
      placeOf: (row) => ({ sort: null, key: scalars(row) }),
    }
  const present = lowerPredicate(database, { kind: 'record', mapping, alias: mainAlias }, order.present)
  const absent = database.dialect.not(present)
  // records without a value are in the order of their keys, whatever the column holds
  const sorted = sql`CASE WHEN ${present} THEN ${value} END`
  const name = sql.id('scim_sort')
  return {
    selected: [sql`${sorted} AS ${name}`],
    by: (backwards) => {
      // missing values come last, descending first (RFC 7644 section 3.4.2.3), and not where a database puts NULL
      const down = way(order.descending !== backwards)
      return list([sql`CASE WHEN ${present} THEN 0 ELSE 1 END${down}`, sql`${name}${down}`, ...keys(backwards)])
    },
    beyond: (place, backwards) => {
      const rest = further(place, backwards)
      const tied = and([sql`${value} = ${bind(place.sort)}`, rest])
      if (order.descending !== backwards)
        return place.sort === null
          ? or([present, rest])
          : and([present, or([sql`${value} < ${bind(place.sort)}`, tied])])
      return place.sort === null ? and([absent, rest]) : or([absent, sql`${value} > ${bind(place.sort)}`, tied])
    },
    placeOf: (at, row) => ({ sort: (row.at(-1) ?? null) as NativeScalar, key: scalars(at) }),
  }
}

/** The columns of a key as records are read by them. */
export const inOrder = (key: readonly Expression[], backwards: boolean): readonly Expression[] =>
  key.map((one) => sql`${one}${way(backwards)}`)

/** Keys behind this one, in the order of their columns, or before it. */
export function furtherKey(database: Database, key: readonly Expression[], than: Row, backwards: boolean): Expression {
  const is = backwards ? sql`<` : sql`>`
  if (key.length === 1 || database.dialect.seeksRows) return sql`${sole(key)} ${is} ${sole(than.map(bind))}`
  const values = than.map(bind)
  return or(key.map((one, i) => and([...equal(key.slice(0, i), values), sql`${one} ${is} ${values[i] ?? bind(null)}`])))
}
