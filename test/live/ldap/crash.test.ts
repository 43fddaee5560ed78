import { setTimeout as wait } from 'node:timers/promises'
import { readdirSync, readlinkSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { startLoad } from '../../faults/load.ts'
import { ownServer, skipped } from '../../servers/with-server.ts'
import { ldapPlace } from './place.ts'
import { backend, steady } from './steady.ts'

/** Milliseconds: what a request may take, and a machine that is busy with other things on top of it. */
const request = 2_000
const bound = request + 1_000
const quick = 'timeouts: { connect: 1000, operation: 1500 }\npool: { wait: 1500 }'

/** Sockets that a process has open. */
const socketsOf = (pid: number | string): number =>
  readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:')
    } catch {
      return false
    }
  }).length

const title = 'a directory server itself in trouble'
const server = await ownServer('openldap')
if ('missing' in server) skipped('openldap', title, server)
else
  describe(title, () => {
    afterAll(() => server.end())
    interface Trouble {
      readonly down: () => Promise<void> | void
      readonly up: () => Promise<unknown> | void
      readonly milliseconds: number
    }
    const troubles: readonly (readonly [string, Trouble])[] = [
      ['killed', { down: server.kill, up: server.start, milliseconds: 500 }],
      ['frozen', { down: server.pause, up: server.resume, milliseconds: request + 200 }],
      ['stopped in order', { down: server.stop, up: server.start, milliseconds: 500 }],
      ['away for long', { down: server.stop, up: server.start, milliseconds: 9_000 }],
    ]
    it.each(troubles)('%s: the bridge says so, finds it again, and has lost nothing', async (_, trouble) => {
      const mapping = backend(quick, steady)
      const place = await ldapPlace(server, { mapping, request })
      const { url, token } = place.base
      const load = await startLoad(url, token, {
        rate: 100,
        clients: 12,
        bound,
        isSeenUnderWay: true,
        more: { password: 'correct horse' },
      })
      try {
        await wait(300)
        const from = performance.now()
        await trouble.down()
        await wait(trouble.milliseconds)
        await trouble.up()
        expect(await load.recovered(5_000)).toBeLessThan(5_000)
        await load.stop()
        expect(load.wrong).toEqual([])
        const statuses = load.said.filter(({ at, took }) => at + took > from).map(({ status }) => status)
        expect(statuses, 'the bridge was asked meanwhile').toContain(503)
        expect(await load.verify()).toEqual([])
      } finally {
        await load.stop()
        load.close()
        await place.close()
      }
    })

    it('is left with no connection of a bridge that went through all that', async () => {
      const pid = await server.stop().then(() => server.start())
      const before = socketsOf(pid)
      const place = await ldapPlace(server, { mapping: backend(quick, steady), request })
      for (let round = 0; round < 3; round++) {
        server.pause()
        await Promise.all(Array.from({ length: 20 }, () => place.client.get('/Users')))
        server.resume()
        await expect.poll(async () => (await place.client.get('/Users')).status, { timeout: 5_000 }).toBe(200)
      }
      // two that are shared, and those of the test itself
      await expect.poll(() => socketsOf(pid) - before, { timeout: 10_000 }).toBeLessThanOrEqual(6)
      await place.close()
      await expect.poll(() => socketsOf(pid) - before, { timeout: 10_000 }).toBeLessThanOrEqual(0)
    })
  })
