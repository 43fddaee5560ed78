import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scimClient } from '../wire/client.ts'
import { person, where } from '../wire/people.ts'
import { ended, serve } from './served.ts'
import type { Server } from './served.ts'

const people = 200
const atOnce = 8
describe('a process that is killed while it creates people', () => {
  let folder = ''
  let running: Server | undefined
  const token = randomBytes(24).toString('base64url')
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'scim-bridge-killed-'))
  })
  afterAll(async () => {
    running?.process.kill('SIGKILL')
    if (running) await ended(running.process)
    rmSync(folder, { recursive: true, force: true })
  })

  // the person stands in one database and the id that the client gave in another
  it.each([1, 2, 3])(
    'has everybody once, with the id that the client gave, after a retry (round %i)',
    async (round) => {
      const names = Array.from({ length: people }, (_, i) => `killed-${round}-${i}`)
      const body = (name: string): object => person(name, { externalId: `ext-${name}`, title: 'Joiner' })
      running = await serve('demo', folder, token)
      const first = scimClient(running.url, token)
      const waiting = [...names]
      let answered = 0
      // somewhere in the middle, another place every time
      const killAt = 20 + Math.floor(Math.random() * (people - 60))
      const { process: victim } = running
      const worker = async (): Promise<void> => {
        for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
          const answer = await first.post('/Users', body(name))
          expect(answer.status, answer.text).toBe(201)
          if (++answered === killAt) {
            await wait(Math.random() * 3)
            victim.kill('SIGKILL')
          }
        }
      }
      await Promise.allSettled(Array.from({ length: atOnce }, worker))
      await ended(victim)
      first.close()
      expect(answered, 'it was killed in the middle').toBeLessThan(people)

      running = await serve('demo', folder, token)
      const second = scimClient(running.url, token)
      for (let at = 0; at < names.length; at += atOnce) {
        const answers = await Promise.all(names.slice(at, at + atOnce).map((name) => second.post('/Users', body(name))))
        for (const answer of answers) expect([201, 409], answer.text).toContain(answer.status)
      }

      const database = new DatabaseSync(join(folder, 'demo.db'), { readOnly: true })
      const count = database.prepare(`SELECT count(*) AS n FROM EMP WHERE CO_NO = 1 AND STAT <> 'X' AND LOGIN = ?`)
      const held = names.map((name) => [name, Number(count.get(name)?.['n'])] as const)
      database.close()
      expect(held.filter(([, n]) => n !== 1)).toEqual([])

      const missing: string[] = []
      for (const name of names) {
        const found = await second.get(`/Users${where(`externalId eq "ext-${name}"`)}`)
        const [one] = (found.body['Resources'] ?? []) as readonly { readonly userName?: string }[]
        if (found.body['totalResults'] !== 1 || one?.userName !== name)
          missing.push(`${name}: ${found.text.slice(0, 200)}`)
      }
      expect(missing).toEqual([])
      second.close()
      running.process.kill('SIGTERM')
      await ended(running.process)
      expect(running.process.exitCode, 'it stops when it is asked to').toBe(0)
      running = undefined
    },
  )
})
