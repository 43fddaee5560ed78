import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { startPlayground } from '../../src/cli/playground.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { Observation } from '../../src/base/observation.ts'
import { scimClient } from './client.ts'
import type { Client } from './client.ts'

export const mappings = join(import.meta.dirname, '../../mappings')

export interface Stand extends Client {
  readonly url: string
  readonly token: string
  /** Everything that the product observed so far. */
  readonly seen: readonly Observation[]
  /** The backend itself, beside the bridge. */
  sql(text: string, ...values: readonly (string | number)[]): readonly Readonly<Record<string, unknown>>[]
  /** Every row of every table as text: equal dumps mean that nothing was changed. */
  dump(): string
  stop(): Promise<void>
}

/** A playground in this process, with a client and a look at its database. */
export async function stand(
  name: 'demo' | 'conformance-sqlite',
  options: { readonly empty?: boolean; readonly profile?: string } = {},
): Promise<Stand> {
  const seen: Observation[] = []
  const running = await startPlayground(name, {
    empty: options.empty ?? false,
    profile: options.profile,
    mappings,
    env: {},
    observe: (observation) => seen.push(observation),
  })
  const file = fileURLToPath((running.info['backend'] as JsonObject)['url'] as string)
  const client = scimClient(running.url, running.token)
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
  return {
    ...client,
    url: running.url,
    token: running.token,
    seen,
    sql,
    dump,
    stop: async () => {
      client.close()
      await running.stop()
    },
  }
}
