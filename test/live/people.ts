import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Observation } from '../../src/base/observation.ts'
import { start } from '../../src/cli/start.ts'
import { readConfig } from '../../src/config.ts'
import type { Database } from '../servers/fresh-database.ts'
import type { SqlServerKind } from '../servers/server.ts'
import type { Server } from '../servers/with-server.ts'
import { scimClient } from '../wire/client.ts'
import type { Client } from '../wire/client.ts'

export const kinds = ['mariadb', 'postgres'] as const
const dialects = { mariadb: 'mysql', postgres: 'postgres' } as const
const here = (name: string): string => join(import.meta.dirname, name)

export interface Live extends Client {
  readonly url: string
  readonly token: string
  /** Everything that the product observed so far. */
  readonly seen: readonly Observation[]
  stop(): Promise<void>
}

export interface LiveOptions {
  /** Where the bridge finds the database; elsewhere than `url` when something lies in between. */
  readonly url: string
  /** Milliseconds that a request may take. */
  readonly request?: number
  /** Further words of the mapping's `backend` section, as YAML. */
  readonly backend?: string
}

/** The small application of this folder on a real server, in this process. */
export async function serve(kind: SqlServerKind, { url, request = 10_000, backend = '' }: LiveOptions): Promise<Live> {
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-live-'))
  const mapping = join(folder, 'people.yaml')
  writeFileSync(
    mapping,
    readFileSync(here('people.yaml'), 'utf8').replace(/(?<=LIVE_URL}['"])/, backend && `, ${backend}`),
  )
  const file = join(folder, 'bridge.yaml')
  writeFileSync(file, `timeouts: { request: ${request}ms, retryAfter: 1s }\n`)
  const token = randomBytes(24).toString('base64url')
  const env = { LIVE_DIALECT: dialects[kind], LIVE_URL: url, SCIM_BRIDGE_TOKEN: token }
  const seen: Observation[] = []
  const flags = { mappings: [mapping], sideStore: join(folder, 'side.db'), port: '0' }
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const running = await start(readConfig(file, flags, env), env, (observation) => seen.push(observation))
    const base = running.urls[0] ?? ''
    const client = scimClient(base, token)
    return {
      ...client,
      url: base,
      token,
      seen,
      stop: async () => {
        client.close()
        await running.stop()
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error
  }
}

/** A database of its own with the tables of this folder. */
export const people = (server: Server, as?: string): Promise<Database> =>
  server.freshDatabase({ script: here(`people-${server.kind}.sql`), name: 'people', ...(as !== undefined && { as }) })
