import type { Backend } from '../../plan/port.ts'
import { sqlConfig, sqlSection } from './config.ts'
import type { SqlConfig } from './config.ts'
import { openConnection } from './connection.ts'
import type { Connection } from './connection.ts'
import { memoryFile } from './config.ts'
import { offlineDatabase } from './database.ts'
import type { Database } from './database.ts'
import { sqlite } from './dialects/sqlite.ts'
import { bridgeError } from './errors.ts'
import { checkSchema, readSchema, refuse, typeIn } from './live.ts'
import { sqlStore } from './store.ts'

/** A backend over SQL databases; relative paths of its section start at `base`. */
export const sqlBackend = (base: string): Backend => ({
  kind: 'sql',
  check: (catalog) => {
    const parsed = sqlSection.safeParse(catalog.backend.section)
    const section = parsed.success
      ? []
      : parsed.error.issues.map((issue) => ({ path: ['backend', ...issue.path.map(String)], message: issue.message }))
    const tables = catalog.types
      .filter((mapping) => mapping.table === undefined)
      .map((mapping) => ({ path: ['resources', mapping.type.name], message: 'a table is needed for SQL' }))
    return [...section, ...tables]
  },
  offline: (catalog) => sqlStore(offlineDatabase(sqlite, catalog), undefined),
  open: async (catalog) => {
    const config = sqlConfig(catalog.backend.section, base)
    const offline = offlineDatabase(sqlite, catalog)
    const { read, write } = connect(config, offline)
    try {
      const schema = await readSchema(read)
      refuse(checkSchema(catalog, schema))
      const database: Database = { ...offline, typeOf: typeIn(schema) }
      return sqlStore(database, { read, write, patience: { milliseconds: config.busy, step: 10 } })
    } catch (error) {
      read.close()
      write?.close()
      throw bridgeError(offline, error)
    }
  },
})

/** Writes have a connection of their own: in WAL mode a reader never waits for it. */
function connect(
  config: SqlConfig,
  database: Database,
): { readonly read: Connection; readonly write: Connection | undefined } {
  try {
    if (config.readOnly) return { read: openConnection(config, true), write: undefined }
    const write = openConnection(config, false)
    if (config.file === memoryFile) return { read: write, write }
    try {
      return { read: openConnection(config, true), write }
    } catch (error) {
      write.close()
      throw error
    }
  } catch (error) {
    throw bridgeError(database, error)
  }
}
