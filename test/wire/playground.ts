import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { startPlayground } from '../../src/cli/playground.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { Observation } from '../../src/base/observation.ts'
import { scimClient } from './client.ts'
import type { Client } from './client.ts'

export const mappings = join(import.meta.dirname, '../../mappings')

/** A bridge that runs in this process, with a client. */
export interface Served extends Client {
  readonly url: string
  readonly token: string
  /** Everything that the product observed so far. */
  readonly seen: readonly Observation[]
  stop(): Promise<void>
}

export interface ServedOptions {
  readonly empty?: boolean
  readonly profile?: string
  /** Names the server that takes the playground's database. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Stand extends Served {
  /** The backend itself, beside the bridge. */
  sql(text: string, ...values: readonly (string | number)[]): readonly Readonly<Record<string, unknown>>[]
  /** Every row of every table as text: equal dumps mean that nothing was changed. */
  dump(): string
}

/** A playground in this process, whatever its backend. */
export const served = async (name: string, options: ServedOptions = {}): Promise<Served> =>
  (await open(name, options)).served

async function open(
  name: string,
  options: ServedOptions,
): Promise<{ readonly served: Served; readonly backend: JsonObject }> {
  const seen: Observation[] = []
  const running = await startPlayground(name, {
    empty: options.empty ?? false,
    profile: options.profile,
    mappings,
    env: options.env ?? {},
    observe: (observation) => seen.push(observation),
  })
  const client = scimClient(running.url, running.token)
  return {
    backend: running.info['backend'] as JsonObject,
    served: {
      ...client,
      url: running.url,
      token: running.token,
      seen,
      stop: async () => {
        client.close()
        await running.stop()
      },
    },
  }
}

/** A playground on SQLite in this process, with a look at its database. */
export async function stand(name: 'demo' | 'conformance-sqlite', options: ServedOptions = {}): Promise<Stand> {
  const { served, backend } = await open(name, options)
  const file = fileURLToPath(backend['url'] as string)
  const sql: Stand['sql'] = (text, ...values) => {
    const database = new DatabaseSync(file, { timeout: 5_000 })
    try {
      return database.prepare(text).all(...values)
    } finally {
      database.close()
    }
  }
  const dump = (): string => {
    const tables = sql(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`)
    return JSON.stringify(tables.map(({ name }) => [name, sql(`SELECT * FROM "${String(name)}"`)]))
  }
  return { ...served, sql, dump }
}
