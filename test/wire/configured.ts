import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Observation } from '../../src/base/observation.ts'
import { start } from '../../src/cli/start.ts'
import { readConfig } from '../../src/config.ts'
import { digestOf } from '../../src/http/auth.ts'
import { scimClient } from './client.ts'
import type { Client } from './client.ts'
import { mappings } from './playground.ts'

/** A bridge in this process, started from a `bridge.yaml` as an operator writes it. */
export interface Configured {
  /** Base URL of each application, in the order of the file. */
  readonly urls: readonly string[]
  readonly seen: readonly Observation[]
  /** Of the folder in which the file stands. */
  readonly folder: string
  /** A client of the application at a base URL with the token of that name. */
  client(url: string, token: string): Client
  stop(): Promise<void>
}

/** The token that belongs to a name in `tokens`; the file holds its digest. */
export const tokenOf = (name: string): string => `the-secret-token-of-${name}`
export const sha256Of = (name: string): string => digestOf(tokenOf(name)).toString('hex')

export async function configured(
  yaml: string | ((folder: string) => string),
  env: Readonly<Record<string, string>> = {},
): Promise<Configured> {
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-configured-'))
  const seen: Observation[] = []
  const clients: Client[] = []
  try {
    const file = join(folder, 'bridge.yaml')
    writeFileSync(file, typeof yaml === 'string' ? yaml : yaml(folder))
    const config = readConfig(file, { port: '0' }, env)
    const running = await start(config, env, (observation) => seen.push(observation))
    return {
      urls: running.urls,
      seen,
      folder,
      client: (url, token) => {
        const made = scimClient(url, tokenOf(token))
        clients.push(made)
        return made
      },
      stop: async () => {
        for (const client of clients) client.close()
        await running.stop()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

/** A shipped mapping over a database of its own, `<as>.db`, in a folder; gives back the path of the mapping file. */
export function shippedMapping(folder: string, mapping: 'demo' | 'conformance-sqlite', as: string): string {
  const file = join(folder, `${as}.yaml`)
  const text = readFileSync(join(mappings, `${mapping}.yaml`), 'utf8')
    .replace(/^ {2}file: .*$/m, `  file: "${join(folder, `${as}.db`)}"`)
    .replace(/^ {2}init: .*$/m, `  init: "${join(mappings, `${mapping}.sql`)}"`)
  writeFileSync(file, text)
  return file
}
