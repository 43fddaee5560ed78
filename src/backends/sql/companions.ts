import { sql } from 'kysely'
import type { Companion } from '../../mapping/catalog.ts'
import type { CreatePlan } from '../../plan/plan.ts'
import type { Database } from './database.ts'
import { keyOfTable } from './database.ts'
import type { Expression, Param } from './expression.ts'
import { bind, isUnknown, list } from './expression.ts'
import { insertCompanion, insertInto } from './parts-write.ts'
import type { Circumstances, Row, Steps } from './program.ts'
import type { fieldLinks } from './references.ts'
import { write } from './statement.ts'
import type { ColumnValues, Placed } from './values.ts'
import { assigned, place } from './values.ts'

/** What a create knows when it comes to the further tables. */
export interface Making {
  readonly database: Database
  readonly plan: CreatePlan
  readonly values: Placed
  readonly links: ReturnType<typeof fieldLinks>
  readonly circumstances: Circumstances
}

export const columnsFor = (
  name: string,
  links: ReturnType<typeof fieldLinks>,
): readonly (readonly [string, Expression])[] =>
  links.filter((link) => link.table === name).map((link) => [link.column, link.value] as const)

/** The columns of a further table, and its own key where `set` makes it. */
function rowOf(
  { database, plan, values, links, circumstances }: Making,
  companion: Companion,
): { readonly own: ColumnValues; readonly key: Param | undefined } {
  const { of: mapping, decision } = plan
  const given = assigned(mapping, companion.set.create, decision.write, undefined, circumstances)
  const initial = place(database, mapping, given)
  const own = new Map([
    ...(initial.tables.get(companion.name) ?? []),
    ...(values.tables.get(companion.name) ?? []),
    ...columnsFor(companion.name, links),
  ])
  const key = given.find(({ slot }) => slot.at.kind === 'field' && slot.at.field === companion.key[0])?.value
  return { own, key }
}

/**
 * Rows that are there before the main row. The key that all of them share is the one that the main row is given; else
 * the first of these tables makes it, by what its `set` says or by itself.
 */
export function* makeFirst(making: Making, known: Param | undefined): Steps<Param | undefined> {
  const { database, plan } = making
  let key = known
  for (const companion of plan.of.table?.with ?? []) {
    if (!companion.first) continue
    const row = rowOf(making, companion)
    key ??= row.key
    if (key === undefined) key = yield* numbered(making, companion, row.own)
    else yield* insertCompanion(database, companion, [key], without(row.own, companion.key))
  }
  return key
}

const without = (values: ColumnValues, names: readonly string[]): ColumnValues =>
  new Map([...values].filter(([name]) => !names.includes(name)))

/** A row whose key the database makes. */
function* numbered({ database, circumstances }: Making, { name, key }: Companion, own: ColumnValues): Steps<Param> {
  const insert = insertInto(database, name, own)
  const { returns } = database.dialect
  const made = yield* write(
    database,
    returns ? sql`${insert} RETURNING ${list(key.map((one) => sql.id(one)))}` : insert,
  )
  const given = returns ? made.rows[0]?.[0] : made.insertId
  return circumstances.assumed !== undefined || given === undefined || isUnknown(given)
    ? { unknown: `${name}.${key[0] ?? ''}` }
    : given
}

/** Rows that hang on the main row. */
export function* makeAfter(making: Making, key: Row): Steps<void> {
  const { database, plan, values, links } = making
  for (const companion of plan.of.table?.with ?? []) {
    if (companion.first) continue
    const isEmpty = !values.tables.has(companion.name) || values.empty.has(companion.name)
    if (!companion.optional || !isEmpty || links.some((link) => link.table === companion.name))
      yield* insertCompanion(database, companion, key, rowOf(making, companion).own)
  }
}

/** The column of the main row that a further table may make. */
export const sharedKey = ({ of: mapping }: CreatePlan): string | undefined =>
  mapping.table?.with.some((companion) => companion.first) === true ? keyOfTable(mapping)[0] : undefined

export const bound = (name: string | undefined, key: Param | undefined): readonly (readonly [string, Expression])[] =>
  name === undefined || key === undefined ? [] : [[name, bind(key)]]
