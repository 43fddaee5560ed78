import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../servers/fresh-database.ts'
import { describeServer } from '../servers/with-server.ts'
import { patchOf, person } from '../wire/people.ts'
import { kinds, people, serve } from './people.ts'
import type { Live } from './people.ts'

for (const kind of kinds) {
  await describeServer(kind, `changed behind the bridge on ${kind}`, (server) => {
    let database: Database
    let live: Live
    beforeAll(async () => {
      database = await people(server)
      live = await serve(kind, { url: database.url })
    })
    afterAll(async () => {
      await live?.stop()
      await database?.drop()
    })

    const changes: readonly (readonly [string, string])[] = [
      ['a column', `UPDATE person SET status = 'left' WHERE person_id = :id`],
      ['an e-mail address', `UPDATE person_email SET address = 'new@example.com' WHERE person_id = :id AND kind = 'W'`],
      ['the type of one', `UPDATE person_email SET kind = 'O' WHERE person_id = :id AND kind = 'H'`],
      ['an e-mail less', `DELETE FROM person_email WHERE person_id = :id AND kind = 'H'`],
      ['an e-mail more', `INSERT INTO person_email (person_id, address, kind) VALUES (:id, 'more@example.com', 'O')`],
      ['a value taken away', `UPDATE person SET title = NULL WHERE person_id = :id`],
    ]
    it.each(changes)('%s: a new ETag, and the old one is not taken any more', async (what, sql) => {
      const made = await live.post(
        '/Users',
        person(`behind ${what}`, {
          title: 'Before',
          emails: [
            { value: 'old@example.com', type: 'work' },
            { value: 'old@home.example', type: 'home' },
          ],
        }),
      )
      expect(made.status, made.text).toBe(201)
      const id = String(made.body['id'])
      const path = `/Users/${id}`
      const version = String(made.headers.etag)
      expect((await live.send('GET', path, { headers: { 'if-none-match': version } })).status).toBe(304)

      await database.script(sql.replaceAll(':id', id.slice(1)))

      const after = await live.send('GET', path, { headers: { 'if-none-match': version } })
      expect(after.status).toBe(200)
      expect(after.headers.etag).not.toBe(version)
      const body = patchOf({ op: 'replace', path: 'nickName', value: 'stale' })
      for (const method of ['PATCH', 'PUT', 'DELETE']) {
        const stale = await live.send(method, path, {
          body: { PATCH: body, PUT: person(`behind ${what}`), DELETE: undefined }[method],
          headers: { 'if-match': version },
        })
        expect(stale.status, `${method} ${stale.text}`).toBe(412)
      }
      expect((await live.get(path)).body).toEqual(after.body)
      const fresh = await live.send('PATCH', path, { body, headers: { 'if-match': String(after.headers.etag) } })
      expect(fresh.status, fresh.text).toBe(200)
    })

    it('a change that no attribute shows leaves the version alone', async () => {
      const made = await live.post('/Users', person('unseen', { emails: [{ value: 'a@example.com', type: 'work' }] }))
      const id = String(made.body['id'])
      await database.script(`UPDATE person_email SET email_id = email_id + 100000 WHERE person_id = ${id.slice(1)}`)
      const after = await live.get(`/Users/${id}`)
      expect(after.headers.etag).toBe(made.headers.etag)
    })
  })
}
