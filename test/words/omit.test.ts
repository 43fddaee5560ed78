import { afterEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { problemsOf, userFile } from '../mapping/compiled.ts'
import { places, create, get, idOf, replace, words } from './stand.ts'
import type { Words } from './stand.ts'

const mapping = (size: string, onOmit = ''): string => `
resources:
  User:
    table: { name: person, key: id }
    id: id
    onDelete: delete
    attributes:
      userName: login
      title: { slot: title ${onOmit} }
      nickName: nick
      name.givenName: { slot: given ${onOmit} }
      groups: { reverse: Group.members }
  Group:
    table: { name: team, key: id }
    id: { prefix: g, column: id }
    onDelete: delete
    attributes:
      displayName: name
      members: { reference: User, size: ${size}, through: { table: member, from: team_id, to: person_id } ${onOmit} }
`
const schema = `
CREATE TABLE person (id NUMBERED, login TEXT NOT NULL, title TEXT, nick TEXT, given TEXT);
CREATE TABLE team (id NUMBERED, name TEXT);
CREATE TABLE member (team_id INTEGER, person_id INTEGER, UNIQUE (team_id, person_id));
`
const empty = { close: async () => undefined } as Words

const on = await places('attributes that a PUT leaves out')
let w: Words = empty
afterEach(async () => {
  await w.close()
  w = empty
})

const groupOfOne = async (): Promise<{ readonly group: string; readonly members: JsonObject }> => {
  const value = idOf(await w.ask(create('User', { userName: 'ada' })))
  const members = { members: [{ value }] }
  return { group: idOf(await w.ask(create('Group', { displayName: 'g', ...members }))), members }
}
const shown = async (group: string): Promise<JsonObject | undefined> => (await w.ask(get('Group', group))).body

describe.each(on)('a PUT of a group without members on $name', (place) => {
  it.each(['small', 'large'])('clears them when the mapping says nothing (%s)', async (size) => {
    w = await words(place, mapping(size), schema)
    const { group } = await groupOfOne()
    expect((await w.ask(replace('Group', group, { displayName: 'h' }))).status).toBe(200)
    expect(await shown(group)).toMatchObject({ displayName: 'h', members: [] })
  })

  it.each(['small', 'large'])('keeps them with onOmit: keep, and writes none of them (%s)', async (size) => {
    w = await words(place, mapping(size, ', onOmit: keep'), schema)
    const { group, members } = await groupOfOne()
    const renamed = replace('Group', group, { displayName: 'h' })
    expect((await w.ask(renamed)).body).toMatchObject({ displayName: 'h', members: [{ value: '1' }] })
    const log = await w.log(replace('Group', group, { displayName: 'i' }))
    expect(log.filter((text) => /\b(?:INSERT|DELETE)\b/.test(text))).toEqual([])
    expect((await w.ask(replace('Group', group, { displayName: 'h', ...members }))).status).toBe(200)
    expect(await shown(group)).toMatchObject(members)
  })

  it.each([[[]], [null]])('clears them with onOmit: keep when they are sent as %j', async (members) => {
    w = await words(place, mapping('large', ', onOmit: keep'), schema)
    const { group } = await groupOfOne()
    expect((await w.ask(replace('Group', group, { displayName: 'g', members }))).status).toBe(200)
    expect((await shown(group))?.['members']).toEqual([])
  })
})

describe.each(on)('a PUT without other attributes on $name', (place) => {
  it('keeps those with onOmit: keep, of which a line speaks for the whole, and clears the rest', async () => {
    w = await words(place, mapping('small', ', onOmit: keep'), schema)
    const ada = { userName: 'ada', title: 'Dr', nickName: 'a', name: { givenName: 'Ada' } }
    const id = idOf(await w.ask(create('User', ada)))
    const { body } = await w.ask(replace('User', id, { userName: 'ada' }))
    expect(body).toMatchObject({ title: 'Dr', name: { givenName: 'Ada' } })
    expect(body).not.toHaveProperty('nickName')
    const cleared = (await w.ask(replace('User', id, { userName: 'ada', title: null, name: {} }))).body
    expect(cleared).not.toHaveProperty('title')
    expect(cleared).not.toHaveProperty('name')
  })
})

describe('onOmit', () => {
  it('is a problem where no PUT changes anything, and knows one word', () => {
    expect(problemsOf(userFile('title: { slot: title, access: readOnly, onOmit: keep }'))).toHaveLength(1)
    expect(problemsOf(userFile('title: { slot: title, onOmit: clear }'))).toHaveLength(1)
    expect(problemsOf(userFile('title: { slot: title, onOmit: keep }'))).toEqual([])
  })
})
