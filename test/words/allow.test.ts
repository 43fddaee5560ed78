import { afterEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { problemsOf, userFile } from '../mapping/compiled.ts'
import { places, create, get, idOf, patch, remove, replace, set, words } from './stand.ts'
import type { Words } from './stand.ts'

const mapping = (group: string, size: string, user = ''): string => `
resources:
  User:
    table: { name: person, key: id }
    id: id
    onDelete: delete
    ${user}
    attributes:
      userName: login
      title: title
      active: { slot: enabled, codec: boolean }
      userType: { slot: kind, default: staff }
      password: { slot: pw, codec: plain }
      externalId: { store: side }
      groups: { reverse: Group.members }
  Group:
    table: { name: team, key: id }
    id: { prefix: g, column: id }
    onDelete: delete
    ${group}
    attributes:
      displayName: name
      members: { reference: User, size: ${size}, through: { table: member, from: team_id, to: person_id } }
`
const schema = `
CREATE TABLE person (id NUMBERED, login TEXT NOT NULL, title TEXT, enabled INTEGER, kind TEXT, pw TEXT);
CREATE TABLE team (id NUMBERED, name TEXT);
CREATE TABLE member (team_id INTEGER, person_id INTEGER, UNIQUE (team_id, person_id));
`
const adding = (id: string): JsonObject => ({ op: 'add', path: 'members', value: [{ value: id }] })
const dropping = (id: string): JsonObject => ({ op: 'remove', path: `members[value eq "${id}"]` })
const empty = { close: async () => undefined } as Words

const on = await places('allow and protect')
let w: Words = empty
afterEach(async () => {
  await w.close()
  w = empty
})

describe.each(on)('allow without members on $name', (place) => {
  const why = 'notAllowed: This application does not allow to change the members of a Group: the payroll does that'
  const closed = 'allow: [read, create, update, delete]\n    because: the payroll does that'
  it.each(['small', 'large'])('refuses every change of who is in a %s group, and does the rest', async (size) => {
    w = await words(place, mapping(closed, size), schema)
    const user = idOf(await w.ask(create('User', { userName: 'ada' })))
    const refused = { refused: why }
    expect(await w.ask(create('Group', { displayName: 'g', members: [{ value: user }] }))).toEqual(refused)
    const group = idOf(await w.ask(create('Group', { displayName: 'g' })))
    expect(await w.ask(patch('Group', group, adding(user)))).toEqual(refused)
    expect(await w.ask(patch('Group', group, set('displayName', 'h'), dropping(user)))).toEqual(refused)
    expect(await w.ask(replace('Group', group, { displayName: 'h', members: [{ value: user }] }))).toEqual(refused)
    expect((await w.ask(get('Group', group))).body).toMatchObject({ displayName: 'g' })
    expect((await w.ask(patch('Group', group, set('displayName', 'h')))).status).toBe(204)
    await w.query('INSERT INTO member VALUES (1, 1)')
    expect((await w.alone(replace('Group', group, { displayName: 'i' }))).status).toBe(200)
    expect(await w.query('SELECT name, (SELECT count(*) FROM member) AS members FROM team')).toEqual([['i', 1]])
    const same = await w.alone(replace('Group', group, { displayName: 'i', members: [{ value: user }] }))
    if (size === 'small') expect(same.status).toBe(200)
    else expect(same).toEqual(refused)
  })

  it('lets members change and nothing else when only that is allowed', async () => {
    w = await words(place, mapping('allow: [read, create, members]', 'large'), schema)
    const user = idOf(await w.ask(create('User', { userName: 'ada' })))
    const group = idOf(await w.ask(create('Group', { displayName: 'g' })))
    expect((await w.ask(patch('Group', group, adding(user)))).status).toBe(204)
    const update = 'notAllowed: This application does not allow to update a Group'
    expect(await w.ask(patch('Group', group, dropping(user), set('displayName', 'h')))).toEqual({ refused: update })
    expect(await w.ask(replace('Group', group, { displayName: 'g' }))).toEqual({ refused: update })
    expect((await w.ask(get('Group', group))).body).toMatchObject({ members: [{ value: user }] })
  })
})

describe.each(on)('protect on $name', (place) => {
  const protect = `protect:
      - { match: { kind: founder, enabled: { not: 0 } }, from: [deactivate, delete, password, rename], because: the application starts with them }
      - { match: [ { id: [2, 9] }, { login: root } ], from: [update, leave] }`
  it('refuses what is named, and what is not named is done', async () => {
    w = await words(place, mapping('', 'large', protect), schema)
    const founder = idOf(await w.ask(create('User', { userName: 'ada', userType: 'founder', active: true })))
    const because = ': the application starts with them'
    const told = async (...operations: readonly JsonObject[]) =>
      (await w.ask(patch('User', founder, ...operations))).refused
    expect(await told(set('active', false))).toBe(`notAllowed: active: this one cannot be deactivated${because}`)
    expect(await told(set('password', 'x'))).toBe(
      `notAllowed: password: this one cannot get another password${because}`,
    )
    expect(await told(set('title', 'Dr'), set('userName', 'eva'))).toBe(
      `notAllowed: userName: this one cannot be renamed${because}`,
    )
    expect((await w.ask(remove('User', founder))).refused).toBe(
      `notAllowed: User: this one cannot be deleted${because}`,
    )
    expect((await w.ask(replace('User', founder, { userName: 'ada', active: false }))).refused).toMatch(/deactivated/)
    expect(await told(set('title', 'Dr'), set('userName', 'ada'), set('active', true))).toBeUndefined()
    expect(await told(set('userType', 'staff'))).toBeUndefined()
    expect(await told(set('userName', 'eva'))).toBeUndefined()
  })

  it('looks at what is held inside the write, whatever a client sends with it', async () => {
    w = await words(place, mapping('', 'large', protect), schema)
    const founder = idOf(await w.ask(create('User', { userName: 'ada', userType: 'founder' })))
    expect((await w.ask(patch('User', founder, set('userType', 'staff'), set('userName', 'eva')))).refused).toMatch(
      /renamed/,
    )
  })

  it('knows records by their key, and keeps them in their groups', async () => {
    w = await words(place, mapping('', 'large', protect), schema)
    const other = idOf(await w.ask(create('User', { userName: 'ada' })))
    const user = idOf(await w.ask(create('User', { userName: 'bea' })))
    expect((await w.ask(patch('User', user, set('title', 'Dr')))).refused).toBe(
      'notAllowed: User: this one cannot be changed',
    )
    expect((await w.ask(patch('User', user, set('externalId', 'x')))).refused).toMatch(/^notAllowed/)
    expect((await w.ask(patch('User', user, set('userName', 'bea')))).status).toBe(200)
    const group = idOf(await w.ask(create('Group', { displayName: 'g', members: [{ value: other }, { value: user }] })))
    const refusal = { refused: 'notAllowed: members: this one cannot be taken out of a group' }
    expect(await w.ask(patch('Group', group, dropping(user)))).toEqual(refusal)
    expect(await w.ask(patch('Group', group, { op: 'remove', path: 'members' }))).toEqual(refusal)
    expect(await w.ask(replace('Group', group, { displayName: 'g', members: [{ value: other }] }))).toEqual(refusal)
    expect((await w.ask(patch('Group', group, dropping(other)))).status).toBe(204)
    expect((await w.ask(patch('Group', group, adding(user)))).status).toBe(204)
    expect((await w.ask(get('Group', group))).body?.['members']).toMatchObject([{ value: user }])
  })
})

describe('what is said of them', () => {
  const said = (text: string): string => userFile('', undefined, `    ${text}`)
  it.each([
    [said('because: so'), '11:5: because is the reason of allow (allow: [read, …])'],
    [
      said('allow: [read, membres]'),
      '11:19: 1: "membres" is none of read, create, update, delete, members (did you mean "members"?)',
    ],
    [said('protect: { match: {}, from: [update] }'), '11:16: nothing is tested (a column with a value)'],
    [
      said('protect: { match: { kind: { inn: [1] } }, from: [update] }'),
      '11:33: unknown key "inn" (did you mean "in"?)',
    ],
    [
      said('protect: { match: { x.kind: 1 }, from: [update] }'),
      '11:25: "x" is no table of User (add it to table.with)',
    ],
    [
      said('protect: { match: { kind: 1 }, from: [renam] }'),
      '11:43: 0: "renam" is none of update, deactivate, delete, password, rename, leave (did you mean "rename"?)',
    ],
  ])('%#', (text, problem) => expect(problemsOf(text)).toEqual([problem]))
})
