import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { start } from '../../src/cli/start.ts'
import { readConfig } from '../../src/config.ts'
import type { Database } from '../servers/fresh-database.ts'
import type { Server } from '../servers/with-server.ts'
import { scimClient } from '../wire/client.ts'
import type { Client } from '../wire/client.ts'
import { dialectOf } from './stand.ts'

export interface Odd extends Client {
  stop(): Promise<void>
}

/** Serves a mapping's `resources` over tables of one test's own; whatever happens, the database is gone afterwards. */
export async function serveOdd(server: Server, sql: string, resources: string): Promise<Odd> {
  const database: Database = await server.freshDatabase({ sql, name: 'odd' })
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-odd-'))
  const remove = async (): Promise<void> => {
    await database.drop()
    rmSync(folder, { recursive: true, force: true })
  }
  const mapping = join(folder, 'odd.yaml')
  const backend = `backend: { kind: sql, dialect: ${dialectOf[server.kind]}, url: "\${DATABASE_URL}" }`
  writeFileSync(mapping, `version: 1\nname: odd\n${backend}\nresources:\n${resources}`)
  const token = randomBytes(24).toString('base64url')
  const env = { DATABASE_URL: database.url, SCIM_BRIDGE_TOKEN: token }
  try {
    const flags = { mappings: [mapping], sideStore: join(folder, 'side.db'), port: '0' }
    const running = await start(readConfig(undefined, flags, env), env, () => undefined)
    const client = scimClient(running.urls[0] ?? '', token)
    return {
      ...client,
      stop: async () => {
        client.close()
        await running.stop()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}
