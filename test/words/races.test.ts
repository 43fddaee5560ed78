import { afterEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import type { ScimRequest } from '../../src/scim/request.ts'
import { create, get, idOf, patch, places, set, words } from './stand.ts'
import type { Told, Words } from './stand.ts'

const mapping = `
resources:
  User:
    table: { name: person, key: id, with: [ { name: extra, key: id, optional: true } ] }
    id: id
    onDelete: delete
    protect: { match: { kind: founder }, from: [deactivate, leave] }
    attributes:
      userName: login
      userType: kind
      active: { slot: enabled, codec: boolean, default: true }
      title: extra.title
      nickName: extra.nick
      enterprise.department: { slot: dept_id, lookup: { table: dept, key: id, text: name, onMissing: create } }
      enterprise.costCenter: { keyValue: { table: meta, foreignKey: person_id, keys: { name: cost }, value: value } }
      groups: { reverse: Group.members }
  Group:
    table: { name: team, key: id }
    id: { prefix: g, column: id }
    onDelete: delete
    attributes:
      displayName: name
      members:
        reference: User
        size: large
        through: { table: member, from: team_id, to: person_id, key: { column: id, generate: uuid }, where: { deleted: 0 },
          onRemove: { set: { deleted: 1 } }, revive: true }
`
/** No key tells two rows apart that should be one: what the bridge does alone counts. */
const schema = `
CREATE TABLE dept (id NUMBERED, name TEXT NOT NULL);
CREATE TABLE person (id NUMBERED, login TEXT NOT NULL, kind TEXT, enabled INTEGER, dept_id INTEGER);
CREATE TABLE extra (id INTEGER NOT NULL, title TEXT, nick TEXT);
CREATE TABLE meta (person_id INTEGER NOT NULL, name TEXT NOT NULL, value TEXT);
CREATE TABLE team (id NUMBERED, name TEXT);
CREATE TABLE member (id UUID NOT NULL PRIMARY KEY, team_id INTEGER NOT NULL, person_id INTEGER NOT NULL, deleted INTEGER NOT NULL);
`
const department = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const adding = (...ids: readonly string[]): JsonObject => ({
  op: 'add',
  path: 'members',
  value: ids.map((value) => ({ value })),
})
const dropping = (id: string): JsonObject => ({ op: 'remove', path: `members[value eq "${id}"]` })

const on = await places('races over the words')
const none = { close: async () => undefined } as Words
let w: Words = none
afterEach(async () => {
  await w.close()
  w = none
})

/** How often each race is run; and at once, by two bridges that know nothing of each other. */
const rounds = 6
const width = 6
const atOnce = (requests: readonly ScimRequest[]): Promise<readonly Told[]> =>
  Promise.all(requests.map((request, i) => (i % 2 === 0 ? w.alone(request) : w.other(request))))
const many = (request: (i: number) => ScimRequest): readonly ScimRequest[] =>
  Array.from({ length: width }, (_, i) => request(i))
const refusals = (told: readonly Told[]): readonly string[] => told.flatMap(({ refused }) => refused ?? [])

describe.each(on)('at once on $name', (place) => {
  const person = async (userName: string, values: JsonObject = {}) =>
    idOf(await w.alone(create('User', { userName, ...values })))

  it('one row is made behind a text that many need', async () => {
    w = await words(place, mapping, schema)
    for (let round = 0; round < rounds; round++) {
      const name = `Dept ${round}`
      const told = await atOnce(
        many((i) => create('User', { userName: `p${round}-${i}`, [department]: { department: name } })),
      )
      expect(refusals(told)).toEqual([])
      for (const { body } of told) expect(body?.[department]).toMatchObject({ department: name })
    }
    expect(await w.query('SELECT count(*) FROM dept')).toEqual([[rounds]])
  }, 60_000)

  it('one row is made beside a person, and one of a name and a value, and nothing is lost', async () => {
    w = await words(place, mapping, schema)
    for (let round = 0; round < rounds; round++) {
      const id = await person(`p${round}`)
      const told = await atOnce(
        many((i) =>
          patch(
            'User',
            id,
            i % 3 === 0
              ? set('title', 'Dr')
              : i % 3 === 1
                ? set('nickName', 'nick')
                : set(`${department}:costCenter`, 'c1'),
          ),
        ),
      )
      expect(refusals(told)).toEqual([])
      const { body } = await w.alone(get('User', id))
      expect(body).toMatchObject({ title: 'Dr', nickName: 'nick', [department]: { costCenter: 'c1' } })
    }
    expect(await w.query('SELECT count(*) FROM extra')).toEqual([[rounds]])
    expect(await w.query('SELECT count(*) FROM meta')).toEqual([[rounds]])
  }, 60_000)

  it('one membership is made of many that are the same, comes back once, and the rest arrives as well', async () => {
    w = await words(place, mapping, schema)
    const people = await Promise.all(Array.from({ length: width }, (_, i) => person(`p${i}`)))
    const [same = ''] = people
    for (let round = 0; round < rounds; round++) {
      const group = idOf(await w.alone(create('Group', { displayName: `g${round}` })))
      const rows = () =>
        w.query(`SELECT person_id FROM member WHERE deleted = 0 AND team_id = ${group.slice(1)} ORDER BY person_id`)
      const all = people.map((id) => [Number(id)]).toSorted(([a = 0], [b = 0]) => a - b)
      expect(refusals(await atOnce(many((i) => patch('Group', group, adding(same, people[i] ?? '')))))).toEqual([])
      expect(await rows()).toEqual(all)
      expect(refusals(await atOnce(many(() => patch('Group', group, dropping(same)))))).toEqual([])
      expect(await rows()).toEqual(all.filter(([id]) => id !== Number(same)))
      expect(refusals(await atOnce(many(() => patch('Group', group, adding(same)))))).toEqual([])
      expect(await rows()).toEqual(all)
    }
  }, 60_000)

  it('what protects is judged as it is when the write happens', async () => {
    w = await words(place, mapping, schema)
    for (let round = 0; round < rounds; round++) {
      const id = await person(`p${round}`, { userType: 'staff', active: true })
      const group = idOf(await w.alone(create('Group', { displayName: `g${round}`, members: [{ value: id }] })))
      const [named, locked, left] = (await atOnce([
        patch('User', id, set('userType', 'founder')),
        patch('User', id, set('active', false)),
        patch('Group', group, dropping(id)),
      ])) as [Told, Told, Told]
      expect(named.refused).toBeUndefined()
      // either came first: before it, or refused by it
      for (const { refused } of [locked, left]) if (refused !== undefined) expect(refused).toMatch(/^notAllowed/)
      const { body } = await w.alone(get('User', id))
      expect(body?.['active']).toBe(locked.refused !== undefined)
      expect((await w.query(`SELECT count(*) FROM member WHERE deleted = 0 AND person_id = ${id}`))[0]).toEqual([
        left.refused === undefined ? 0 : 1,
      ])
      expect((await w.alone(patch('User', id, set('active', false)))).refused === undefined).toBe(
        body?.['active'] === false,
      )
    }
  }, 60_000)
})
