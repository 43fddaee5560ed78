import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SqlServerKind } from '../servers/server.ts'
import { describeServer } from '../servers/with-server.ts'
import { where } from '../wire/people.ts'
import { serveOdd } from './serve-odd.ts'
import type { Odd } from './serve-odd.ts'

/** The type of a key, a value of it as SQL writes it, and the id that the bridge makes of it. */
const keys: Readonly<Record<SqlServerKind, readonly (readonly [string, string, string])[]>> = {
  mariadb: [
    ['INT', '7', '7'],
    ['BIGINT UNSIGNED', '9007199254740995', '9007199254740995'],
    ['VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci', `'abc'`, 'abc'],
    ['VARCHAR(20) CHARACTER SET latin1', `'abc'`, 'abc'],
    ['VARCHAR(20) CHARACTER SET latin2', `'abc'`, 'abc'],
    ['CHAR(6)', `'ab'`, 'ab'],
    [`ENUM('a','B')`, `'a'`, 'a'],
    ['DATE', `'2020-01-02'`, '2020-01-02'],
    ['INET6', `'::1'`, '::1'],
  ],
  postgres: [
    ['INT', '7', '7'],
    ['SMALLINT', '3', '3'],
    ['CHAR(6)', `'ab'`, 'ab'],
    ['BOOLEAN', 'true', 'true'],
    ['DATE', `'2020-01-02'`, '2020-01-02'],
    ['TIMESTAMPTZ', `'2020-01-02 03:04:05.123456+00'`, '2020-01-02T03:04:05.123456Z'],
    ['INET', `'10.0.0.1'`, '10.0.0.1'],
    ['INTERVAL', `'1 day'`, '1 day'],
  ],
}

/** Ids that no record has, though a database may take one of them for the key or fail on it. */
const others = ['ABC', 'abc ', 'AB', 'ab ', 'A', '1', '07', '7.0', '-1', '99999999999', '9'.repeat(20)]
const stranger = ['日本', '😀', `a'b`, '2020-13-45', '2020-01-02 ', '2020-1-2', 'TRUE', 'NaN', '1e400', '0:0::1', '%']

const resources = `
  User:
    table: { name: person, key: id }
    id: { column: id, prefix: u- }
    onDelete: delete
    allow: [read, update, delete]
    attributes: { userName: login, groups: { reverse: Group.members } }
  Group:
    table: { name: team, key: id }
    id: { column: id, prefix: g- }
    onDelete: delete
    allow: [read, update, delete, members]
    attributes:
      displayName: name
      members: { reference: User, through: { table: team_member, from: team_id, to: person_id } }
`

for (const kind of ['mariadb', 'postgres'] as const) {
  await describeServer(kind, `keys of many types on ${kind}`, (server) => {
    describe.each(keys[kind])('%s', (type, value, id) => {
      let odd: Odd
      beforeAll(async () => {
        odd = await serveOdd(
          server,
          `CREATE TABLE person (id ${type} NOT NULL PRIMARY KEY, login VARCHAR(50) NOT NULL);
           CREATE TABLE team (id INT NOT NULL PRIMARY KEY, name VARCHAR(50));
           CREATE TABLE team_member (team_id INT NOT NULL, person_id ${type} NOT NULL);
           INSERT INTO person VALUES (${value}, 'bob');
           INSERT INTO team VALUES (1, 'crew');
           INSERT INTO team_member VALUES (1, ${value})`,
          resources,
        )
      })
      afterAll(() => odd?.stop())

      it('finds the record by its very id', async () => {
        const path = `/Users/u-${encodeURIComponent(id)}`
        const shown = { id: `u-${id}`, groups: [{ value: 'g-1' }] }
        expect((await odd.get(path)).body).toMatchObject(shown)
        expect((await odd.get('/Users' + where(`id eq "u-${id}"`))).body).toMatchObject({
          totalResults: 1,
          Resources: [shown],
        })
        expect((await odd.get('/Groups/g-1')).body).toMatchObject({ members: [{ value: `u-${id}` }] })
      })

      it.each([...others, ...stranger].filter((one) => one !== id))('knows nobody with the id %j', async (other) => {
        const named = `u-${other}`
        expect((await odd.get(`/Users/${encodeURIComponent(named)}`)).status).toBe(404)
        expect((await odd.delete(`/Users/${encodeURIComponent(named)}`)).status).toBe(404)
        const listed = await odd.get('/Users' + where(`id eq ${JSON.stringify(named)}`))
        expect([listed.status, listed.body['totalResults']]).toEqual([200, 0])
        const value = [{ value: named }]
        const added = await odd.patch('/Groups/g-1', { op: 'add', path: 'members', value })
        expect([added.status, added.body['detail']]).toEqual([
          400,
          `members: no such resource: ${JSON.stringify(named)}`,
        ])
        const path = `members[value eq ${JSON.stringify(named)}]`
        const removed = await odd.patch('/Groups/g-1', { op: 'remove', path })
        expect(removed.status, removed.text).toBeLessThan(300)
        expect((await odd.get('/Groups/g-1')).body).toMatchObject({ members: [{ value: `u-${id}` }] })
      })
    })
  })
}
