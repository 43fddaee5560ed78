import { sql } from 'kysely'
import type { Assignment, Reference, ReferencePlace, ResourceMapping } from '../../mapping/catalog.ts'
import type { Database } from './database.ts'
import { keyOfTable, tableOf } from './database.ts'
import type { Expression } from './expression.ts'
import { and, bind, columns, equal, list, or } from './expression.ts'
import { keysTable } from './keys-table.ts'
import type { Circumstances, Row } from './program.ts'
import { within } from './scope.ts'
import { assigned } from './values.ts'

export type Through = Extract<ReferencePlace, { readonly kind: 'through' }>

/** One type at the far end of a join table, seen from one owner. */
export interface Join {
  readonly database: Database
  readonly owner: ResourceMapping
  readonly reference: Reference
  readonly place: Through
  readonly key: Row
  readonly to: readonly string[]
  readonly target: ResourceMapping
  readonly circumstances: Circumstances
}

/** The rows that a reader sees of this owner. */
export const seen = ({ place, key }: Join): readonly Expression[] => [
  ...equal(columns('j', place.from), key.map(bind)),
  ...within('j', place.where),
]

/** Every row that is gone with a record: those that are seen, and those that were removed from sight. */
export const allRows = (place: Through): readonly Expression[] =>
  place.onRemove === undefined
    ? within('j', place.where)
    : [or([and(within('j', place.where)), and(within('j', { where: place.onRemove.marks, create: {} }))])]

/** Keys of a type, as a query. */
export function keysOf(database: Database, target: ResourceMapping, keys: readonly Row[]): Expression {
  const { values: columns, from } = keysTable(database, keys, tableOf(target), keyOfTable(target), 'k')
  return sql`SELECT ${list(columns)} FROM ${from}`
}

export const fieldOf = ({ slot }: Assignment): string => (slot.at.kind === 'field' ? slot.at.field : '')

type Assigning = Pick<Join, 'owner' | 'circumstances'>

export const values = ({ owner, circumstances }: Assigning, set: readonly Assignment[]) =>
  assigned(owner, set, undefined, undefined, circumstances).map(({ value }) => value)

export function assignments(join: Assigning, set: readonly Assignment[]): Expression {
  const of = values(join, set)
  return list(set.map((one, i) => sql`${sql.id(fieldOf(one))} = ${bind(of[i] ?? null)}`))
}
