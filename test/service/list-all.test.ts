import { afterEach, describe, expect, it } from 'vitest'
import { BridgeError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { Catalog } from '../../src/mapping/catalog.ts'
import type { ListPlan } from '../../src/plan/plan.ts'
import type { Store } from '../../src/plan/port.ts'
import type { Query } from '../../src/scim/request.ts'
import { stand } from './stand.ts'
import type { Between, Stand } from './stand.ts'

let s: Stand
const open = async (between?: Between): Promise<void> => void (s = await stand(between))
afterEach(() => s.close())

const all = (query: Query): Promise<JsonObject> => s.body({ kind: 'listAll', query })
const resourcesOf = (body: JsonObject): readonly JsonObject[] => body['Resources'] as readonly JsonObject[]
const typesOf = (body: JsonObject): readonly unknown[] => [
  ...new Set(resourcesOf(body).map((one) => (one['meta'] as JsonObject)['resourceType'])),
]
const refused = (query: Query): Promise<unknown> =>
  s.ask({ kind: 'listAll', query }).then(
    () => 'answered',
    (error: unknown) => (error instanceof BridgeError ? [error.reason, error.detail] : error),
  )

/** The lists that reach the store. */
function watching(plans: ListPlan[], fail?: (plan: ListPlan) => boolean) {
  return (store: Store): Store => ({
    ...store,
    say: (leaf) => store.say(leaf),
    lower: (plan) => store.lower(plan),
    run: async (program, options) => {
      const { plan } = program
      if (plan.kind === 'list') {
        plans.push(plan)
        if (fail?.(plan) === true) throw new BridgeError('unavailable', 'The database is away')
      }
      return store.run(program, options)
    },
  })
}

const allowing =
  (allow: Readonly<Record<string, readonly ('create' | 'read')[]>>) =>
  (catalog: Catalog): Catalog => ({
    ...catalog,
    types: catalog.types.map((m) => ({ ...m, allow: new Set(allow[m.type.name] ?? [...m.allow]) })),
  })

describe('a query of the server root', () => {
  it('has users and then roles, each with its own schema, location and projection', async () => {
    await open()
    const users = await s.body({ kind: 'list', type: 'User', query: { count: 0 } })
    const body = await all({
      startIndex: Number(users['totalResults']),
      count: 2,
      attributes: ['displayName', 'title'],
    })
    expect(body['schemas']).toEqual(['urn:ietf:params:scim:api:messages:2.0:ListResponse'])
    expect(body['totalResults']).toBe(306 + 15)
    expect([body['itemsPerPage'], body['startIndex']]).toEqual([2, 306])
    const [user, role] = resourcesOf(body)
    expect(user).toMatchObject({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'] })
    expect(role).toMatchObject({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'] })
    expect(Object.keys(role ?? {}).sort()).toEqual(['displayName', 'id', 'schemas'])
  })

  it.each([
    ['(meta.resourceType eq User) or (meta.resourceType eq Group)', ['User', 'Group']],
    ['meta.resourceType eq "Group"', ['Group']],
    ['not (meta.resourceType eq "Group")', ['User']],
    ['meta.resourceType ne "User" and displayName pr', ['Group']],
    ['meta pr and id pr', ['User', 'Group']],
    ['schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"', ['User']],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "a" or members pr', ['User', 'Group']],
    ['emails.type eq "work" or displayName sw "a"', ['User', 'Group']],
    ['members.display pr', ['Group']],
    ['meta.resourceType eq "Nobody"', []],
    // what another type is asked would mean is no matter to a type that is excluded
    ['meta.resourceType eq "Group" and active eq "x"', []],
  ])('%s has %j', async (filter, types) => {
    await open()
    const body = await all({ filter, count: 1000 })
    expect(typesOf(body)).toEqual(types)
    expect(body['totalResults']).toBe(resourcesOf(body).length)
  })

  it.each<[Query, string, string]>([
    [{ filter: 'nope pr' }, 'invalidFilter', 'unknown attribute "nope" of User or Group'],
    [
      { filter: 'meta.resourceType eq "Group" and usrName eq "x"' },
      'invalidFilter',
      'unknown attribute "usrName" of User or Group; did you mean "userName"?',
    ],
    [{ filter: 'name.given eq "x"' }, 'invalidFilter', 'unknown attribute "name.given" of User or Group'],
    [{ filter: 'emails[nope eq "x"]' }, 'invalidFilter', 'unknown attribute "nope" of emails'],
    [{ filter: 'active gt true' }, 'invalidFilter', 'attribute "active" is boolean: "gt" cannot be used'],
    [{ filter: 'userName eq' }, 'invalidFilter', ''],
    [{ sortBy: 'nope' }, 'invalidValue', 'unknown attribute "nope" of User or Group'],
    [
      { sortBy: 'name' },
      'invalidValue',
      'sortBy names the complex attribute name; name a sub-attribute, such as name.familyName',
    ],
    [{ sortBy: 'userName', sortOrder: 'up' }, 'invalidValue', "sortOrder is neither 'ascending' nor 'descending'"],
  ])('%j is %s', async (query, reason, detail) => {
    await open()
    expect(await refused(query)).toEqual([reason, expect.stringContaining(detail)])
  })

  it('leaves out a type that may not be read', async () => {
    await open({ catalog: allowing({ Group: ['create'] }) })
    const body = await all({ count: 1000 })
    expect([typesOf(body), body['totalResults']]).toEqual([['User'], 306])
    expect(await refused({ filter: 'members pr' })).toEqual(['invalidFilter', expect.stringContaining('of User')])
  })

  it('is refused when no type may be read', async () => {
    await open({ catalog: allowing({ User: ['create'], Group: [] }) })
    expect(await refused({})).toEqual(['notAllowed', expect.any(String)])
  })

  it.each<Query>([{}, { sortBy: 'displayName' }, { sortBy: 'userName' }, { count: 0 }])(
    '%j is never a part that looks whole',
    async (query) => {
      const plans: ListPlan[] = []
      await open({ store: watching(plans, ({ of }) => of.type.name === 'Group') })
      expect(await refused(query)).toEqual(['unavailable', 'The database is away'])
    },
  )

  it('asks each type once, and when it puts them in order twice', async () => {
    const plans: ListPlan[] = []
    await open({ store: watching(plans) })
    const asked = async (query: Query): Promise<readonly string[]> => {
      plans.length = 0
      await all(query)
      return plans.map(
        ({ of, want }) => `${of.type.name} ${want.slots.length + want.links.length > 2 ? 'whole' : 'order'}`,
      )
    }
    expect(await asked({ count: 5 })).toEqual(['User whole', 'Group whole'])
    expect(await asked({ sortBy: 'displayName', count: 50 })).toEqual([
      'User order',
      'Group order',
      'User whole',
      'Group whole',
    ])
    // roles have no user name: ascending, the first page is of users alone
    expect(await asked({ sortBy: 'userName', count: 5 })).toEqual(['User order', 'Group order', 'User whole'])
  })

  it('goes on where the page before ended', async () => {
    const plans: ListPlan[] = []
    await open({ store: watching(plans) })
    for (const query of [{}, { sortBy: 'userName' }]) {
      await all({ ...query, count: 20 })
      plans.length = 0
      await all({ ...query, count: 20, startIndex: 21 })
      const [users] = plans
      expect(users?.cut.page).toMatchObject({ after: { key: expect.any(Array) as unknown } })
    }
  })
})
