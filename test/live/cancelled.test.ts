import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { malformed } from '../faults/well-formed.ts'
import type { SqlClient } from '../servers/client.ts'
import type { Database } from '../servers/fresh-database.ts'
import { describeServer } from '../servers/with-server.ts'
import type { Answer } from '../wire/client.ts'
import { person, where } from '../wire/people.ts'
import { kinds, people, serve } from './people.ts'
import type { Live } from './people.ts'

/** What the bridge's sessions are doing on the server at this moment, leaving those out that wait for work. */
const busy = {
  mariadb: `SELECT info AS statement FROM information_schema.processlist WHERE db = ? AND user = 'app' AND command <> 'Sleep'`,
  postgres: `SELECT query AS statement FROM pg_stat_activity WHERE datname = $1 AND usename = 'app' AND state <> 'idle'`,
} as const
const lockTable = {
  mariadb: ['LOCK TABLES person WRITE, person_email WRITE', 'UNLOCK TABLES'],
  postgres: ['BEGIN; LOCK TABLE person IN ACCESS EXCLUSIVE MODE', 'ROLLBACK'],
} as const

for (const kind of kinds) {
  await describeServer(kind, `cut off on ${kind}`, (server) => {
    let database: Database
    let live: Live
    /** Somebody who works beside the bridge. */
    let beside: SqlClient
    let id: string
    beforeAll(async () => {
      database = await people(server)
      live = await serve(kind, {
        url: database.url,
        request: 1_000,
        backend: 'pool: { size: 3, queue: 3 }, timeouts: { lock: 5000 }',
      })
      const made = await live.post('/Users', person('blocked', { title: 'Before' }))
      expect(made.status, made.text).toBe(201)
      id = String(made.body['id']).slice(1)
    })
    afterAll(async () => {
      await live?.stop()
      await database?.drop()
    })
    beforeEach(() => {
      beside = database.client()
    })
    afterEach(() => beside.close())

    const statements = (): Promise<readonly unknown[]> => database.sql(busy[kind], [database.name])
    const allQuiet = async (): Promise<void> => {
      let last = await statements()
      for (const end = Date.now() + 2_000; last.length > 0 && Date.now() < end; last = await statements())
        await wait(20)
      expect(last).toEqual([])
    }
    /** 503 with Retry-After, in the time that a request has. */
    const refusedInTime = (answer: Answer, since: number): void => {
      expect(performance.now() - since).toBeLessThan(2_000)
      expect(answer.status, answer.text).toBe(503)
      expect(malformed(answer)).toEqual([])
    }
    const lockRow = (): string => `SELECT title FROM person WHERE person_id = ${id} FOR UPDATE`

    it('a write that waits for a row is stopped on the server, and leaves no lock behind', async () => {
      await beside.sql('BEGIN')
      await beside.sql(lockRow())
      const start = performance.now()
      refusedInTime(await live.patch(`/Users/p${id}`, { op: 'replace', path: 'title', value: 'After' }), start)
      // while the row is still locked: nobody waits for it any more
      await allQuiet()
      await beside.sql('ROLLBACK')
      await beside.sql('BEGIN')
      const [row] = await beside.sql(`${lockRow()} NOWAIT`)
      expect(row).toEqual({ title: 'Before' })
      await beside.sql('ROLLBACK')
      const answer = await live.patch(`/Users/p${id}`, { op: 'replace', path: 'title', value: 'Before' })
      expect(answer.status, answer.text).toBe(200)
    })

    it('a read that waits for a table is stopped on the server', async () => {
      const [lock, unlock] = lockTable[kind]
      await beside.sql(lock)
      const start = performance.now()
      refusedInTime(await live.get(`/Users${where('title eq "Before"')}`), start)
      await allQuiet()
      await beside.sql(unlock)
      const answer = await live.get(`/Users${where('title eq "Before"')}`)
      expect(answer.body['totalResults'], answer.text).toBe(1)
    })

    it('a create that is cut off gives its name back', async () => {
      const [lock, unlock] = lockTable[kind]
      await beside.sql(lock)
      const start = performance.now()
      refusedInTime(await live.post('/Users', person('given-back')), start)
      await allQuiet()
      await beside.sql(unlock)
      const [first, second] = await Promise.all([1, 2].map(() => live.post('/Users', person('given-back'))))
      expect([first!.status, second!.status].sort(), `${first!.text}\n${second!.text}`).toEqual([201, 409])
    })

    it('more requests than connections and places in the line are refused at once, and none of it lasts', async () => {
      const [lock, unlock] = lockTable[kind]
      await beside.sql(lock)
      const start = performance.now()
      const times: number[] = []
      const answers = await Promise.all(
        Array.from({ length: 12 }, () =>
          live.get(`/Users/p${id}`).then((answer) => {
            times.push(performance.now() - start)
            return answer
          }),
        ),
      )
      for (const answer of answers) refusedInTime(answer, start)
      // three are asked, three wait in line
      expect(times.filter((time) => time < 500).length, times.join()).toBe(6)
      await allQuiet()
      await beside.sql(unlock)
      const six = (): Promise<readonly number[]> =>
        Promise.all(Array.from({ length: 6 }, () => live.get(`/Users/p${id}`).then(({ status }) => status)))
      await expect.poll(six, { timeout: 2_000 }).toEqual([200, 200, 200, 200, 200, 200])
    })
  })
}
