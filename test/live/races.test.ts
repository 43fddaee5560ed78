import { afterAll, beforeAll, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import type { Database } from '../servers/fresh-database.ts'
import { describeServer } from '../servers/with-server.ts'
import type { Answer } from '../wire/client.ts'
import { patchOf, person, team, where } from '../wire/people.ts'
import { kinds, people, serve } from './people.ts'
import type { Live } from './people.ts'

const times = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)
const tally = (answers: readonly Answer[]): Readonly<Record<number, number>> =>
  answers.reduce<Record<number, number>>((count, { status }) => ({ ...count, [status]: (count[status] ?? 0) + 1 }), {})
const shown = (answers: readonly Answer[]): string =>
  [...new Set(answers.map(({ status, text }) => `${status} ${text.slice(0, 300)}`))].join('\n')

for (const kind of kinds) {
  await describeServer(kind, `many at once on ${kind}`, (server) => {
    let database: Database
    let live: Live
    /** A second bridge, with nothing in common with the first but the database. */
    let other: Live
    beforeAll(async () => {
      database = await people(server)
      live = await serve(kind, { url: database.url })
      other = await serve(kind, { url: database.url })
    })
    afterAll(async () => {
      await live?.stop()
      await other?.stop()
      await database?.drop()
    })
    const make = async (userName: string, more: JsonObject = {}): Promise<string> => {
      const { status, body, text } = await live.post('/Users', person(userName, more))
      expect(status, text).toBe(201)
      return String(body['id'])
    }
    const oneOf = (answers: readonly Answer[]): void => {
      expect(tally(answers), shown(answers)).toEqual({ 201: 1, 409: answers.length - 1 })
      for (const { status, body } of answers) if (status === 409) expect(body['scimType']).toBe('uniqueness')
    }

    it('makes one of fifty equal POSTs, though no index is unique', async () => {
      const names = ['Fifty', 'fifty', 'FIFTY', 'fiFTy', 'fIfTy']
      oneOf(await Promise.all(times(50).map((i) => live.post('/Users', person(names[i % 5] ?? '')))))
      expect((await live.get(`/Users${where('userName eq "fifty"')}`)).body['totalResults']).toBe(1)
      expect(await database.sql(`SELECT login FROM person WHERE lower(login) = 'fifty'`)).toHaveLength(1)
    })

    it('makes one of fifty equal POSTs to two bridges', async () => {
      const bridges = [live, other]
      oneOf(
        await Promise.all(
          times(50).map((i) => bridges[i % 2]!.post('/Users', person(`Zwölf-${i % 4 < 2 ? 'É' : 'é'}`))),
        ),
      )
      oneOf(await Promise.all(times(50).map((i) => bridges[i % 2]!.post('/Groups', team('Both')))))
      expect(await database.sql(`SELECT name FROM team WHERE name = 'Both'`)).toHaveLength(1)
    })

    it('gives one name to one of twenty people who want it, at two bridges', async () => {
      const ids = await Promise.all(times(20).map((i) => make(`wants-${i}`)))
      const answers = await Promise.all(
        ids.map((id, i) =>
          (i % 2 === 0 ? live : other).patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: 'wanted' }),
        ),
      )
      expect(tally(answers), shown(answers)).toEqual({ 200: 1, 409: 19 })
      expect(await database.sql(`SELECT login FROM person WHERE login = 'wanted'`)).toHaveLength(1)
    })

    it('adds fifty members and removes fifty others', async () => {
      const ids = await Promise.all(times(110).map((i) => make(`member-${i}`)))
      const { body } = await live.post('/Groups', team('Crowd', ids.slice(50)))
      const path = `/Groups/${String(body['id'])}`
      const answers = await Promise.all(
        times(100).map((i) => {
          const bridge = i % 3 === 0 ? other : live
          const value = ids[i]
          return i < 50
            ? bridge.patch(path, { op: 'add', path: 'members', value: [{ value }] })
            : bridge.patch(path, { op: 'remove', path: `members[value eq "${value}"]` })
        }),
      )
      expect(answers.filter(({ status }) => status >= 300).map(({ text }) => text)).toEqual([])
      const members = ((await live.get(path)).body['members'] ?? []) as readonly JsonObject[]
      const expected = [...ids.slice(0, 50), ...ids.slice(100)].sort()
      expect(members.map(({ value }) => String(value)).sort()).toEqual(expected)
      const rows = await database.sql(`SELECT count(*) AS n FROM team_member`)
      expect(Number(rows[0]?.['n'])).toBe(60)
    })

    it('lets one of sixteen through that have the same If-Match, at two bridges', async () => {
      const id = await make('guarded')
      const version = String((await live.get(`/Users/${id}`)).headers.etag)
      const answers = await Promise.all(
        times(16).map((i) =>
          (i % 2 === 0 ? live : other).send('PATCH', `/Users/${id}`, {
            body: patchOf({ op: 'replace', path: 'title', value: `t${i}` }),
            headers: { 'if-match': version },
          }),
        ),
      )
      expect(tally(answers), shown(answers)).toEqual({ 200: 1, 412: 15 })
      const winner = answers.find(({ status }) => status === 200)
      expect((await live.get(`/Users/${id}`)).body['title']).toBe(winner?.body['title'])
    })

    it('loses none of sixteen PATCHes of distinct attributes', async () => {
      const id = await make('busy')
      const scalars = ['title', 'nickName', 'displayName', 'locale', 'preferredLanguage', 'timezone']
      const answers = await Promise.all([
        ...scalars.map((path) => live.patch(`/Users/${id}`, { op: 'replace', path, value: 'new' })),
        ...times(10).map((i) =>
          other.patch(`/Users/${id}`, {
            op: 'add',
            path: 'emails',
            value: [{ value: `b${i}@example.com`, type: 'work' }],
          }),
        ),
      ])
      expect(tally(answers), shown(answers)).toEqual({ 200: 16 })
      const { body } = await live.get(`/Users/${id}`)
      expect(scalars.map((name) => String(body[name]).trim())).toEqual(scalars.map(() => 'new'))
      expect(body['emails']).toHaveLength(10)
    })

    it('creates and deletes one name in turns, and leaves one person or none', async () => {
      const created = new Set<string>()
      const gone = new Set<string>()
      await Promise.all(
        times(8).map(async (i) => {
          const bridge = i % 2 === 0 ? live : other
          for (let round = 0; round < 8; round++) {
            const emails = [{ value: `turn${i}@example.com`, type: 'work' }]
            const made = await bridge.post('/Users', person('turns', { emails }))
            expect([201, 409], made.text).toContain(made.status)
            if (made.status === 201) created.add(String(made.body['id']))
            const found = await bridge.get(`/Users${where('userName eq "turns"')}`)
            expect(found.status, found.text).toBe(200)
            for (const { id } of (found.body['Resources'] ?? []) as readonly JsonObject[]) {
              const deleted = await bridge.delete(`/Users/${String(id)}`)
              expect([204, 404], deleted.text).toContain(deleted.status)
              if (deleted.status === 204) gone.add(String(id))
            }
          }
        }),
      )
      const left = [...created].filter((id) => !gone.has(id))
      const rows = await database.sql(`SELECT person_id FROM person WHERE login = 'turns'`)
      expect(rows.map((row) => `p${String(row['person_id'])}`)).toEqual(left)
      expect(left.length).toBeLessThan(2)
      const orphans = await database.sql(
        `SELECT 1 AS one FROM person_email e LEFT JOIN person p ON p.person_id = e.person_id WHERE p.person_id IS NULL`,
      )
      expect(orphans).toEqual([])
    })

    it('takes a member in or says that the person is gone, whichever comes first', async () => {
      const ids = await Promise.all(times(16).map((i) => make(`fleeting-${i}`)))
      const { body } = await live.post('/Groups', team('Fleeting'))
      const path = `/Groups/${String(body['id'])}`
      await Promise.all(
        ids.map(async (id) => {
          const [added, deleted] = await Promise.all([
            live.patch(path, { op: 'add', path: 'members', value: [{ value: id }] }),
            other.delete(`/Users/${id}`),
          ])
          expect([200, 204, 400], added.text).toContain(added.status)
          expect(deleted.status, deleted.text).toBe(204)
        }),
      )
      expect((await live.get(path)).body['members'] ?? []).toEqual([])
    })
  })
}
