import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isBridgeError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { Store } from '../../src/plan/port.ts'
import { bulkStand, requestOf, statusOf } from '../service/bulk-stand.ts'
import type { BulkStand } from '../service/bulk-stand.ts'
import { patch, post, put, remove, resultsOf } from '../wire/bulk.ts'
import { enterpriseSchema, person, team, userSchema } from '../wire/people.ts'
import { seed } from './arbitraries.ts'

/** `$u0` is the id of somebody who is there already, `bulkId:b3` that of whoever the operation 3 creates. */
type Draft = (at: number) => JsonObject

const held = { users: ['$u0', '$u1', '$u2'], groups: ['$g0', '$g1'] } as const
const userNames = fc.constantFrom('anna', 'Bert', 'cleo', 'dora', 'emil', 'ANNA')
const groupNames = fc.constantFrom('red', 'green', 'blue', 'RED')
const titles = fc.constantFrom('One', 'Two', 'Three')

/** Operations on what is there, on what earlier operations create, and on what they fail to create. */
function drafts(references: (at: number) => readonly string[]): fc.Arbitrary<Draft> {
  const pick = fc.nat(1_000)
  const choose = (from: readonly string[], n: number): string => from[n % from.length] ?? ''
  const anybody = (at: number, n: number): string => choose([...held.users, ...held.groups, ...references(at)], n)
  const user = (at: number, n: number): string => choose([...held.users, ...references(at)], n)
  const group = (at: number, n: number): string => choose([...held.groups, ...references(at)], n)
  const staffed = (userName: string, title: string, manager: string | undefined): JsonObject => ({
    ...person(userName, { title }),
    schemas: [userSchema, enterpriseSchema],
    ...(manager !== undefined && { [enterpriseSchema]: { manager: { value: manager } } }),
  })
  const some = fc.array(pick, { maxLength: 3 })
  const led = fc.option(pick, { nil: undefined })
  const set = (path: string, value: JsonObject[string]): JsonObject => ({ op: 'replace', path, value })
  const managed = (at: number, n: number | undefined) => (n === undefined ? undefined : user(at, n))
  return fc.oneof(
    fc.tuple(userNames, titles, led).map(
      ([name, title, n]): Draft =>
        (at) =>
          post(`b${at}`, '/Users', staffed(name, title, managed(at, n))),
    ),
    fc.tuple(groupNames, some).map(
      ([name, ns]): Draft =>
        (at) =>
          post(`b${at}`, '/Groups', team(name, [...new Set(ns.map((n) => anybody(at, n)))])),
    ),
    fc.tuple(pick, userNames, titles, led).map(
      ([n, name, title, m]): Draft =>
        (at) =>
          put(`/Users/${user(at, n)}`, staffed(name, title, managed(at, m))),
    ),
    fc.tuple(pick, titles).map(
      ([n, title]): Draft =>
        (at) =>
          patch(`/Users/${user(at, n)}`, set('title', title)),
    ),
    fc.tuple(pick, userNames).map(
      ([n, name]): Draft =>
        (at) =>
          patch(`/Users/${user(at, n)}`, set('userName', name)),
    ),
    fc.tuple(pick, pick).map(
      ([n, m]): Draft =>
        (at) =>
          patch(`/Users/${user(at, n)}`, set(`${enterpriseSchema}:manager`, { value: user(at, m) })),
    ),
    fc.tuple(pick, some).map(
      ([n, ns]): Draft =>
        (at) =>
          patch(`/Groups/${group(at, n)}`, {
            op: 'add',
            path: 'members',
            value: ns.map((one) => ({ value: anybody(at, one) })),
          }),
    ),
    fc.tuple(pick, pick).map(
      ([n, m]): Draft =>
        (at) =>
          patch(`/Groups/${group(at, n)}`, { op: 'remove', path: `members[value eq "${anybody(at, m)}"]` }),
    ),
    fc.tuple(pick, groupNames, some).map(
      ([n, name, ns]): Draft =>
        (at) =>
          put(`/Groups/${group(at, n)}`, team(name, [...new Set(ns.map((one) => anybody(at, one)))])),
    ),
    pick.map(
      (n): Draft =>
        (at) =>
          remove(`/Users/${user(at, n)}`),
    ),
    pick.map(
      (n): Draft =>
        (at) =>
          remove(`/Groups/${group(at, n)}`),
    ),
  )
}

/** Ids in place of names that a text is told of. */
const told = <T>(value: T, ids: ReadonlyMap<string, string>): T =>
  JSON.parse(JSON.stringify(value).replace(/\$[ug]\d|bulkId:b\d+/g, (name) => ids.get(name) ?? name)) as T

/** An application with somebody in it; every run of a program takes its time, so that those at once do overlap. */
async function begun(slow: boolean): Promise<{ readonly stand: BulkStand; readonly ids: Map<string, string> }> {
  let turn = 0
  const lagging = (store: Store): Store => ({
    ...store,
    run: async (program, options) => {
      if (slow) await sleep(turn++ % 3)
      return store.run(program, options)
    },
  })
  const stand = bulkStand(lagging)
  const ids = new Map<string, string>()
  const make = async (name: string, operation: JsonObject): Promise<void> => {
    const { body } = await stand.ask(requestOf(told(operation, ids)))
    ids.set(name, String(body?.['id']))
  }
  for (const [i, name] of ['anna', 'bert', 'cleo'].entries()) await make(`$u${i}`, post('', '/Users', person(name)))
  await make('$g0', post('', '/Groups', team('red', ['$u0', '$u1'])))
  await make('$g1', post('', '/Groups', team('green', ['$g0'])))
  return { stand, ids }
}

/** The same one after the other, by a client that puts the ids in itself and leaves out what refers to a failure. */
async function oneByOne(operations: readonly JsonObject[], stand: BulkStand): Promise<readonly string[]> {
  const ids = new Map<string, string>()
  const statuses: string[] = []
  for (const [at, operation] of operations.entries()) {
    const ready = told(operation, ids)
    if (JSON.stringify([ready['path'], ready['data'] ?? null]).includes('bulkId:')) {
      statuses.push('409')
      continue
    }
    const asked = stand.ask(requestOf(ready))
    statuses.push(await statusOf(asked))
    const reply = await asked.catch(() => undefined)
    const id = reply?.body?.['id']
    if (operation['method'] === 'POST' && typeof id === 'string') ids.set(`bulkId:b${at}`, id)
  }
  return statuses
}

const made = (drafted: readonly Draft[]): readonly JsonObject[] => drafted.map((draft, at) => draft(at))

/**
 * What refers to an operation that is no POST, or has a group for a manager, refers to somebody else: the bridge refuses
 * the first in words of its own and the second where a single request cannot know.
 */
function sound(operations: readonly JsonObject[]): readonly JsonObject[] {
  const types = new Map<string, unknown>(
    operations.flatMap(({ bulkId, path }) =>
      bulkId === undefined ? [] : [[`bulkId:${String(bulkId)}`, path] as const],
    ),
  )
  return operations.map((operation) => {
    const text = JSON.stringify(operation)
      .replace(/bulkId:b\d+/g, (name) => (types.has(name) ? name : '$u0'))
      .replace(/(manager"(?:,"value")?:\{"value":")(bulkId:b\d+)/g, (all, before: string, name: string) =>
        types.get(name) === '/Users' ? all : `${before}$u0`,
      )
    return JSON.parse(text) as JsonObject
  })
}

/** References to operations before; whether these are POSTs of that type, or at all, is left to chance. */
const backward = drafts((at) => Array.from({ length: at }, (_, i) => `bulkId:b${i}`))

it('a bulk request comes to the same as its operations one by one', async () => {
  const tally = { changed: 0, refused: 0 }
  const law = fc.asyncProperty(fc.array(backward, { minLength: 2, maxLength: 14 }), async (drafted) => {
    const [inBulk, single] = [await begun(true), await begun(false)]
    try {
      const operations = sound(made(drafted))
      const answer = await inBulk.stand.send(told(operations, inBulk.ids))
      const statuses = await oneByOne(told(operations, single.ids), single.stand)
      expect(resultsOf(answer).map(({ status }) => String(status).charAt(0))).toEqual(
        statuses.map((status) => status.charAt(0)),
      )
      expect(await inBulk.stand.state()).toEqual(await single.stand.state())
      for (const status of statuses) tally[status.startsWith('2') ? 'changed' : 'refused']++
    } finally {
      await inBulk.stand.close()
      await single.stand.close()
    }
  })
  await fc.assert(law, { numRuns: 150, seed })
  expect(tally.changed).toBeGreaterThan(400)
  expect(tally.refused).toBeGreaterThan(100)
}, 120_000)

/** What is created, with references in any direction: nothing of it can fail. */
const creations = fc
  .record({
    users: fc.array(fc.option(fc.nat(7), { nil: undefined }), { minLength: 1, maxLength: 8 }),
    groups: fc.array(fc.array(fc.nat(11), { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
    order: fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
  })
  .map(({ users, groups, order }) => {
    const all = [...users.map((_, i) => `u${i}`), ...groups.map((_, i) => `g${i}`)]
    const one = (from: readonly string[], n: number): string => `bulkId:${from[n % from.length] ?? ''}`
    const inPlace = [
      ...users.map((n, i) =>
        post(`u${i}`, '/Users', {
          ...person(`u${i}`),
          schemas: [userSchema, enterpriseSchema],
          ...(n !== undefined && { [enterpriseSchema]: { manager: { value: one(all.slice(0, users.length), n) } } }),
        }),
      ),
      ...groups.map((ns, i) => post(`g${i}`, '/Groups', team(`g${i}`, [...new Set(ns.map((n) => one(all, n)))]))),
    ]
    const shuffled = inPlace
      .map((operation, i) => [order[i] ?? 0, operation] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([, operation]) => operation)
    return { inPlace, shuffled }
  })

it('what is created comes out the same in whatever order it is sent, circles included', async () => {
  let circles = 0
  const law = fc.asyncProperty(creations, fc.boolean(), async ({ inPlace, shuffled }, oneAtATime) => {
    const [a, b] = [bulkStand(), bulkStand()]
    try {
      const first = await a.send(inPlace)
      const second = await b.send(shuffled, oneAtATime ? { failOnErrors: 1 } : {})
      for (const answer of [first, second]) {
        expect(resultsOf(answer).map(({ status }) => status)).toEqual(inPlace.map(() => '201'))
      }
      const state = await a.state()
      expect(await b.state()).toEqual(state)
      // worked out from the request itself
      const names = (text: string): string => text.replace('bulkId:', '')
      const groups = inPlace.flatMap(({ bulkId, data }) => {
        const { members } = data as { members?: readonly { value: string }[] }
        return members === undefined ? [] : [[String(bulkId), members.map(({ value }) => names(value)).sort()] as const]
      })
      expect(state['groups']).toEqual(Object.fromEntries(groups))
      const users = inPlace.flatMap(({ bulkId, data, path }) => {
        const { manager } = ((data as JsonObject)[enterpriseSchema] ?? {}) as { manager?: { value: string } }
        if (manager?.value === `bulkId:${String(bulkId)}`) circles++
        return path === '/Users' ? [[String(bulkId), manager === undefined ? '' : names(manager.value)] as const] : []
      })
      const held = Object.entries(state['users'] as Record<string, JsonObject>)
      expect(Object.fromEntries(held.map(([name, { manager }]) => [name, manager]))).toEqual(Object.fromEntries(users))
    } finally {
      await a.close()
      await b.close()
    }
  })
  await fc.assert(law, { numRuns: 200, seed })
  expect(circles).toBeGreaterThan(20)
}, 120_000)

it('whatever the operations of a request are, each has a result, and none is a failure of the bridge', async () => {
  const anything = fc.jsonValue({ maxDepth: 3 })
  const texts = fc.constantFrom(
    'bulkId:a',
    'bulkId:b',
    '',
    '/Users',
    '/Groups/bulkId:a',
    'members[value eq "bulkId:b"]',
    '"',
  )
  const value = fc.oneof({ maxDepth: 2 }, anything, texts)
  const operation = fc.record(
    {
      method: fc.oneof(fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'post', 'GET'), value),
      path: fc.oneof(fc.constantFrom('/Users', '/Groups', '/Users/1', '/Users/bulkId:a', '/Groups/bulkId:b'), value),
      bulkId: fc.oneof(fc.constantFrom('a', 'b', 'c'), value),
      version: value,
      data: fc.oneof(
        value,
        fc.record(
          { schemas: fc.constant([userSchema]), userName: value, [enterpriseSchema]: value },
          { requiredKeys: [] },
        ),
        fc.record({ displayName: value, members: value }, { requiredKeys: [] }),
        fc
          .record({ op: fc.constantFrom('add', 'remove', 'replace', 'x'), path: value, value }, { requiredKeys: [] })
          .map((one) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [one] })),
      ),
    },
    { requiredKeys: [] },
  )
  const one = fc.oneof({ weight: 9, arbitrary: operation }, { weight: 1, arbitrary: value })
  const law = fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 8 }), async (operations) => {
    const stand = bulkStand()
    try {
      const sent = JSON.parse(JSON.stringify(operations)) as readonly JsonObject[]
      const answer = await stand.send(sent).catch((error: unknown) => {
        // the same bulkId twice
        expect(isBridgeError(error) && error.reason).toBe('invalidValue')
        return undefined
      })
      if (answer === undefined) return
      expect(resultsOf(answer)).toHaveLength(sent.length)
      for (const { status } of resultsOf(answer)) expect(['2', '4']).toContain(String(status).charAt(0))
      expect(JSON.stringify(await stand.state())).not.toContain('"bulkId:')
    } finally {
      await stand.close()
    }
  })
  await fc.assert(law, { numRuns: 600, seed })
}, 120_000)
