import { sql } from 'kysely'
import type { Companion, ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import type { WriteSet } from '../../plan/plan.ts'
import { lookups } from './checks.ts'
import type { Database } from './database.ts'
import type { Expression } from './expression.ts'
import { bind, columns, equal, equalities, list, table, where } from './expression.ts'
import type { Row, Steps } from './program.ts'
import { write } from './statement.ts'
import { update } from './update.ts'
import type { ColumnValues, KeyValueWrite } from './values.ts'
import { sameText } from './values.ts'

export const assignments = (values: ColumnValues): Expression =>
  list([...values].map(([name, value]) => sql`${sql.id(name)} = ${value}`))

export const insertInto = (database: Database, name: string, values: ColumnValues): Expression =>
  values.size === 0
    ? database.dialect.insertDefaults(table(name))
    : sql`INSERT INTO ${table(name)} (${list([...values.keys()].map((one) => sql.id(one)))}) VALUES (${list([...values.values()])})`

/** The rows behind texts that nobody has used yet. */
export function* makeLookups(database: Database, mapping: ResourceMapping, set: WriteSet): Steps<void> {
  for (const { slot, text } of lookups(mapping, set)) {
    const { lookup } = slot.at
    if (lookup.onMissing !== 'create') continue
    const known = sql`SELECT 1 FROM ${table(lookup.table, 'l')} WHERE ${sameText(database, lookup, text)}`
    yield* write(
      database,
      sql`INSERT INTO ${table(lookup.table)} (${sql.id(lookup.text)}) SELECT ${bind(text)}${database.dialect.fromNothing} WHERE NOT EXISTS (${known})`,
      { note: 'lookup' },
    )
  }
}

const withKey = (names: readonly string[], key: Row, values: ColumnValues): ColumnValues =>
  new Map([...names.map((name, i) => [name, bind(key[i] ?? null)] as const), ...values])

export function* insertCompanion(
  database: Database,
  companion: Companion,
  key: Row,
  values: ColumnValues,
): Steps<void> {
  yield* write(database, insertInto(database, companion.name, withKey(companion.key, key, values)))
}

/** An optional row is made by the first write that needs it: both statements fit either case. */
export function* changeCompanion(
  database: Database,
  companion: Companion,
  key: Row,
  values: ColumnValues,
  initial: ColumnValues,
  isEmpty: boolean,
): Steps<void> {
  const own = equal(columns('c', companion.key), key.map(bind))
  if (companion.optional && !isEmpty) {
    const all = withKey(companion.key, key, new Map([...initial, ...values]))
    const known = sql`SELECT 1 FROM ${table(companion.name, 'c')}${where(own)}`
    yield* write(
      database,
      sql`INSERT INTO ${table(companion.name)} (${list([...all.keys()].map((one) => sql.id(one)))}) SELECT ${list([...all.values()])}${database.dialect.fromNothing} WHERE NOT EXISTS (${known})`,
    )
  }
  yield* write(database, update(database, companion.name, 'c', assignments(values), own))
}

export function* writeKeyValues(
  database: Database,
  key: Row,
  writes: readonly KeyValueWrite[],
  prior: NativeRecord | undefined,
  isNew: boolean,
): Steps<void> {
  for (const { slot, value } of writes) {
    const { at } = slot
    const own = [...equal(columns('v', at.foreignKey), key.map(bind)), ...equalities('v', at.keys)]
    const held = prior !== undefined && Object.hasOwn(prior.fields, slot.key) ? prior.fields[slot.key] : undefined
    if (value !== null && held !== undefined && held !== null) {
      yield* write(database, update(database, at.table, 'v', assignments(new Map([[at.value, bind(value)]])), own))
      continue
    }
    if (!isNew) yield* write(database, sql`${database.dialect.delete(table(at.table, 'v'), 'v')}${where(own)}`)
    if (value === null) continue
    const constants = new Map(Object.entries(at.keys).map(([name, one]) => [name, bind(one)] as const))
    yield* write(
      database,
      insertInto(database, at.table, new Map([...withKey(at.foreignKey, key, constants), [at.value, bind(value)]])),
    )
  }
}
