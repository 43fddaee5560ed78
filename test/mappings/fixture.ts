import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export const folder = resolve(import.meta.dirname, '../../mappings')

/** A real SQLite database in memory, as an `init` file leaves it. */
export function databaseOf(file: string): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  database.exec(readFileSync(resolve(folder, file), 'utf8'))
  return database
}

/** The only value of a query that answers with one row of one column. */
export function valueOf(database: DatabaseSync, query: string): unknown {
  const row = database.prepare(query).get()
  return row === undefined ? undefined : Object.values(row)[0]
}
