import { BridgeError } from '../../base/errors.ts'
import type { Catalog } from '../../mapping/catalog.ts'
import type { Connection } from './connection.ts'
import type { ColumnType } from './dialect.ts'
import { demands } from './demands.ts'
import { nearest } from '../../scim/nearest.ts'

export interface LiveColumn {
  readonly name: string
  readonly type: ColumnType
  /** NOT NULL without a default, and the database does not number it. */
  readonly needed: boolean
}

export type LiveSchema = ReadonlyMap<string, readonly LiveColumn[]>

/** SQLite's rules of type affinity, https://www.sqlite.org/datatype3.html section 3.1. */
function affinity(declared: string): ColumnType {
  const type = declared.toUpperCase()
  if (type.includes('INT')) return 'integer'
  if (/CHAR|CLOB|TEXT/.test(type)) return 'text'
  if (type === '') return 'unknown'
  if (type.includes('BLOB')) return 'blob'
  return 'numeric'
}

/** The tables and views of the database, names in lower case: SQL does not tell them apart by case. */
export async function readSchema(connection: Connection): Promise<LiveSchema> {
  const text = `SELECT s.name, c.name, c.type, c."notnull" AND c.dflt_value IS NULL AND c.hidden = 0 AND NOT (c.pk = 1 AND upper(c.type) = 'INTEGER'), c.hidden FROM sqlite_schema AS s, pragma_table_xinfo(s.name) AS c WHERE s.type IN ('table', 'view')`
  const { rows } = await connection.execute({ text, params: [] })
  const schema = new Map<string, LiveColumn[]>()
  for (const [table, name, type, needed] of rows) {
    const columns = schema.get(String(table).toLowerCase()) ?? []
    columns.push({ name: String(name), type: affinity(String(type)), needed: Number(needed) === 1 })
    schema.set(String(table).toLowerCase(), columns)
  }
  return schema
}

export const typeIn =
  (schema: LiveSchema) =>
  (table: string, column: string): ColumnType =>
    columnIn(schema, table, column)?.type ?? 'unknown'

const columnIn = (schema: LiveSchema, table: string, column: string): LiveColumn | undefined =>
  schema.get(table.toLowerCase())?.find((one) => one.name.toLowerCase() === column.toLowerCase())

/** Compares the mapping with what is there; every problem is told at once. */
export function checkSchema(catalog: Catalog, schema: LiveSchema): readonly string[] {
  const problems = new Set<string>()
  const guess = (name: string, among: readonly string[]): string => {
    const near = nearest(name, among)
    return near === undefined ? '' : `; did you mean ${near}?`
  }
  for (const { type, table, columns, written } of demands(catalog)) {
    const live = schema.get(table.toLowerCase())
    if (live === undefined) {
      problems.add(`${type}: there is no table ${table}${guess(table, [...schema.keys()])}`)
      continue
    }
    const names = live.map((column) => column.name)
    for (const name of columns)
      if (columnIn(schema, table, name) === undefined)
        problems.add(`${type}: table ${table} has no column ${name}${guess(name, names)}`)
    if (written === undefined) continue
    for (const { name, needed } of live)
      if (needed && ![...written].some((one) => one.toLowerCase() === name.toLowerCase()))
        problems.add(`${type}: a create gives no value for ${table}.${name}, which is NOT NULL and has no default`)
  }
  return [...problems]
}

export function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return
  throw new BridgeError(
    'invalidMapping',
    `the mapping does not fit the database:\n${problems.map((one) => `- ${one}`).join('\n')}`,
  )
}
