import { z } from 'zod'
import { BridgeError } from '../../base/errors.ts'
import type { Backend } from '../../plan/port.ts'
import { advice } from './advice.ts'
import { offlineDatabase } from './database.ts'
import type { Database } from './database.ts'
import { demands } from './demands.ts'
import { dialectNamed, driverNamed, dialectNames } from './dialects.ts'
import { bridgeError } from './errors.ts'
import { checkSchema, columnIn, constrainedIn, refuse } from './live.ts'
import { checkCodecs } from './live-codecs.ts'
import { checkKeys } from './live-keys.ts'
import { sqlStore } from './store.ts'

const named = z.looseObject({ dialect: z.string() })
const nameIn = (section: unknown): string => {
  const read = named.safeParse(section)
  return read.success ? read.data.dialect : ''
}

/** `nonTransactional: accepted`: a failure half-way may leave half of a write. */
const takesHalves = (section: unknown): boolean =>
  z.looseObject({ nonTransactional: z.literal('accepted') }).safeParse(section).success

/** A backend over SQL databases; relative paths of its section start at `base`. */
export const sqlBackend = (base: string): Backend => ({
  kind: 'sql',
  check: (catalog) => {
    const name = nameIn(catalog.backend.section)
    const parsed = driverNamed(name)?.section.safeParse(catalog.backend.section)
    const section =
      dialectNamed(name) === undefined
        ? [{ path: ['backend', 'dialect'], message: `one of ${dialectNames.join(', ')}` }]
        : (parsed?.error?.issues ?? []).map((issue) => ({
            path: ['backend', ...issue.path.map(String)],
            message: issue.message,
          }))
    const tables = catalog.types
      .filter((mapping) => mapping.table === undefined)
      .map((mapping) => ({ path: ['resources', mapping.type.name], message: 'a table is needed for SQL' }))
    return [...section, ...tables]
  },
  offline: (catalog) => {
    const dialect = dialectNamed(nameIn(catalog.backend.section))
    if (dialect === undefined) throw new Error('a dialect that check has not seen')
    return sqlStore(offlineDatabase(dialect, catalog), undefined)
  },
  open: async (catalog) => {
    const name = nameIn(catalog.backend.section)
    const driver = driverNamed(name)
    if (driver === undefined)
      throw new BridgeError(
        'invalidMapping',
        `${name} is experimental: it can be checked and explained, but there is no driver to serve it with`,
      )
    const offline = offlineDatabase(driver.dialect, catalog)
    try {
      const pool = await driver.open(catalog.backend.section, base)
      try {
        const tables = [...new Set(demands(catalog).map((demand) => demand.table))]
        const schema = await pool.use('read', AbortSignal.timeout(opening), (connection) =>
          driver.readSchema(connection, tables),
        )
        refuse([
          ...checkSchema(catalog, schema, pool.writable && !takesHalves(catalog.backend.section)),
          ...(driver.dialect.typed ? checkCodecs(catalog, schema) : []),
          ...(driver.dialect.returns ? [] : checkKeys(catalog, schema)),
        ])
        const database: Database = {
          ...offline,
          columnOf: columnIn(schema),
          constrained: constrainedIn(schema),
          isTriggered: (table) => schema.get(table.toLowerCase())?.triggered === true,
        }
        return sqlStore(database, pool, advice(driver.dialect, catalog, schema))
      } catch (error) {
        await pool.close()
        throw error
      }
    } catch (error) {
      throw bridgeError(offline, error)
    }
  },
})

/** How long the catalogue of the database may take, in milliseconds. */
const opening = 30_000
