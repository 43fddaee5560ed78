import { existsSync, readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { runScript } from '../../src/backends/sql/run-script.ts'
import { describeServer } from '../servers/with-server.ts'
import { bridge, folder, get, until } from './process.ts'
import type { Started } from './process.ts'

interface Backend {
  readonly kind: string
  readonly url: string
  readonly port: number
  readonly logFile: string
}

interface Ready {
  readonly running: Started
  readonly url: string
  readonly token: string
  readonly pid: number
  readonly backend: Backend
}

const readyLine = /^READY (\S+) (\S+)\n$/

async function ready(running: Started, info: string): Promise<Ready> {
  const [, url = '', token = ''] = await running.printed(readyLine)
  const told = JSON.parse(readFileSync(info, 'utf8')) as { readonly pid: number; readonly backend: Backend }
  return { running, url, token, ...told }
}

const isServed = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.on('connect', () => resolve((socket.destroy(), true))).on('error', () => resolve(false))
  })

const totals = async ({ url, token }: Pick<Ready, 'url' | 'token'>): Promise<readonly number[]> =>
  Promise.all(
    ['Users', 'Groups'].map(async (endpoint) => {
      const reply = await get(`${url}/${endpoint}?count=0`, token)
      return ((await reply.json()) as { readonly totalResults: number }).totalResults
    }),
  )

for (const [server, kind] of [
  ['mariadb', 'mysql'],
  ['postgres', 'postgres'],
] as const) {
  await describeServer(server, `playgrounds on ${kind}`, () => {
    it.each([
      [`hr-${kind}`, [], [14, 4]],
      [`conformance-${kind}`, [], [6, 1]],
    ] as const)('%s %j serves, and goes with its server', async (name, options, expected) => {
      const info = join(folder(), 'info.json')
      const at = await ready(bridge(['playground', name, '--info', info, ...options]), info)
      expect(await totals(at)).toEqual(expected)
      expect([at.pid, at.backend.kind]).toEqual([at.running.pid, kind])
      await runScript(at.backend.url, 'SELECT 1')
      process.kill(at.running.pid, 'SIGTERM')
      expect(await at.running.ended).toEqual({ code: 0, signal: null })
      expect([await isServed(at.backend.port), existsSync(dirname(at.backend.logFile))]).toEqual([false, false])
      // what the server at its first start and its end has to say is in its log, not here
      expect(at.running.stderr()).not.toMatch(/^[^{]/m)
    })

    it('leaves nothing when somebody kills the playground', async () => {
      const info = join(folder(), 'info.json')
      const at = await ready(bridge(['playground', `hr-${kind}`, '--empty', '--info', info]), info)
      expect(await totals(at)).toEqual([0, 0])
      process.kill(at.pid, 'SIGKILL')
      await until('its server has left nothing', () => !existsSync(dirname(at.backend.logFile)), 8000)
      expect(await isServed(at.backend.port)).toBe(false)
    })
  })
}
