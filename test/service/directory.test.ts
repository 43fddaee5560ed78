import { describe, expect, it } from 'vitest'
import { bindMemory } from '../../src/backends/memory/store.ts'
import { openSideStore } from '../../src/backends/side/store.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { compileMapping } from '../../src/mapping/compile.ts'
import type { ScimRequest } from '../../src/scim/request.ts'
import type { Reply } from '../../src/service/bridge.ts'
import { handle } from '../../src/service/handle.ts'
import { testApplication, testContext } from '../application.ts'
import { create, get, patch } from './stand.ts'

const people = 'ou=people,dc=example,dc=com'

const mapping = (active: string): string => `
version: 1
backend: { kind: ldap }
resources:
  User:
    entry:
      base: "${people}"
      objectClasses: [inetOrgPerson]
      rdn: "uid={userName}"
      set: { create: { uidNumber: { counter: { entry: "cn=next,dc=example,dc=com", attribute: uidNumber } } } }
    attributes:
      userName: uid
      title: title
      nickName: { slot: uidNumber, codec: integer, access: readOnly }
      active: ${active}
`

type Ask = (request: ScimRequest) => Promise<Reply>

/** A directory's mapping over the store in memory, which every other one is compared with. */
function start(active: string): Ask {
  const catalog = compileMapping(mapping(active), { file: 'test.yaml', env: {}, readFile: () => '' })
  const app = testApplication({
    catalog,
    store: bindMemory(catalog),
    side: openSideStore(':memory:', 'test'),
  })
  return (request) => handle(app, request, testContext())
}

const make = async (ask: Ask, userName: string, more: JsonObject = {}): Promise<JsonObject> =>
  (await ask(create('User', { userName, ...more }))).body ?? {}
const change = async (ask: Ask, id: unknown, path: string, value?: JsonObject[string]): Promise<JsonObject> =>
  (await ask(patch('User', String(id), value === undefined ? { op: 'remove', path } : { op: 'replace', path, value })))
    .body ?? {}

describe('a new entry', () => {
  const flag = '{ slot: enabled, codec: boolean }'

  it('gets the next number, once, and shows it', async () => {
    const ask = start(flag)
    const [ada, bea] = [await make(ask, 'ada'), await make(ask, 'bea')]
    expect([ada['nickName'], bea['nickName']]).toEqual(['1', '2'])
    expect(await change(ask, ada['id'], 'title', 'Dr')).toMatchObject({ title: 'Dr', nickName: '1' })
  })

  it('gets an id that is another one everywhere', async () => {
    const { id } = await make(start(flag), 'ada')
    expect(id).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })
})

describe('the lock of a password policy', () => {
  const codec =
    '{ values: { "000001010000Z": false }, otherwise: true, absent: true, write: { true: absent, false: "000001010000Z" } }'
  // the second path shows what the attribute holds, and sets what a server would
  const lock = `{ slot: pwdAccountLockedTime, codec: ${codec} }
      displayName: { slot: pwdAccountLockedTime, mirror: true }`

  it('is set by an administrator, and taken away', async () => {
    const ask = start(lock)
    const { id, active } = await make(ask, 'ada')
    expect(active).toBe(true)
    expect(await change(ask, id, 'active', false)).toMatchObject({ active: false, displayName: '000001010000Z' })
    const back = await change(ask, id, 'active', true)
    expect([back['active'], back['displayName']]).toEqual([true, undefined])
  })

  it('is no lock when it passes by itself, and is not taken away by who says so again', async () => {
    const ask = start(lock)
    const { id } = await make(ask, 'ada')
    const locked = await change(ask, id, 'displayName', '20260131120000Z')
    expect(locked['active']).toBe(true)
    const again = await change(ask, id, 'active', true)
    expect([again['active'], again['displayName']]).toEqual([true, '20260131120000Z'])
    expect(again['meta']).toEqual(locked['meta'])
  })
})

describe('a container', () => {
  const places = `{ container: { "${people}": true, "ou=disabled,${people}": false } }`

  it.each([
    [undefined, true],
    [true, true],
    [false, false],
  ])('takes a new entry with %j', async (given, expected) => {
    const ask = start(places)
    const made = await make(ask, 'ada', given === undefined ? {} : { active: given })
    expect(made['active']).toBe(expected)
  })

  it('is left for another one, and for the first when the value is cleared', async () => {
    const ask = start(`enabled
      userType: { container: { "${people}": Staff, "ou=guests,${people}": Guest, "ou=visitors,${people}": Guest } }`)
    const { id } = await make(ask, 'ada', { userType: 'Guest' })
    expect((await ask(get('User', String(id)))).body).toMatchObject({ userType: 'Guest' })
    expect(await change(ask, id, 'userType')).toMatchObject({ userType: 'Staff' })
    await expect(change(ask, id, 'userType', 'Robot')).rejects.toMatchObject({ reason: 'invalidValue' })
  })
})
