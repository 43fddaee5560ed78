import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { start } from '../../src/cli/start.ts'
import { readConfig } from '../../src/config.ts'
import type { Observation } from '../../src/base/observation.ts'
import { scimClient } from './client.ts'
import { mappings } from './playground.ts'
import type { Served } from './playground.ts'

const token = 'a-token-that-only-tests-have'

const madeNow = 'created_at: { now: iso }'

/**
 * The conformance mapping over the reference store, which keeps what a table would have, without its triggers and defaults:
 * so the version is that of what is held, and the bridge says when a record was made.
 */
const mapping = readFileSync(join(mappings, 'conformance-sqlite.yaml'), 'utf8')
  .replace(/^backend:\n(?: .*\n)+/m, 'backend: { kind: memory }\n')
  .replaceAll('version: { slot: rev }', 'version: digest')
  .replaceAll(/set:\n( +)create: \{ /g, `set:\n$1create: { ${madeNow}, `)
  .replaceAll(/set:\n( +)write:/g, `set:\n$1create: { ${madeNow} }\n$1write:`)

/** The whole application in this process, over the reference store. */
export async function servedInMemory(profile: string): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-'))
  const file = join(folder, 'memory.yaml')
  writeFileSync(file, mapping)
  const seen: Observation[] = []
  const env = { SCIM_BRIDGE_TOKEN: token }
  const config = readConfig(
    undefined,
    { mappings: [file], sideStore: join(folder, 'side.db'), port: '0', profile },
    env,
  )
  const running = await start(config, env, (observation) => seen.push(observation))
  const url = running.urls[0] ?? ''
  const client = scimClient(url, token)
  return {
    ...client,
    url,
    token,
    seen,
    stop: async () => {
      client.close()
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
