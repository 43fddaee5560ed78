import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { startLoad } from '../faults/load.ts'
import { ownServer, skipped } from '../servers/with-server.ts'
import { kinds, people, serve } from './people.ts'

/** Milliseconds: what a request may take, and a machine that is busy with other things on top of it. */
const request = 2_000
const bound = request + 1_000

for (const kind of kinds) {
  const title = `${kind} itself in trouble`
  const server = await ownServer(kind)
  if ('missing' in server) {
    skipped(kind, title, server)
    continue
  }
  describe(title, () => {
    afterAll(() => server.end())
    interface Trouble {
      readonly down: () => Promise<void> | void
      readonly up: () => Promise<unknown> | void
      readonly milliseconds: number
    }
    // one that has crashed is gone, and says for a while that it is starting; a frozen one takes connections and is silent
    const troubles: readonly (readonly [string, Trouble])[] = [
      ['killed', { down: server.kill, up: server.start, milliseconds: 500 }],
      ['frozen', { down: server.pause, up: server.resume, milliseconds: request + 200 }],
    ]
    it.each(troubles)('%s: the bridge says so, finds it again, and has lost nothing', async (_, trouble) => {
      const database = await people(server)
      const backend = 'timeouts: { connect: 1000, statement: 1500, lock: 1000 }, pool: { size: 8, wait: 1500 }'
      const live = await serve(kind, { url: database.url, request, backend })
      const load = await startLoad(live.url, live.token, { rate: 150, clients: 12, bound })
      try {
        await wait(300)
        const from = performance.now()
        await trouble.down()
        await wait(trouble.milliseconds)
        await trouble.up()
        await load.recovered(15_000)
        await load.stop()
        expect(load.wrong).toEqual([])
        const statuses = load.said.filter(({ at, took }) => at + took > from).map(({ status }) => status)
        expect(statuses, 'the bridge was asked meanwhile').toContain(503)
        expect(await load.verify()).toEqual([])
      } finally {
        await load.stop()
        load.close()
        await live.stop()
      }
    })
  })
}
