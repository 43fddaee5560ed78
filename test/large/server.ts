import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cleanEnv, compiledOnce, root, secret } from '../cli/process.ts'
import type { Seeded } from './place.ts'

/** The bridge in a process of its own, with a heap of its own. */
export interface Server {
  readonly url: string
  readonly pid: number
  readonly token: string
  fetch(path: string, init?: RequestInit): Promise<Response>
  stop(): Promise<void>
}

/** `cursors` is the secret that replicas share; without it each has its own. */
export async function startServer(
  { mapping, env }: Pick<Seeded, 'mapping' | 'env'>,
  heap: number,
  cursors?: string,
): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-large-server-'))
  const file = join(folder, 'bridge.yaml')
  if (cursors !== undefined) writeFileSync(file, `cursors: { secret: "${cursors}" }\n`)
  const config = cursors === undefined ? [] : ['--config', file]
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${heap}`, join(root, 'src/main.ts'), 'serve', '--port', '0', ...config, mapping],
    { cwd: folder, env: { ...cleanEnv(), ...compiledOnce, ...env, SCIM_BRIDGE_TOKEN: secret }, stdio: 'pipe' },
  )
  let out = ''
  let err = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err = (err + text).slice(-20_000)))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      const found = /^LISTENING (\S+)$/m.exec(out)?.[1]
      if (found !== undefined) resolve(found)
    })
    void ended.then(() => reject(new Error(`the server ended:\n${out}\n${err}`)))
  })
  return {
    url,
    pid: child.pid ?? 0,
    token: secret,
    fetch: async (path, init = {}) => {
      const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${secret}` }
      return fetch(url + path, { ...init, headers }).catch((error: unknown) => {
        throw new Error(`no answer; the server says:\n${err}`, { cause: error })
      })
    },
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
