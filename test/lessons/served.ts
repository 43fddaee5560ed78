import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { mappings } from '../wire/playground.ts'

const main = join(import.meta.dirname, '../../src/main.ts')

const variables = { demo: 'SCIM_BRIDGE_DEMO_DB', 'conformance-sqlite': 'SCIM_BRIDGE_CONFORMANCE_DB' } as const

export interface Server {
  readonly process: ChildProcess
  readonly url: string
}

/** `serve` as an operator starts it, in a process of its own, over a shipped mapping whose data lie in `folder`. */
export async function serve(mapping: 'demo' | 'conformance-sqlite', folder: string, token: string): Promise<Server> {
  const child = spawn(
    process.execPath,
    [main, 'serve', join(mappings, `${mapping}.yaml`), '--side-store', join(folder, 'side.db'), '--port', '0'],
    {
      env: {
        PATH: process.env['PATH'],
        [variables[mapping]]: join(folder, `${mapping}.db`),
        SCIM_BRIDGE_TOKEN: token,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const url = await new Promise<string>((resolve, reject) => {
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      const listening = /^LISTENING (\S+)$/m.exec(out)?.[1]
      if (listening !== undefined) resolve(listening)
    })
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${said}`)))
  })
  return { process: child, url }
}

export const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()))
