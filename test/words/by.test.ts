import { afterEach, describe, expect, it } from 'vitest'
import { create, get, idOf, patch, places, set, words } from './stand.ts'
import type { Words } from './stand.ts'

const mapping = (onUnknown: string): string => `
resources:
  User:
    table: { name: person, key: id }
    id: id
    onDelete: delete
    attributes:
      userName: login
      enterprise.employeeNumber: badge
      enterprise.manager: { reference: User, slot: boss_badge, by: badge, onUnknown: ${onUnknown} }
`
const schema = `
CREATE TABLE person (id NUMBERED, login TEXT NOT NULL, badge TEXT, boss_badge TEXT);
`
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const on = await places('targets by a column')

describe.each(on)('who is known by what they do not have, in $name', (place) => {
  let stand: Words | undefined
  afterEach(async () => stand?.close())
  const open = async (onUnknown: string) => (stand = await words(place, mapping(onUnknown), schema))

  it('cannot be pointed at: 400, and nothing is made or changed', async () => {
    const { alone } = await open('refuse')
    const boss = idOf(await alone(create('User', { userName: 'boss' })))
    const refused = `invalidValue: ${enterprise}:manager: nothing is held of "${boss}" to point at it by`
    expect(await alone(create('User', { userName: 'ann', [enterprise]: { manager: { value: boss } } }))).toEqual({
      refused,
    })
    const ann = idOf(await alone(create('User', { userName: 'ann' })))
    expect(await alone(patch('User', ann, set(`${enterprise}:manager`, { value: boss })))).toEqual({ refused })
    expect((await alone(patch('User', boss, set(`${enterprise}:employeeNumber`, 'B-1')))).status).toBe(200)
    const told = await alone(patch('User', ann, set(`${enterprise}:manager`, { value: boss })))
    expect(told.body).toMatchObject({ [enterprise]: { manager: { value: boss } } })
  })

  it('is passed over where the mapping says so, and visibly absent', async () => {
    const { alone } = await open('ignore')
    const boss = idOf(await alone(create('User', { userName: 'boss' })))
    const ann = idOf(await alone(create('User', { userName: 'ann', [enterprise]: { manager: { value: boss } } })))
    expect((await alone(get('User', ann))).body).not.toHaveProperty([enterprise])
  })
})
