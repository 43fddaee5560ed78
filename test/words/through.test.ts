import { afterEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { problemsOf, userFile } from '../mapping/compiled.ts'
import { places, create, get, idOf, patch, remove, replace, words } from './stand.ts'
import type { Place, Words } from './stand.ts'

const mapping = (through: string): string => `
resources:
  User:
    table: { name: person, key: id }
    id: id
    onDelete: delete
    attributes: { userName: login }
  Group:
    table: { name: team, key: id, set: { write: { changed: now } } }
    id: { prefix: g, column: id }
    onDelete: delete
    attributes:
      displayName: name
      members:
        reference: [User, Group]
        size: large
        through: { table: member, from: team_id, to: { User: person_id, Group: child_id }, ${through} }
`
const schema = `
CREATE TABLE person (id NUMBERED, login TEXT NOT NULL);
CREATE TABLE team (id NUMBERED, name TEXT, changed STAMP);
CREATE TABLE member (
  id TEXT, team_id INTEGER REFERENCES team (id), person_id INTEGER REFERENCES person (id), child_id INTEGER REFERENCES team (id),
  granted_by TEXT, since TEXT, mark TEXT, deleted INTEGER DEFAULT 0, dynamic INTEGER DEFAULT 0, UNIQUE (team_id, person_id));
`
const adding = (...ids: readonly string[]): JsonObject => ({
  op: 'add',
  path: 'members',
  value: ids.map((value) => ({ value })),
})
const dropping = (id: string): JsonObject => ({ op: 'remove', path: `members[value eq "${id}"]` })

const on = await places('join tables')
let w: Words | undefined
afterEach(() => w?.close())
async function start(
  place: Place,
  through: string,
): Promise<{ readonly w: Words; readonly people: readonly string[]; readonly team: string }> {
  const one = await words(place, mapping(through), schema)
  w = one
  const people: string[] = []
  for (const userName of ['a', 'b', 'c', 'd']) people.push(idOf(await one.ask(create('User', { userName }))))
  const team = idOf(await one.ask(create('Group', { displayName: 'team' })))
  return { w: one, people, team }
}

describe.each(on)('a join table with columns of its own on $name', (place) => {
  it('gets what a row holds besides, and a key for each member', async () => {
    const { w, people, team } = await start(
      place,
      'key: { column: id, generate: uuid }, set: { create: { granted_by: scim, since: now, mark: { random: hex, length: 8 } } }',
    )
    const [a = '', b = '', c = ''] = people
    await w.ask(patch('Group', team, adding(a, b)))
    await w.ask(patch('Group', team, adding(b, c)))
    const other = idOf(await w.ask(create('Group', { displayName: 'other', members: [{ value: a }, { value: team }] })))
    const rows = await w.query(
      'SELECT id, person_id, granted_by, since, mark, child_id FROM member ORDER BY team_id, coalesce(person_id, 9)',
    )
    expect(rows.map((row) => [row[1], row[2], row[5]])).toEqual([
      [1, 'scim', null],
      [2, 'scim', null],
      [3, 'scim', null],
      [1, 'scim', null],
      [null, 'scim', 1],
    ])
    expect(new Set(rows.map((row) => row[0])).size).toBe(5)
    expect(new Set(rows.map((row) => row[4])).size).toBe(5)
    for (const row of rows)
      expect([row[0], row[3], row[4]]).toEqual([
        expect.stringMatching(/^[0-9a-f-]{36}$/),
        expect.stringMatching(/^\d{4}-/),
        expect.stringMatching(/^[0-9a-f]{8}$/),
      ])
    await w.ask(get('Group', team))
    await w.ask(get('Group', other))
  })

  it('takes the same statements for one member and for many, and none that reads them', async () => {
    const { w, people, team } = await start(
      place,
      'key: { column: id, generate: uuid }, where: { deleted: 0 }, onRemove: { set: { deleted: 1 } }, revive: true, own: { dynamic: 0 }',
    )
    const [a = '', ...rest] = people
    const one = await w.log(patch('Group', team, adding(a), dropping('99')))
    const many = await w.log(patch('Group', team, adding(...rest), dropping(a)))
    expect(many.length).toBe(one.length)
    for (const text of [...one, ...many].filter((text) => text.startsWith('SELECT')))
      expect(text).not.toMatch(/SELECT (?!1 ).*["`]member["`]/)
  })

  it('keeps a removed row, and takes it back when that is said', async () => {
    const { w, people, team } = await start(
      place,
      'where: { deleted: 0 }, onRemove: { set: { deleted: 1 } }, revive: true, key: { column: id, generate: uuid }, set: { create: { granted_by: scim } }',
    )
    const [a = '', b = ''] = people
    await w.ask(patch('Group', team, adding(a, b)))
    const before = await w.query('SELECT id, person_id FROM member ORDER BY person_id')
    await w.query(`UPDATE member SET granted_by = 'boss'`)
    await w.ask(patch('Group', team, dropping(a)))
    expect((await w.ask(get('Group', team))).body?.['members']).toMatchObject([{ value: b }])
    expect(await w.query('SELECT person_id, deleted, granted_by FROM member ORDER BY person_id')).toEqual([
      [1, 1, 'boss'],
      [2, 0, 'boss'],
    ])
    await w.ask(patch('Group', team, adding(a, b)))
    expect(await w.query('SELECT person_id, deleted, granted_by FROM member ORDER BY person_id')).toEqual([
      [1, 0, 'scim'],
      [2, 0, 'boss'],
    ])
    expect(await w.query('SELECT id, person_id FROM member ORDER BY person_id')).toEqual(before)
    await w.ask(replace('Group', team, { displayName: 'team' }))
    expect(await w.query('SELECT deleted FROM member')).toEqual([[1], [1]])
    // rows that were removed would keep the person from going
    expect(await w.ask(remove('User', a))).toEqual({ status: 204 })
    expect(await w.ask(remove('Group', team))).toEqual({ status: 204 })
    expect(await w.query('SELECT * FROM member')).toEqual([])
  })

  it('makes a new row beside a removed one when that is not said', async () => {
    const { w, people, team } = await start(
      place,
      'where: { mark: { absent: true } }, onRemove: { set: { mark: now, person_id: null } }',
    )
    const [a = ''] = people
    await w.ask(patch('Group', team, adding(a)))
    await w.ask(patch('Group', team, dropping(a)))
    await w.ask(patch('Group', team, adding(a)))
    expect(await w.query('SELECT person_id, mark IS NULL FROM member ORDER BY coalesce(person_id, 0)')).toEqual([
      [null, 0],
      [1, 1],
    ])
    await w.ask(get('Group', team))
  })

  it('shows what others keep, and does not remove it', async () => {
    const { w, people, team } = await start(place, 'own: { dynamic: 0 }')
    const [a = '', b = ''] = people
    await w.ask(patch('Group', team, adding(a, b)))
    expect(await w.query('SELECT dynamic FROM member')).toEqual([[0], [0]])
    await w.query('UPDATE member SET dynamic = 1 WHERE person_id = 1')
    expect((await w.alone(get('Group', team))).body?.['members']).toHaveLength(2)
    const refusal =
      'conflict: members: one of these is kept by another part of the application, which alone can remove it'
    expect(await w.alone(patch('Group', team, dropping(a), dropping(b)))).toEqual({ refused: refusal })
    expect(await w.alone(replace('Group', team, { displayName: 'team', members: [{ value: b }] }))).toEqual({
      refused: refusal,
    })
    expect((await w.alone(patch('Group', team, adding(a), dropping(b)))).refused).toBeUndefined()
    expect(await w.query('SELECT person_id FROM member')).toEqual([[1]])
    expect((await w.alone(remove('Group', team))).status).toBe(204)
  })
})

describe('what is said of a join table', () => {
  const members = (through: string): string =>
    userFile(
      '',
      undefined,
      `  Group:
    table: { name: t, key: id }
    id: { prefix: g, column: id }
    onDelete: delete
    attributes:
      displayName: name
      members: { reference: User, through: { table: m, from: t, to: p, ${through} } }`,
    )
  it.each([
    [members('set: { create: { p: 1 } }'), 'p is written already (by from, to, where or own)'],
    [
      members('set: { create: { x: "{displayName}" } }'),
      'a row of a join table has no attributes (a constant, now or a generated value)',
    ],
    [
      members('onRemove: { set: { gone: 1 } }'),
      'a row that was removed would still be seen (where: must exclude what onRemove writes)',
    ],
    [
      members('where: { gone: 0 }, onRemove: { set: { gone: 0 } }'),
      'a row that was removed would still be seen (where: must exclude what onRemove writes)',
    ],
    [members('revive: true'), 'revive belongs to onRemove'],
    [
      members('own: { kind: { in: [1, 2] } }'),
      'nothing says what a create writes into kind (kind: { …, create: a value })',
    ],
    [members('key: { column: id }'), 'generate: expected one of uuid, uuidUpper'],
    [members('onRemov: { set: { gone: 1 } }'), 'unknown key "onRemov" (did you mean "onRemove"?)'],
  ])('%#', (text, problem) => {
    w = undefined
    expect(problemsOf(text).map((one) => one.replace(/^\d+:\d+: /, ''))).toEqual([problem])
  })
})
