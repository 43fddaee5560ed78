import { expect } from 'vitest'
import { openSideStore } from '../../src/backends/side/store.ts'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { isBridgeError } from '../../src/base/errors.ts'
import { defaultLimits } from '../../src/plan/limits.ts'
import { parseAttributePath } from '../../src/scim/path-parse.ts'
import { findPath } from '../../src/scim/path-resolve.ts'
import type { Query } from '../../src/scim/request.ts'
import type { Application } from '../../src/service/application.ts'
import { handle as serve } from '../../src/service/handle.ts'
import { leafOf } from '../../src/scim/schema.ts'
import { sortValue, valueOrder } from '../../src/service/sort.ts'
import { testApplication, testContext } from '../application.ts'
import type { Chapter, Opened } from './contract.ts'
import type { Handle } from './handle.ts'
import { populate } from './people.ts'

/** Attributes of one type, of two, of all; those that the store orders and those that the bridge does. */
const sorts = ['displayName', 'userName', 'title', 'label', 'meta.lastModified', 'emails', 'id', 'members.display']

/** The store behind the service. */
export const applicationOn = ({ store, catalog }: Opened, limits = defaultLimits): Application =>
  testApplication({ store, catalog, side: openSideStore(':memory:', 'kit'), limits })

async function list(app: Application, query: Query, type?: string): Promise<JsonObject> {
  const request = type === undefined ? ({ kind: 'listAll', query } as const) : ({ kind: 'list', type, query } as const)
  const reply = await serve(app, request, testContext())
  expect(reply.status).toBe(200)
  return reply.body ?? {}
}

const resourcesOf = (body: JsonObject): readonly JsonObject[] => body['Resources'] as readonly JsonObject[]
const nameOf = (resource: JsonObject): string =>
  `${String((resource['meta'] as JsonObject)['resourceType'])} ${String(resource['id'])}`
const namesOf = (body: JsonObject): readonly string[] => resourcesOf(body).map(nameOf)

/** Page after page by index; `fresh` lets every page be counted, as nothing is remembered of the one before. */
async function walk(opened: Opened, query: Query, count: number, fresh: boolean): Promise<readonly string[]> {
  let app = applicationOn(opened)
  const seen: string[] = []
  for (;;) {
    if (fresh) app = applicationOn(opened)
    const body = await list(app, { ...query, count, startIndex: seen.length + 1 })
    const names = namesOf(body)
    expect(body['itemsPerPage']).toBe(names.length)
    expect(body['startIndex']).toBe(seen.length + 1)
    if (names.length === 0) return seen
    seen.push(...names)
  }
}

async function makeGroups(h: Handle): Promise<void> {
  for (const displayName of ['Bob', 'ann å', 'Zebra', 'ägg']) await h.create('Group', { set: { displayName } })
  for (const label of ['Bob', 'printer']) await h.create('Device', { set: { label } })
}

/** The same by cursor; nobody comes behind the last page. */
async function walkByCursor(opened: Opened, query: Query, count: number): Promise<readonly string[]> {
  const app = applicationOn(opened)
  const seen: string[] = []
  for (let cursor: Json | undefined = ''; cursor !== undefined;) {
    const body = await list(app, { ...query, count, cursor: String(cursor) })
    expect(typeof body['totalResults']).toBe(cursor === '' ? 'number' : 'undefined')
    expect(body).not.toHaveProperty('startIndex')
    const names = namesOf(body)
    if (cursor !== '') expect(names.length).toBeGreaterThan(0)
    seen.push(...names)
    cursor = body['nextCursor']
    expect(String(cursor)).toMatch(/^[A-Za-z0-9\-._~]+$/)
  }
  return seen
}

/** Queries over every type, through the service. */
export function unionContract({ before, test }: Chapter): void {
  before(populate)
  before(makeGroups)

  test('lists one type after the other', async (_, __, opened) => {
    const app = applicationOn(opened)
    const all = await list(app, { count: 1000 })
    const each: string[] = []
    for (const { type } of opened.catalog.types) each.push(...namesOf(await list(app, { count: 1000 }, type.name)))
    expect(each.length).toBeGreaterThan(10)
    expect(namesOf(all)).toEqual(each)
    expect(all['totalResults']).toBe(each.length)
    for (const count of [1, 3, each.length - 1, each.length, 1000]) {
      expect(await walkByCursor(opened, {}, count), `by cursor, pages of ${count}`).toEqual(each)
      for (const fresh of [true, false]) expect(await walk(opened, {}, count, fresh), `pages of ${count}`).toEqual(each)
    }
  })

  for (const sortBy of sorts)
    for (const sortOrder of ['ascending', 'descending'])
      test(`merges the types by ${sortBy}, ${sortOrder}`, async (_, __, opened) => {
        const app = applicationOn(opened)
        const query = { sortBy, sortOrder }
        // RFC 7644 section 3.4.2.3, said again and slowly: the resources of each type, in its order, put in order
        const path = parseAttributePath(sortBy)
        const each: JsonObject[] = []
        for (const { type } of opened.catalog.types) {
          const own = findPath(path, type) === undefined ? {} : query
          each.push(...resourcesOf(await list(app, { ...own, count: 1000 }, type.name)))
        }
        const owner = opened.catalog.types.find(({ type }) => findPath(path, type) !== undefined)
        const ref = owner && findPath(path, owner.type)
        if (owner === undefined || ref === undefined) throw new Error(`nothing has ${sortBy}`)
        const value = ref.attribute.subAttributes.find(({ name }) => name === 'value')
        const by = ref.sub === undefined && value !== undefined ? { ...ref, sub: value } : ref
        const order = valueOrder(leafOf(by), sortOrder === 'descending')
        const expected = each.toSorted((a, b) => order(sortValue(a, by), sortValue(b, by))).map(nameOf)

        const all = await list(app, { ...query, count: 1000 })
        expect(namesOf(all)).toEqual(expected)
        expect(all['totalResults']).toBe(expected.length)
        for (const count of [1, 4, expected.length - 1, expected.length]) {
          expect(await walkByCursor(opened, query, count), `by cursor, pages of ${count}`).toEqual(expected)
          for (const fresh of [true, false])
            expect(await walk(opened, query, count, fresh), `pages of ${count}`).toEqual(expected)
        }
      })

  test('asks nothing of the types that a filter excludes', async (_, __, opened) => {
    const asked: string[] = []
    const { store } = opened
    const watched: Opened['store'] = {
      ...store,
      say: (leaf) => store.say(leaf),
      lower: (plan) => store.lower(plan),
      run: (program, options) => {
        asked.push(program.plan.of.type.name)
        return store.run(program, options)
      },
    }
    const app = applicationOn({ ...opened, store: watched })
    const groups = namesOf(await list(app, { count: 1000 }, 'Group'))
    const users = namesOf(await list(app, { count: 1000 }, 'User'))
    const devices = namesOf(await list(app, { count: 1000 }, 'Device'))
    const printer = namesOf(await list(app, { filter: 'label eq "printer"' }, 'Device'))
    expect(printer).toHaveLength(1)
    const cases: readonly (readonly [filter: string, types: readonly string[], names: readonly string[]])[] = [
      ['meta.resourceType eq "Group"', ['Group'], groups],
      ['META.RESOURCETYPE eq "Group" or meta.resourceType eq "Device"', ['Group', 'Device'], [...groups, ...devices]],
      ['meta.resourceType eq "group"', [], []],
      ['userName pr', ['User'], users],
      ['userName pr and label pr', [], []],
      ['schemas eq "urn:ietf:params:scim:schemas:core:2.0:Group"', ['Group'], groups],
      ['urn:ietf:params:scim:schemas:core:2.0:Group:displayName pr', ['Group'], groups],
      ['label eq "PRINTER" or members[value eq "nobody"]', ['Group', 'Device'], printer],
    ]
    for (const [filter, types, names] of cases) {
      asked.length = 0
      const body = await list(app, { filter, count: 1000 })
      expect(asked, filter).toEqual(types)
      expect(namesOf(body), filter).toEqual(names)
      expect(body['totalResults'], filter).toBe(names.length)
    }
  })

  test('takes what a type does not define as absent', async (_, __, opened) => {
    const app = applicationOn(opened)
    const all = namesOf(await list(app, { count: 1000 }))
    const found = async (filter: string): Promise<readonly string[]> =>
      namesOf(await list(app, { filter, count: 1000 }))
    const without = async (filter: string): Promise<readonly string[]> => {
      const those = await found(filter)
      expect(those.length, filter).toBeGreaterThan(0)
      return all.filter((name) => !those.includes(name))
    }
    expect(await found('userName ne "ann"')).toEqual(await without('userName eq "ann"'))
    expect(await found('not (label sw "p")')).toEqual(await without('label sw "p"'))
    expect(await found('userName eq null')).toEqual(await without('userName pr'))
    expect(await found('userName ne null')).toEqual(await found('userName pr'))
    expect(await found('not (emails[type eq "work"])')).toEqual(await without('emails[type eq "work"]'))
    expect(await found('displayName eq "BOB" or label eq "bob"')).toHaveLength(3)
  })

  for (const by of ['index', 'cursor'] as const)
    for (const query of [{}, { sortBy: 'displayName' }, { sortBy: 'displayName', sortOrder: 'descending' }])
      test(`shows whoever stays once, by ${by}, ${JSON.stringify(query)}, while others come and go`, async (h, _, opened) => {
        const app = applicationOn(opened)
        const made: (readonly [type: string, id: string])[] = []
        for (let i = 0; i < 16; i++) {
          const set = { displayName: `Q${i >> 1}`, ...(i % 2 === 0 ? { userName: `q${i}` } : {}) }
          const type = i % 2 === 0 ? 'User' : 'Group'
          made.push([type, (await h.create(type, { set })).id])
        }
        const leaving = made.filter((_, i) => i % 3 === 0)
        const gone = new Set(leaving.map((one) => one.join(' ')))
        const staying = namesOf(await list(app, { count: 1000 })).filter((name) => !gone.has(name))
        const added: string[] = []
        const between = async (): Promise<void> => {
          const [type = '', id = ''] = leaving.shift() ?? []
          if (id !== '') await h.remove(type, id)
          if (added.length >= 3) return
          const displayName = `Q${added.length}x`
          added.push((await h.create('User', { set: { userName: displayName, displayName } })).id)
        }
        const seen: string[] = []
        if (by === 'cursor') {
          for (let cursor: Json | undefined = ''; cursor !== undefined;) {
            const body = await list(app, { ...query, count: 4, cursor: String(cursor) })
            seen.push(...namesOf(body))
            cursor = body['nextCursor']
            await between()
          }
        } else {
          // as clients do that believe the total (RFC 7644 section 3.4.2.4)
          for (let total = 1; seen.length < total;) {
            const body = await list(app, { ...query, count: 4, startIndex: seen.length + 1 })
            seen.push(...namesOf(body))
            total = Number(body['totalResults'])
            await between()
          }
        }
        expect(new Set(seen).size).toBe(seen.length)
        expect(staying.filter((name) => !seen.includes(name))).toEqual([])
        for (const [type, id] of made) if (!gone.has(`${type} ${id}`)) await h.remove(type, id)
        for (const [type, id] of leaving) await h.remove(type, id)
        for (const id of added) await h.remove('User', id)
      })

  test('takes a cursor for nothing but its own query', async (_, __, opened) => {
    const app = applicationOn(opened)
    const { nextCursor } = await list(app, { count: 2, cursor: '', sortBy: 'displayName' })
    const cursor = String(nextCursor)
    const refused = (query: Query): Promise<string> =>
      list(app, { cursor, sortBy: 'displayName', ...query }).then(
        () => 'taken',
        (error: unknown) => (isBridgeError(error) ? error.reason : String(error)),
      )
    expect(await refused({})).toBe('taken')
    expect(await refused({ count: 2 })).toBe('taken')
    expect(await refused({ count: 3 })).toBe('invalidCount')
    expect(await refused({ sortBy: 'userName' })).toBe('invalidCursor')
    expect(await refused({ sortOrder: 'descending' })).toBe('invalidCursor')
    expect(await refused({ filter: 'id pr' })).toBe('invalidCursor')
    expect(await refused({ attributes: ['id'] })).toBe('invalidCursor')
    expect(await refused({ cursor: `${cursor.slice(0, -1)}${cursor.endsWith('A') ? 'B' : 'A'}` })).toBe('invalidCursor')
    const ofOne = await list(app, { count: 2, cursor: '' }, 'User')
    expect(await refused({ cursor: String(ofOne['nextCursor']) })).toBe('invalidCursor')
    expect(await list(app, { count: 0, cursor: '' })).not.toHaveProperty('nextCursor')
  })

  test('refuses to count far into a merged list, and says nothing is behind its end', async (_, __, opened) => {
    const app = applicationOn(opened, { ...defaultLimits, scanLimit: 6 })
    const ask = (query: Query): Promise<Json | undefined> =>
      list(app, { sortBy: 'displayName', ...query }).then(
        (body) => namesOf(body).length,
        (error: unknown) => (isBridgeError(error) ? error.reason : String(error)),
      )
    const far = { startIndex: 6, count: 2 }
    expect(await ask(far)).toBe('tooMany')
    expect(await ask({ ...far, startIndex: 5 })).toBe(2)
    expect(await ask({ ...far, startIndex: 1000 })).toBe(0)
  })
}
