import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scimClient } from '../wire/client.ts'
import { enterpriseSchema, person } from '../wire/people.ts'
import { ended, serve } from './served.ts'
import type { Server } from './served.ts'

const people = 60
const atOnce = 8

describe('a process that is killed while managers come to be for whom people wait', () => {
  let folder = ''
  let running: Server | undefined
  const token = randomBytes(24).toString('base64url')
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'scim-bridge-waiting-'))
  })
  afterAll(async () => {
    running?.process.kill('SIGKILL')
    if (running) await ended(running.process)
    rmSync(folder, { recursive: true, force: true })
  })

  it.each([1, 2, 3])(
    'has linked everybody soon after its next start (round %i)',
    async (round) => {
      const worker = (i: number): object =>
        person(`worker-${round}-${i}`, { [enterpriseSchema]: { manager: { value: `boss-${round}-${i}` } } })
      const boss = (i: number): object => person(`boss-${round}-${i}`)
      // in an order in which those who wait and those they wait for meet
      const bodies = Array.from({ length: people }, (_, i) => [worker(i), boss(i)]).flat()
      running = await serve('conformance-sqlite', folder, token)
      const first = scimClient(running.url, token)
      const { process: victim } = running
      const waiting = [...bodies]
      let answered = 0
      const killAt = 10 + Math.floor(Math.random() * people)
      const sender = async (): Promise<void> => {
        for (let body = waiting.shift(); body !== undefined; body = waiting.shift()) {
          const answer = await first.post('/Users', body)
          expect(answer.status, answer.text).toBe(201)
          if (++answered === killAt) {
            await wait(Math.random() * 3)
            victim.kill('SIGKILL')
          }
        }
      }
      await Promise.allSettled(Array.from({ length: atOnce }, sender))
      await ended(victim)
      first.close()
      expect(answered, 'it was killed in the middle').toBeLessThan(bodies.length)

      running = await serve('conformance-sqlite', folder, token)
      const second = scimClient(running.url, token)
      for (let at = 0; at < bodies.length; at += atOnce) {
        const answers = await Promise.all(bodies.slice(at, at + atOnce).map((body) => second.post('/Users', body)))
        for (const answer of answers) expect([201, 409], answer.text).toContain(answer.status)
      }
      const database = new DatabaseSync(join(folder, 'conformance-sqlite.db'), { readOnly: true })
      const alone = database.prepare(
        `SELECT w.user_name FROM person AS w LEFT JOIN person AS b ON b.person_id = w.manager_id
       WHERE w.user_name LIKE 'worker-' || ? || '-%'
         AND (b.user_name IS NULL OR b.user_name <> replace(w.user_name, 'worker', 'boss'))`,
      )
      const unlinked = (): readonly unknown[] => alone.all(round).map((row) => row['user_name'])
      for (const end = Date.now() + 20_000; unlinked().length > 0 && Date.now() < end;) await wait(50)
      expect(unlinked()).toEqual([])
      expect(database.prepare("SELECT count(*) AS n FROM person WHERE user_name LIKE 'worker-%'").get()?.['n']).toBe(
        round * people,
      )
      database.close()
      second.close()
      running.process.kill('SIGTERM')
      await ended(running.process)
      expect(running.process.exitCode, 'it stops when it is asked to').toBe(0)
      running = undefined
    },
    90_000,
  )
})
