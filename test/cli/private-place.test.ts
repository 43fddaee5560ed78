import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { createConnection } from 'node:net'
import { expect, it } from 'vitest'
import { runScript } from '../../src/backends/sql/run-script.ts'
import { playgrounds } from '../../src/cli/playgrounds.ts'
import type { Place } from '../../src/cli/playgrounds/place.ts'
import { describeServer } from '../servers/with-server.ts'
import { folder, mappings } from './process.ts'

interface Backend {
  readonly kind: string
  readonly url: string
  readonly host: string
  readonly port: number
  readonly logFile: string
}

const noSay = (): void => undefined

const start = async (name: string, empty: boolean, env = {}): Promise<[place: Place, backend: Backend]> => {
  const kind = playgrounds[name]
  if (kind === undefined) throw new Error(`no ${name}`)
  const place = await kind.start({ folder: folder(), mappings, empty, env, say: noSay })
  return [place, place.backend as unknown as Backend]
}

const isServed = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    const end = (served: boolean) => (): void => {
      socket.destroy()
      resolve(served)
    }
    socket.on('connect', end(true)).on('error', end(false))
  })

/** Divides by the number of people, so that none is an error and some is not. */
const someone = {
  mysql: (table: string) => `SET sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO';
    CREATE TEMPORARY TABLE counted (n INT); INSERT INTO counted SELECT 1 / count(*) FROM ${table}`,
  postgres: (table: string) => `SELECT 1 / count(*) FROM ${table}`,
} as const

const kinds = [
  ['mariadb', 'mysql', ['employee', 'party', 'role'], 'department'],
  ['postgres', 'postgres', ['staff.employee', 'staff.person', 'staff.team'], 'staff.department'],
] as const

for (const [server, kind, seeded, fixed] of kinds) {
  await describeServer(server, `the place of a playground on ${kind}`, (shared) => {
    it('is a server of its own, which goes with it', async () => {
      const [place, backend] = await start(`hr-${kind}`, false)
      expect(backend.kind).toBe(kind)
      expect(backend.port).not.toBe(shared.port)
      const url = place.env['DATABASE_URL'] ?? ''
      expect(new URL(url).host).toBe(new URL(backend.url).host)
      for (const table of [...seeded, fixed]) {
        await runScript(backend.url, someone[kind](table))
        await runScript(url, someone[kind](table))
      }
      expect(existsSync(backend.logFile)).toBe(true)
      await place.stop()
      expect([await isServed(backend.port), existsSync(dirname(backend.logFile))]).toEqual([false, false])
    })

    it('lets nobody in without the password that it made', async () => {
      const [place, backend] = await start(`conformance-${kind}`, false)
      for (const [user, password] of [
        ['root', ''],
        ['postgres', ''],
        ['postgres', 'postgres'],
        ['', ''],
        [new URL(backend.url).username, 'wrong'],
      ] as const) {
        const url = new URL(backend.url)
        url.username = user
        url.password = password
        await expect(runScript(url.href, 'SELECT 1')).rejects.toThrow()
      }
      await place.stop()
    })

    it('has no people when it is to be empty, and what they need all the same', async () => {
      const [place, { url }] = await start(`hr-${kind}`, true)
      for (const table of seeded) await expect(runScript(url, someone[kind](table))).rejects.toThrow(/zero|division/i)
      await runScript(url, someone[kind](fixed))
      await place.stop()
    })

    it('is a database on a server that the environment names, and goes from it', async () => {
      const [place, { url, port }] = await start(`hr-${kind}`, false, { SCIM_BRIDGE_PLAYGROUND_URL: shared.adminUrl })
      expect(port).toBe(shared.port)
      await runScript(place.env['DATABASE_URL'] ?? '', someone[kind](fixed))
      await place.stop()
      await expect(runScript(url, 'SELECT 1')).rejects.toThrow(/unknown database|does not exist/i)
    })

    it('is refused on a server of another kind', async () => {
      const env = { SCIM_BRIDGE_PLAYGROUND_URL: 'oracle://somebody@localhost/x' }
      await expect(start(`hr-${kind}`, false, env)).rejects.toThrow('SCIM_BRIDGE_PLAYGROUND_URL is not of the form')
    })
  })
}
