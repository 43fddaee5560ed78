import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { problemsOf, userFile } from '../mapping/compiled.ts'
import { places, create, find, get, idOf, patch, remove, replace, set, words } from './stand.ts'
import type { Words } from './stand.ts'

const mapping = `
resources:
  User:
    table:
      name: person
      key: id
      where:
        - { kind: { in: [0, 1, 3], create: 1 }, gone_at: { absent: true } }
        - { level: { above: 0, below: 10, create: 5 } }
        - { realm: { not: robots, create: null } }
    id: id
    onDelete: delete
    attributes:
      userName: login
      userType: { slot: kind, codec: { values: { 0: Employee, 1: Temporary, 3: Contractor, 4: Robot } } }
      emails:
        rows: { table: mail, foreignKey: person_id, where: { state: { in: [new, seen], create: new } } }
        value: address
        type: { slot: state, access: readOnly }
      roles:
        rows: { table: role, foreignKey: person_id, where: { kind: { not: X } } }
        value: name
        type: { slot: kind, default: A }
  Group:
    table: { name: team, key: id }
    id: { prefix: g, column: id }
    onDelete: delete
    attributes:
      displayName: name
      members:
        reference: User
        through: { table: member, from: team_id, to: person_id, where: { state: { in: [0, 2], create: 2 } } }
`
const schema = `
CREATE TABLE person (id NUMBERED, login TEXT NOT NULL, kind INTEGER NOT NULL, gone_at TEXT, level INTEGER NOT NULL, realm TEXT);
CREATE TABLE mail (person_id INTEGER, address TEXT, state TEXT NOT NULL);
CREATE TABLE role (person_id INTEGER, name TEXT, kind TEXT);
CREATE TABLE team (id NUMBERED, name TEXT);
CREATE TABLE member (team_id INTEGER, person_id INTEGER, state INTEGER NOT NULL);
INSERT INTO person VALUES
  (90, 'robot', 4, NULL, 5, NULL), (91, 'left', 1, '2020-01-01', 5, NULL), (92, 'low', 1, NULL, 0, NULL),
  (93, 'high', 1, NULL, 10, NULL), (94, 'realm', 1, NULL, 5, 'robots'), (95, 'in', 0, NULL, 9, 'people');
INSERT INTO mail VALUES (95, 'in@x', 'seen'), (95, 'out@x', 'old');
INSERT INTO team VALUES (1, 'all');
INSERT INTO member VALUES (1, 95, 0), (1, 90, 0);
`
const on = await places('where beyond equality')
const outside = ['90', '91', '92', '93', '94']

describe.each(on)('where beyond equality on $name', (place) => {
  let w: Words
  beforeAll(async () => {
    w = await words(place, mapping, schema)
  })
  afterAll(() => w.close())

  it('shows what is inside, and nothing else', async () => {
    expect((await w.alone(find('User', 'userName pr'))).body).toMatchObject({ totalResults: 1 })
    expect((await w.alone(get('User', '95'))).body).toMatchObject({ userName: 'in', emails: [{ value: 'in@x' }] })
    expect((await w.alone(get('Group', 'g1'))).body).toMatchObject({ members: [{ value: '95' }] })
    for (const id of outside) {
      expect(await w.alone(get('User', id))).toEqual({ refused: expect.stringMatching(/^notFound/) as string })
      expect((await w.alone(patch('User', id, set('userName', 'x')))).refused).toMatch(/^missing/)
      expect((await w.alone(remove('User', id))).refused).toMatch(/^missing/)
      const join = patch('Group', 'g1', { op: 'add', path: 'members', value: [{ value: id }] })
      expect((await w.alone(join)).refused).toMatch(/^invalidValue/)
    }
    expect(await w.query('SELECT count(*) FROM person')).toEqual([[6]])
  })

  it('holds a name outside for taken', async () => {
    for (const userName of ['Robot', 'left', 'low', 'realm'])
      expect((await w.alone(create('User', { userName }))).refused).toMatch(/^conflictOutOfScope/)
  })

  it('keeps rows outside through every change and goes past them in a delete', async () => {
    await w.alone(replace('User', '95', { userName: 'in', userType: 'Employee', emails: [{ value: 'new@x' }] }))
    expect(await w.query('SELECT address FROM mail ORDER BY address')).toEqual([['new@x'], ['out@x']])
    await w.alone(replace('Group', 'g1', { displayName: 'all' }))
    expect(await w.query('SELECT person_id FROM member')).toEqual([[90]])
  })
})

describe.each(on)('a write inside where on $name', (place) => {
  let w: Words
  beforeEach(async () => {
    w = await words(place, mapping, schema.replace(/INSERT[^;]*;/g, ''))
  })
  afterEach(() => w.close())

  it('writes what makes a new row lie inside', async () => {
    const id = idOf(await w.ask(create('User', { userName: 'ada', emails: [{ value: 'a@x' }] })))
    expect((await w.ask(get('User', id))).body).toMatchObject({ userType: 'Temporary' })
    expect(await w.query('SELECT kind, gone_at, level, realm FROM person')).toEqual([[1, null, 5, null]])
    expect(await w.query('SELECT state FROM mail')).toEqual([['new']])
    await w.ask(create('Group', { displayName: 'g', members: [{ value: id }] }))
    expect(await w.query('SELECT state FROM member')).toEqual([[2]])
    await w.ask(create('User', { userName: 'bea', userType: 'Contractor' }))
    expect(await w.query(`SELECT kind FROM person WHERE login = 'bea'`)).toEqual([[3]])
  })

  it('refuses a value that would put a record or a row outside', async () => {
    const out = /^invalidValue: userType: with this value it would lie outside/
    expect((await w.ask(create('User', { userName: 'ada', userType: 'Robot' }))).refused).toMatch(out)
    const id = idOf(await w.ask(create('User', { userName: 'ada', userType: 'Employee', roles: [{ value: 'r' }] })))
    expect((await w.ask(patch('User', id, set('userType', 'Robot')))).refused).toMatch(out)
    expect((await w.ask(replace('User', id, { userName: 'ada', userType: 'Robot' }))).refused).toMatch(out)
    expect((await w.ask(patch('User', id, { op: 'remove', path: 'userType' }))).refused).toMatch(out)
    const roles = [{ value: 'r', type: 'X' }]
    expect((await w.ask(patch('User', id, set('roles', roles)))).refused).toMatch(/^invalidValue: roles.type/)
    await w.ask(patch('User', id, set('userType', 'Contractor')))
    expect(await w.query('SELECT kind, (SELECT kind FROM role) AS of_role FROM person')).toEqual([[3, 'A']])
  })
})

describe('what is said of where', () => {
  const table = (where: string, more = '') => userFile('title: t', `{ name: p, key: id, where: ${where}${more} }`)
  it.each([
    [table('{ a: { in: [0, 1] } }'), '5:32: nothing says what a create writes into a (a: { …, create: a value })'],
    [table('{ a: { not: 1 } }'), '5:32: nothing says what a create writes into a (a: { …, create: a value })'],
    [
      table('{ a: { in: [0, 1], create: 2 } }'),
      '5:32: what a create writes into a lies outside of where (create: a value that the test lets through)',
    ],
    [
      table('{ a: { above: 5, create: 5 } }'),
      '5:32: what a create writes into a lies outside of where (create: a value that the test lets through)',
    ],
    [table('{ a: {} }'), '5:41: nothing is tested (above, below, in, not or absent)'],
    [table('{ a: { inn: [0] } }'), '5:46: unknown key "inn" (did you mean "in"?)'],
    [table('{ a: { in: [] } }'), '5:46: in: at least 1 items are expected here'],
    [
      userFile('emails: { rows: { table: m, foreignKey: p, where: { v: { above: 1 } } }, value: a }'),
      '10:7: nothing says what a create writes into v (v: { …, create: a value })',
    ],
  ])('%#', (text, problem) => expect(problemsOf(text)).toEqual([problem]))

  it.each([
    table('{ t: { in: [a, b] } }'),
    table('{ a: { absent: true }, b: { in: [1] }, c: null }'),
    table('{ a: { above: 0 } }', ', set: { create: { a: 1 } }'),
    table('[ { a: { above: 0, create: 1 } }, { a: { not: 5 } } ]'),
  ])('lets pass %#', (text) => expect(problemsOf(text)).toEqual([]))
})
