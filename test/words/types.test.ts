import { afterEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { create, find, get, idOf, patch, places, remove, replace, set, words } from './stand.ts'
import type { Words } from './stand.ts'

const mapping = `
resources:
  User:
    table:
      name: person
      key: id
      where: { hidden: false, kind: { in: [1, 2], create: 1 }, gone: { absent: true } }
      with:
        - { name: account, key: id, make: first, set: { create: { uuid: { generate: uuid }, made: now }, write: { changed: now } } }
        - { name: extra, key: id, optional: true, set: { create: { token: { generate: uuid }, since: now } } }
    id: id
    onDelete: { set: { gone: now, hidden: true }, hide: true, leave: all }
    protect: { match: [ { kept: true }, { id: 18014398509481985 } ], from: [deactivate, rename, leave], because: it is kept }
    derived: { label: { template: "{name.givenName} {name.familyName}", codec: ascii } }
    attributes:
      userName: { slot: login, copies: [ { slot: account.lower_login, codec: lower } ] }
      name.givenName: given
      name.familyName: family
      active: { slot: account.enabled, codec: boolean, default: true }
      title: extra.title
      enterprise.costCenter: { keyValue: { table: meta, foreignKey: person_id, keys: { name: cost, own: true }, value: value } }
      enterprise.department: { slot: dept_id, lookup: { table: dept, key: id, text: name, onMissing: create } }
      enterprise.manager: { reference: User, slot: boss }
      groups: { reverse: Group.members }
  Group:
    table: { name: team, key: id, set: { write: { changed: now } } }
    id: { prefix: g, column: id, generate: uuid }
    onDelete: delete
    attributes:
      displayName: name
      members:
        reference: [User, Group]
        size: large
        through:
          table: member
          from: team_id
          to: { User: person_id, Group: child_id }
          where: { deleted: false, left_at: { absent: true } }
          own: { automatic: false }
          key: { column: id, generate: uuid }
          set: { create: { since: now, mark: { random: hex, length: 8 } } }
          onRemove: { set: { deleted: true, left_at: now } }
          revive: true
`
const schema = `
CREATE TABLE dept (id NUMBERED, name TEXT NOT NULL);
CREATE TABLE account (id LONG_NUMBERED, uuid UUID NOT NULL UNIQUE, lower_login TEXT NOT NULL, enabled FLAG NOT NULL,
  made STAMP NOT NULL, changed STAMP);
CREATE TABLE person (id LONG NOT NULL PRIMARY KEY REFERENCES account (id), login TEXT NOT NULL, given TEXT, family TEXT,
  label TEXT NOT NULL DEFAULT '-', hidden FLAG NOT NULL, kind SMALLINT NOT NULL, gone STAMP, kept FLAG,
  dept_id INTEGER REFERENCES dept (id), boss LONG REFERENCES person (id));
CREATE TABLE extra (id LONG NOT NULL PRIMARY KEY REFERENCES person (id), token UUID NOT NULL, since STAMP NOT NULL, title TEXT);
CREATE TABLE meta (person_id LONG NOT NULL REFERENCES person (id), name TEXT NOT NULL, own FLAG NOT NULL, value TEXT);
CREATE TABLE team (id UUID NOT NULL PRIMARY KEY, name TEXT, changed STAMP);
CREATE TABLE member (id UUID NOT NULL PRIMARY KEY, team_id UUID NOT NULL REFERENCES team (id),
  person_id LONG REFERENCES person (id), child_id UUID REFERENCES team (id), since STAMP NOT NULL, mark TEXT NOT NULL,
  deleted FLAG NOT NULL, left_at STAMP, automatic FLAG NOT NULL, UNIQUE (team_id, person_id));
`
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const more = (values: JsonObject): JsonObject => ({ [enterprise]: values })
const adding = (...ids: readonly string[]): JsonObject => ({
  op: 'add',
  path: 'members',
  value: ids.map((value) => ({ value })),
})
const dropping = (id: string): JsonObject => ({ op: 'remove', path: `members[value eq "${id}"]` })

const on = await places('types of the columns')
const none = { close: async () => undefined } as Words
let w: Words = none
afterEach(async () => {
  await w.close()
  w = none
})

describe.each(on)('the words over columns of the types of $name', (place) => {
  // more than a double holds
  const first = 18_014_398_509_481_983n
  const start = async (): Promise<void> => {
    w = await words(place, mapping, schema)
    if (place.kind === 'mariadb') await w.query(`ALTER TABLE account AUTO_INCREMENT = ${first}`)
    if (place.kind === 'postgres')
      await w.query(`SELECT setval(pg_get_serial_sequence('account', 'id'), ${first}, false)`)
    if (place.kind === 'sqlite')
      await w.query(`INSERT INTO account VALUES (${first - 1n}, 'x', 'x', 1, '2020-01-01', NULL)`)
  }
  const person = async (userName: string, values: JsonObject = {}) =>
    idOf(await w.alone(create('User', { userName, ...values })))

  it('carries a person over several tables through its life', async () => {
    await start()
    const boss = await person('Boss', { name: { givenName: 'Ada', familyName: 'Łuk' }, active: true })
    expect(boss).toBe(String(first))
    const user = await person('Eva', more({ manager: { value: boss }, department: 'Sales', costCenter: 'c1' }))
    expect((await w.alone(get('User', user))).body).toMatchObject({
      userName: 'Eva',
      active: true,
      ...more({ manager: { value: boss }, department: 'Sales', costCenter: 'c1' }),
    })
    expect(
      await w.query(
        'SELECT p.login, lower_login, label, length(CAST(uuid AS CHAR(36))) AS uuid, made IS NULL AS made, changed IS NULL AS changed FROM person p JOIN account a ON a.id = p.id ORDER BY p.id',
      ),
    ).toEqual([
      ['Boss', 'boss', 'Ada Luk', 36, 0, 0],
      ['Eva', 'eva', '-', 36, 0, 0],
    ])
    const changes = [set('title', 'Dr'), set('name', { givenName: 'Éva' }), set(`${enterprise}:costCenter`, 'c2')]
    expect((await w.alone(patch('User', user, ...changes))).refused).toBeUndefined()
    expect((await w.alone(patch('User', user, set('title', 'Dr')))).refused).toBeUndefined()
    expect(await w.query('SELECT title, length(CAST(token AS CHAR(36))) AS t, since IS NULL AS s FROM extra')).toEqual([
      ['Dr', 36, 0],
    ])
    expect(await w.query('SELECT value FROM meta')).toEqual([['c2']])
    expect(await w.alone(replace('User', user, { userName: 'Eve', active: true }))).toMatchObject({ status: 200 })
    expect(await w.query('SELECT title FROM extra')).toEqual([[null]])
    expect(await w.query('SELECT * FROM meta')).toEqual([])
    expect((await w.alone(find('User', 'userName eq "eve" and active eq true'))).body).toMatchObject({
      totalResults: 1,
    })
    expect((await w.alone(remove('User', user))).status).toBe(204)
    expect(await w.alone(get('User', user))).toEqual({ refused: expect.stringMatching(/^notFound/) as string })
    expect(await w.query("SELECT hidden, gone IS NULL AS gone FROM person WHERE login = 'Eve'")).toEqual([[1, 0]])
  })

  it('carries members with keys, stamps and flags, groups among them', async () => {
    await start()
    const [a, b] = [await person('a'), await person('b')]
    const team = idOf(await w.alone(create('Group', { displayName: 'team', members: [{ value: a }] })))
    const other = idOf(await w.alone(create('Group', { displayName: 'other' })))
    const members = async () => {
      const { body } = await w.alone(get('Group', team))
      return (body?.['members'] as readonly JsonObject[] | undefined)?.map(({ value }) => value) ?? []
    }
    expect((await w.alone(patch('Group', team, adding(a, b, other)))).status).toBe(204)
    expect(new Set(await members())).toEqual(new Set([a, b, other]))
    const rows = () => w.query('SELECT id, mark FROM member ORDER BY id')
    const before = await rows()
    expect(new Set(before.flat()).size).toBe(6)
    await w.alone(patch('Group', team, dropping(a), dropping(other)))
    expect(await members()).toEqual([b])
    expect(await w.query('SELECT count(*) FROM member WHERE left_at IS NOT NULL')).toEqual([[2]])
    await w.alone(patch('Group', team, adding(a, other)))
    expect(new Set(await members())).toEqual(new Set([a, b, other]))
    expect((await rows()).map(([id]) => id)).toEqual(before.map(([id]) => id))
    expect((await w.alone(remove('User', a))).status).toBe(204)
    expect(new Set(await members())).toEqual(new Set([b, other]))
    expect((await w.alone(remove('Group', other))).status).toBe(204)
    expect(await members()).toEqual([b])
  })

  it('knows what is protected by a flag, by a key, and what others keep', async () => {
    await start()
    const [a, b, c] = [await person('a'), await person('b'), await person('c')]
    expect(c).toBe('18014398509481985')
    const yes = place.kind === 'postgres' ? 'true' : '1'
    await w.query(`UPDATE person SET kept = ${yes} WHERE login = 'a'`)
    for (const id of [a, c]) {
      expect((await w.alone(patch('User', id, set('userName', 'x')))).refused).toMatch(/renamed: it is kept$/)
      expect((await w.alone(patch('User', id, set('active', false)))).refused).toMatch(/deactivated/)
    }
    expect((await w.alone(patch('User', b, set('active', false)))).refused).toBeUndefined()
    const team = idOf(
      await w.alone(create('Group', { displayName: 't', members: [a, b, c].map((value) => ({ value })) })),
    )
    for (const id of [a, c]) expect((await w.alone(patch('Group', team, dropping(id)))).refused).toMatch(/taken out/)
    await w.query(`UPDATE member SET automatic = ${yes}`)
    expect((await w.alone(patch('Group', team, dropping(b)))).refused).toMatch(/^conflict/)
  })
})
