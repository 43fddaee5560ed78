import { afterEach, describe, expect, it } from 'vitest'
import { problemsOf, userFile } from '../mapping/compiled.ts'
import { places, create, get, idOf, patch, remove, set, words } from './stand.ts'
import type { Words } from './stand.ts'

const file = (tables: string, id = 'person_id', attributes = ''): string => `
resources:
  User:
    table: { name: person, key: person_id, ${tables} }
    id: ${id}
    onDelete: delete
    attributes:
      userName: account.login
      name.familyName: family
      ${attributes}
`
const schema = `
CREATE TABLE account (person_id NUMBERED, uuid TEXT NOT NULL, login TEXT NOT NULL, changed STAMP);
CREATE TABLE person (person_id INT NOT NULL PRIMARY KEY REFERENCES account (person_id), family TEXT, changed STAMP);
CREATE TABLE node (person_id INTEGER NOT NULL UNIQUE REFERENCES person (person_id), path TEXT NOT NULL);
CREATE TABLE mail (person_id INTEGER, address TEXT);
INSERT INTO account VALUES (40, 'x', 'nobody', NULL);
`
const none = { close: async () => undefined } as Words
const on = await places('several tables')
let w: Words = none
afterEach(async () => {
  await w.close()
  w = none
})

describe.each(on)('a person over several tables on $name', (place) => {
  const first =
    'with: [ { name: account, key: person_id, make: first, set: { create: { uuid: { generate: uuid } }, write: { changed: now } } }, { name: node, key: person_id, rowOnly: true, set: { create: { path: "/{userName}" } } } ]'

  it('gets its key from the table that is made first, and goes in the other order', async () => {
    w = await words(place, file(first), schema)
    const id = idOf(await w.alone(create('User', { userName: 'ada', name: { familyName: 'L' } })))
    expect(id).toBe('41')
    expect(
      await w.query(
        'SELECT a.person_id AS a, p.person_id AS p, n.person_id AS n, login, family, path, length(uuid) FROM account a JOIN person p USING (person_id) JOIN node n USING (person_id)',
      ),
    ).toEqual([[41, 41, 41, 'ada', 'L', '/ada', 36]])
    expect((await w.alone(get('User', id))).body).toMatchObject({ userName: 'ada', name: { familyName: 'L' } })
    expect((await w.alone(patch('User', id, set('userName', 'eva')))).status).toBe(200)
    expect(await w.alone(remove('User', id))).toEqual({ status: 204 })
    expect(
      await w.query(
        'SELECT (SELECT count(*) FROM account) AS a, (SELECT count(*) FROM person) AS p, (SELECT count(*) FROM node) AS n',
      ),
    ).toEqual([[1, 0, 0]])
  })

  it('leaves nothing behind when a later row cannot be made', async () => {
    w = await words(
      place,
      file(first),
      schema.replace('path TEXT NOT NULL', "path TEXT NOT NULL CHECK (path <> '/ada')"),
    )
    expect((await w.alone(create('User', { userName: 'ada' }))).refused).toMatch(/^constraint/)
    expect(await w.query('SELECT login FROM account')).toEqual([['nobody']])
  })

  it('gives its own key to the table that is made first when it is known', async () => {
    const given = first.replace('uuid: { generate: uuid }', 'uuid: u')
    w = await words(place, file(`set: { create: { person_id: { random: digits, length: 9 } } }, ${given}`), schema)
    const id = idOf(await w.alone(create('User', { userName: 'ada' })))
    expect(id).toMatch(/^\d{1,9}$/)
    expect(await w.query('SELECT count(*) FROM account a JOIN person p USING (person_id)')).toEqual([[1]])
  })

  it('takes the key that the first table is given by its set', async () => {
    const made =
      'with: [ { name: account, key: person_id, make: first, set: { create: { person_id: { generate: uuid }, uuid: u } } } ]'
    w = await words(
      place,
      file(made),
      schema
        .replace('person_id NUMBERED', 'person_id TEXT PRIMARY KEY')
        .replaceAll(/person_id INT\w* NOT/g, 'person_id TEXT NOT'),
    )
    const id = idOf(await w.alone(create('User', { userName: 'ada' })))
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(await w.query('SELECT person_id FROM person')).toEqual([[id]])
  })

  it('shows a record whose row of nothing but its own is missing', async () => {
    w = await words(place, file(first), schema)
    await w.query(`INSERT INTO person VALUES (40, 'N', NULL)`)
    expect((await w.alone(get('User', '40'))).body).toMatchObject({ userName: 'nobody' })
  })

  it('stamps every table on a write, also of child rows alone, and not when nothing is written', async () => {
    const emails = 'emails: { rows: { table: mail, foreignKey: person_id }, value: address }'
    w = await words(place, file(`set: { write: { changed: now } }, ${first}`, 'person_id', emails), schema)
    const id = idOf(await w.alone(create('User', { userName: 'ada' })))
    const stamps = () =>
      w.query(`SELECT p.changed IS NULL AS p, a.changed IS NULL AS a FROM person p JOIN account a USING (person_id)`)
    expect(await stamps()).toEqual([[0, 0]])
    await w.query('UPDATE person SET changed = NULL')
    await w.query('UPDATE account SET changed = NULL')
    await w.alone(patch('User', id, set('userName', 'ada')))
    expect(await stamps()).toEqual([[1, 1]])
    await w.alone(patch('User', id, set('emails', [{ value: 'a@x' }])))
    expect(await stamps()).toEqual([[0, 0]])
  })
})

describe.each(on)('leave: all on $name', (place) => {
  const mapping = (leave: string, through = ''): string => `
resources:
  User:
    table: { name: person, key: id }
    id: id
    onDelete: { set: { gone: 1 }, hide: true${leave} }
    attributes:
      userName: login
      enterprise.manager: { reference: User, slot: boss }
      groups: { reverse: Group.members }
  Group:
    table: { name: team, key: id }
    id: { prefix: g, column: id }
    onDelete: delete
    attributes:
      displayName: name
      members: { reference: User, through: { table: member, from: team_id, to: person_id${through} } }
`
  const tables = `
CREATE TABLE person (id NUMBERED, login TEXT, boss INTEGER REFERENCES person (id), gone INTEGER);
CREATE TABLE team (id NUMBERED, name TEXT);
CREATE TABLE member (team_id INTEGER, person_id INTEGER, gone INTEGER);
`
  const manager = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
  const live = async (text: string) => {
    w = await words(place, text, tables)
    const boss = idOf(await w.ask(create('User', { userName: 'boss' })))
    const user = idOf(await w.ask(create('User', { userName: 'ada', [manager]: { manager: { value: boss } } })))
    const group = idOf(await w.ask(create('Group', { displayName: 'g', members: [{ value: boss }, { value: user }] })))
    await w.ask(remove('User', boss))
    expect((await w.ask(get('User', user))).body?.[manager]).toBeUndefined()
    expect((await w.ask(get('Group', group))).body?.['members']).toMatchObject([{ value: user }])
    return await w.query(
      'SELECT (SELECT boss FROM person WHERE id = 2) AS boss, person_id, gone FROM member ORDER BY person_id',
    )
  }
  it('takes a marked record out of everything', async () => {
    expect(await live(mapping(', leave: all'))).toEqual([[null, 2, null]])
  })
  it('marks the memberships of a marked record where that is how one leaves', async () => {
    const kept = ', where: { gone: { absent: true } }, onRemove: { set: { gone: 1 } }'
    expect(await live(mapping(', leave: all', kept))).toEqual([
      [null, 1, 1],
      [null, 2, null],
    ])
  })
  it('keeps everything when it is not said', async () => {
    expect(await live(mapping(''))).toEqual([
      [1, 1, null],
      [1, 2, null],
    ])
  })
})

describe('what is said of them', () => {
  const table = (more: string, key = 'id') =>
    userFile('', `{ name: p, key: ${key}, with: [ { name: x, key: ${key}, ${more} } ] }`)
  it.each([
    [table('make: first, optional: true'), 'what is made first is there always (leave optional out)'],
    [table('make: first', '[a, b]'), 'a key of several columns is not made by one further table (make: after)'],
    [table('rowOnly: true, optional: true'), 'no write would ever make this row (leave optional out)'],
    [table('optional: true, set: { write: { c: now } }'), 'every write would make this row (leave optional out)'],
    [table('make: frist'), '"frist" is none of first, after (did you mean "first"?)'],
    [
      userFile('title: x.t', '{ name: p, key: id, with: [ { name: x, key: id, rowOnly: true } ] }'),
      'x is rowOnly, so nothing of it is an attribute (leave rowOnly out)',
    ],
  ])('%#', (text, problem) =>
    expect(problemsOf(text).map((one) => one.replace(/^\d+:\d+: (make: )?/, ''))).toEqual([problem]),
  )
})
