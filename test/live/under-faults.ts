import { afterAll, beforeAll, expect, it } from 'vitest'
import { bear, faults } from '../faults/bear.ts'
import { openProxy } from '../faults/proxy.ts'
import type { Proxy } from '../faults/proxy.ts'
import type { Database } from '../servers/fresh-database.ts'
import type { SqlServerKind } from '../servers/server.ts'
import { describeServer } from '../servers/with-server.ts'
import { people, serve } from './people.ts'
import type { Live } from './people.ts'

/** Milliseconds: what a request may take by the configuration, and by a machine that is busy with other things. */
const request = 1_500
const bound = request + 1_000

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

    it.each(faults(request, /^commit/i))('%s', async (_, fault, on) => {
      await bear(fault, on, { proxy, bridge: live, bound, recovery: 8_000 })
      const orphans = await database.sql(
        `SELECT e.address FROM person_email e LEFT JOIN person p ON p.person_id = e.person_id WHERE p.person_id IS NULL`,
      )
      expect(orphans).toEqual([])
    })
  })
