import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pass } from '../faults/fault.ts'
import type { Fault } from '../faults/fault.ts'
import { startLoad } from '../faults/load.ts'
import { openProxy } from '../faults/proxy.ts'
import type { Proxy } from '../faults/proxy.ts'
import type { Database } from '../servers/fresh-database.ts'
import type { SqlServerKind } from '../servers/server.ts'
import { describeServer } from '../servers/with-server.ts'
import { people, serve } from './people.ts'
import type { Live } from './people.ts'

const commit = /^commit/i

/** Milliseconds: what a request may take by the configuration, and by a machine that is busy with other things. */
const request = 1_500
const bound = request + 1_000

/** What is wrong, and for how many milliseconds: a while, or longer than anybody waits. */
const faults: readonly (readonly [string, Fault, number])[] = [
  ['refused connections', { kind: 'refuse' }, 900],
  ['connections that are reset', { kind: 'reset' }, 900],
  ['a black hole', { kind: 'blackhole' }, 900],
  ['a frozen network, late packets after it', { kind: 'freeze' }, request + 500],
  ['latency', { kind: 'latency', milliseconds: 150 }, 900],
  ['more latency than there is time', { kind: 'latency', milliseconds: 1_600 }, request + 500],
  ['answers cut in the middle', { kind: 'cut', after: 300, then: 'break' }, 900],
  ['answers that stop in the middle', { kind: 'cut', after: 300, then: 'silence' }, 900],
  ['a server that half-closes', { kind: 'halfClose', by: 'server' }, 900],
  ['a client side that is half-closed', { kind: 'halfClose', by: 'client' }, 900],
  ['the answer to COMMIT lost', { kind: 'loseReply', to: commit, every: 3 }, 900],
  ['COMMIT itself lost', { kind: 'loseRequest', to: commit, every: 3 }, 900],
]

/** The bridge under steady load while something is wrong between it and its database. */
export const underFaults = (kind: SqlServerKind): Promise<void> =>
  describeServer(kind, `between the bridge and ${kind}`, (server) => {
    let database: Database
    let proxy: Proxy
    let live: Live
    beforeAll(async () => {
      database = await people(server)
      const protocol = ({ mariadb: 'mysql', postgres: 'postgres' } as const)[kind]
      proxy = await openProxy({ host: server.host, port: server.port, protocol })
      live = await serve(kind, {
        url: database.url.replace(`:${server.port}/`, `:${proxy.port}/`),
        request,
        backend: 'timeouts: { connect: 1000, statement: 1200, lock: 1000 }, pool: { size: 8, wait: 1200 }',
      })
    })
    afterAll(async () => {
      await live?.stop()
      await proxy?.close()
      await database?.drop()
    })

    it.each(faults)('%s', async (_, fault, on) => {
      const load = await startLoad(live.url, live.token, { rate: 150, clients: 12, bound })
      try {
        await wait(300)
        const from = performance.now()
        const harmed = proxy.stats.harmed
        const lost = proxy.stats.lost
        await proxy.mode(fault)
        await wait(on)
        await proxy.mode(pass)
        const until = performance.now()
        await load.recovered(8_000)
        await wait(200)
        await load.stop()
        expect(load.wrong).toEqual([])
        const during = load.said.filter(({ at, took }) => at + took > from && at < until)
        expect(during.length, 'asked meanwhile').toBeGreaterThan(0)
        if (fault.kind === 'latency' || fault.kind === 'freeze')
          expect(Math.max(...during.map(({ took }) => took)), 'longest answer').toBeGreaterThan(100)
        else expect(proxy.stats.harmed - harmed, 'connections that suffered').toBeGreaterThan(0)
        if (fault.kind === 'loseReply' || fault.kind === 'loseRequest')
          expect(proxy.stats.lost - lost).toBeGreaterThan(0)
        expect(await load.verify()).toEqual([])
        const orphans = await database.sql(
          `SELECT e.address FROM person_email e LEFT JOIN person p ON p.person_id = e.person_id WHERE p.person_id IS NULL`,
        )
        expect(orphans).toEqual([])
      } finally {
        await proxy.mode(pass)
        await load.stop()
        load.close()
      }
    })
  })
