import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { seedLive, teams } from '../large/live-place.ts'
import type { LivePeople } from '../large/live-place.ts'
import { people } from '../large/place.ts'
import { titles } from '../servers/server.ts'
import type { Logged } from '../servers/watch-statements.ts'
import { describeServer } from '../servers/with-server.ts'
import { asker } from './asked.ts'
import type { Asked, Asker } from './asked.ts'
import { scansOf } from './plans.ts'

/** What grows with a group shows in one of 2,000 as well. */
const count = people > 5_000 ? people : 2_000

const patch = (op: string, path: string, value?: Json): Json => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op, path, ...(value === undefined ? {} : { value }) }],
})
const add = (id: string): Json => patch('add', 'members', [{ value: id }])
const remove = (id: string): Json => patch('remove', `members[value eq "${id}"]`)

/** What a session keeps in mind is no part of a request. */
const ofRequest = ({ text }: Logged): boolean => !text.startsWith('SET ')

/** `BEGIN 2 SELECT INSERT COMMIT`, whatever the server's words for it. */
function shapeOf(log: readonly Logged[]): string {
  const verbs = log.filter(ofRequest).map(({ text }) => text.slice(0, text.indexOf(' ') + 1 || undefined).trim())
  const runs: { readonly verb: string; times: number }[] = []
  for (const word of verbs) {
    const verb = word === 'WITH' ? 'SELECT' : word === 'START' ? 'BEGIN' : word
    const last = runs.at(-1)
    if (last?.verb === verb) last.times++
    else runs.push({ verb, times: 1 })
  }
  return runs.map(({ verb, times }) => (times === 1 ? verb : `${times} ${verb}`)).join(' ')
}

const textsOf = (log: readonly Logged[]): readonly string[] => log.filter(ofRequest).map(({ text }) => text)

/** Eight child tables, the groups and the manager. */
const parts = 10

for (const kind of ['mariadb', 'postgres'] as const) {
  await describeServer(kind, `${titles[kind]}: what requests ask with ${count} people`, (server) => {
    let made: LivePeople
    let bridge: Asker
    let ids: readonly string[]
    beforeAll(async () => {
      made = await seedLive(server, count)
      bridge = await asker(made)
      const names = Array.from({ length: 10 }, (_, i) => `userName eq "p${i + 1}"`).join(' or ')
      const found = await bridge.ask('GET', `/Users?filter=${names}&attributes=userName`)
      ids = (found.body?.['Resources'] as readonly JsonObject[]).map(({ id }) => String(id))
    }, 180_000)
    afterAll(async () => {
      await bridge?.close()
      await made?.database.drop()
    })
    const idAt = (i: number): string => ids[i] ?? ''

    async function served(status: number, method: string, path: string, body?: Json): Promise<Asked> {
      const asked = await bridge.ask(method, path, body)
      expect(asked.status).toBe(status)
      return asked
    }

    /** The statements as they would be for another record, which is there still. */
    async function expectNoScan(log: readonly Logged[], from: string, to: string): Promise<void> {
      const client = made.database.client('admin')
      const other = (one: unknown): unknown => (typeof one === 'string' && from !== '' ? one.replaceAll(from, to) : one)
      for (const { text, params } of log) {
        if (!/^(?:SELECT|WITH|INSERT|UPDATE|DELETE) /.test(text) || params === undefined) continue
        const scans = await scansOf(kind, client, { text, params: params.map(other) })
        expect({ text, scans }).toEqual({ text, scans: [] })
      }
      await client.close()
    }

    describe('a member is removed and added', () => {
      let small: readonly Asked[]
      let large: readonly Asked[]
      const swap = async (group: string, id: string): Promise<readonly Asked[]> => [
        await served(204, 'PATCH', `/Groups/${group}`, remove(id)),
        await served(204, 'PATCH', `/Groups/${group}`, add(id)),
      ]
      beforeAll(async () => {
        small = await swap(teams.ten, idAt(0))
        large = await swap(teams.everybody, idAt(0))
      })

      it('by the same statements, whoever else is in the group', () => {
        expect(large.map(({ log }) => shapeOf(log))).toEqual([
          'BEGIN SELECT 2 DELETE UPDATE COMMIT',
          'BEGIN 2 SELECT INSERT UPDATE COMMIT',
        ])
        expect(large.map(({ log }) => textsOf(log))).toEqual(small.map(({ log }) => textsOf(log)))
      })

      it('without reading members', async () => {
        for (const { log } of large) {
          const about = log.filter(({ text }) => text.includes('team_member'))
          expect(about.map(({ text }) => text.slice(0, 6))).not.toContain('SELECT')
          // what is written is told by both ends, and by no other
          const ids = about.map(({ params }) => new Set(JSON.stringify(params).match(/[0-9a-f]{8}(?:-[0-9a-f]+){4}/g)))
          for (const told of ids) expect(told).toEqual(new Set([teams.everybody, idAt(0)]))
          await expectNoScan(log, idAt(0), idAt(1))
        }
      })

      it('as quickly', async () => {
        const times = new Map<string, number[]>()
        for (let i = 2; i < 7; i++)
          for (const group of [teams.ten, teams.everybody])
            for (const [n, { took }] of (await swap(group, idAt(i))).entries()) {
              const key = `${n === 0 ? 'removed' : 'added'} ${group === teams.ten ? 'of 10' : `of ${count}`}`
              times.set(key, [...(times.get(key) ?? []), took])
            }
        // told to whoever measures; how long it takes depends on what else the machine does
        const told = [...times].map(([key, all]) => `${key}: ${all.toSorted((a, b) => a - b)[2]?.toFixed(1)} ms`)
        expect(told).toHaveLength(4)
        process.stdout.write(`${titles[kind]}, a member ${told.join(', ')}\n`)
      })
    })

    it('a group is read on from where it was left', async () => {
      const { body, log } = await served(200, 'GET', `/Groups/${teams.everybody}`)
      expect(body?.['members']).toHaveLength(count + 1)
      const chunks = log.filter(({ text }) => text.includes('team_member'))
      // one for each thousand and one that finds no more; and one for the groups in it
      expect(chunks).toHaveLength(Math.floor(count / 1_000) + 2)
      const later = [...new Set(chunks.slice(2).map(({ text }) => text))]
      expect(later).toHaveLength(1)
      // PostgreSQL would read the people from the first one on
      const behind = kind === 'mariadb' ? ['`j`.`person_id` > ?'] : ['"j"."person_id" > $2', '"t"."person_id" > $3']
      for (const one of behind) expect(later[0]).toContain(one)
      expect(later[0]).not.toContain('OFFSET')
    })

    describe('a page of people with e-mails and groups', () => {
      const path = (size: number, from = 1): string =>
        `/Users?startIndex=${from}&count=${size}&attributes=userName,emails,groups`

      it('is four statements, however many people there are', async () => {
        const small = await served(200, 'GET', path(10))
        const large = await served(200, 'GET', path(1_000))
        for (const [size, { body, log }] of [[10, small] as const, [1_000, large] as const]) {
          const users = body?.['Resources'] as readonly JsonObject[]
          expect(users).toHaveLength(size)
          for (const user of users) expect(Object.keys(user)).toEqual(expect.arrayContaining(['emails', 'groups']))
          expect(shapeOf(log)).toBe('BEGIN 4 SELECT COMMIT')
        }
        expect(textsOf(large.log)).toEqual(textsOf(small.log))
      })

      // and counts nobody: the total of a walk is told by its first page
      it('goes on behind the last one', async () => {
        await served(200, 'GET', path(100))
        const { log } = await served(200, 'GET', path(100, 101))
        expect(shapeOf(log)).toBe('BEGIN 3 SELECT COMMIT')
        expect(textsOf(log).filter((text) => text.includes('OFFSET'))).toEqual([])
      })
    })

    it('a lookup by userName is a total and a page, both by an index', async () => {
      const { body, log } = await served(200, 'GET', '/Users?filter=userName eq "P20"&attributes=userName')
      expect(body?.['totalResults']).toBe(1)
      expect(shapeOf(log)).toBe('BEGIN 2 SELECT COMMIT')
      await expectNoScan(log, '', '')
    })

    it.each([
      ['externalId eq "x20"'],
      ['emails.value eq "P20@example.com"'],
      ['emails[type eq "work" and value eq "p20@example.com"]'],
    ])('%s is found by an index', async (filter) => {
      const { body, log } = await served(200, 'GET', `/Users?filter=${filter}&attributes=userName`)
      expect(body?.['totalResults']).toBe(1)
      await expectNoScan(log, '', '')
    })

    it('a person is read by its key, each part of it once', async () => {
      const { log } = await served(200, 'GET', `/Users/${idAt(7)}`)
      expect(shapeOf(log)).toBe(`BEGIN ${1 + parts} SELECT COMMIT`)
      await expectNoScan(log, '', '')
    })

    it('a PATCH of a title reads one row, writes it and reads the answer', async () => {
      const { log } = await served(200, 'PATCH', `/Users/${idAt(7)}`, patch('replace', 'title', 'Chief'))
      expect(shapeOf(log)).toBe(`BEGIN SELECT UPDATE ${1 + parts} SELECT COMMIT`)
      await expectNoScan(log, '', '')
    })

    it('a person goes from many groups by as many statements as from one', async () => {
      const numbers = Array.from({ length: 300 }, (_, i) => String(i).padStart(3, '0'))
      const many = numbers.map((n) => `40000000-0000-4000-8000-000000000${n}`)
      await made.database.script(
        `INSERT INTO team (team_id, display_name) VALUES ${many.map((id) => `('${id}', 'Team ${id}')`).join(', ')};
         INSERT INTO team_member (team_id, person_id) VALUES ${many.map((id) => `('${id}', '${idAt(8)}')`).join(', ')}`,
      )
      const one = await served(204, 'DELETE', `/Users/${idAt(9)}`)
      const all = await served(204, 'DELETE', `/Users/${idAt(8)}`)
      // the reports of a manager, the memberships, eight child tables, the person
      expect(shapeOf(all.log)).toBe('BEGIN SELECT UPDATE 10 DELETE COMMIT')
      expect(textsOf(all.log)).toEqual(textsOf(one.log))
      await expectNoScan(all.log, idAt(8), idAt(7))
    })

    it('a group goes by its own rows alone', async () => {
      const { log } = await served(204, 'DELETE', `/Groups/${teams.nobody}`)
      expect(shapeOf(log)).toBe('BEGIN SELECT 3 DELETE COMMIT')
      await expectNoScan(log, teams.nobody, teams.ten)
    })
  })
}
