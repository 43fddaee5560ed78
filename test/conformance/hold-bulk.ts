import { afterAll, beforeAll, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { bulkOf, idOf, outcomes, patch, post, put, remove, resultsOf } from '../wire/bulk.ts'
import type { Answer } from '../wire/client.ts'
import { enterpriseSchema, person, team, userSchema } from '../wire/people.ts'
import type { Served } from '../wire/playground.ts'
import { beginning, staffed, thousand } from './thousand.ts'
import type { Person, State } from './thousand.ts'

/** Bulk requests to an application without people, whatever it stands on. */
export function holdBulk(open: () => Promise<Served>): void {
  let served: Served
  beforeAll(async () => {
    served = await open()
  })
  afterAll(async () => served?.stop())
  const send = (operations: readonly JsonObject[], more: JsonObject = {}): Promise<Answer> =>
    served.send('POST', '/Bulk', { body: bulkOf(operations, more), timeout: 150_000 })
  const total = async (): Promise<number> =>
    Number((await served.get('/Users?count=0')).body['totalResults']) +
    Number((await served.get('/Groups?count=0')).body['totalResults'])

  it('does a thousand operations of every kind, and leaves what they come to one by one', async () => {
    const begun = await send(beginning)
    expect(outcomes(begun)).toEqual(beginning.map(() => '201'))
    const ids = new Map(resultsOf(begun).map((result) => [String(result['bulkId']), idOf(result)]))
    const { operations, statuses, state } = thousand(ids)
    const answer = await send(operations)
    expect(answer.status).toBe(200)
    expect(resultsOf(answer).map(({ status }, i) => `${i} ${String(status)}`)).toEqual(
      statuses.map((status, i) => `${i} ${status}`),
    )
    expect(resultsOf(answer).map(({ method, bulkId }) => [method, bulkId])).toEqual(
      operations.map(({ method, bulkId }) => [method, bulkId]),
    )
    const { held, text } = await everything(served)
    expect(text).not.toContain('bulkId:')
    expect(held).toEqual(plain(state))
  }, 300_000)

  it('gives up at the error that it is told to, and does nothing behind it', async () => {
    const bad = (bulkId: string) => post(bulkId, '/Users', { schemas: [userSchema] })
    const good = (bulkId: string) => post(bulkId, '/Users', person(`limit-${bulkId}`))
    const before = await total()
    const once = await send([good('1'), bad('2'), good('3'), bad('4'), good('5')], { failOnErrors: 1 })
    expect([outcomes(once), await total()]).toEqual([['201', '400 invalidValue'], before + 1])
    const twice = await send([good('6'), bad('7'), good('8'), bad('9'), good('10')], { failOnErrors: 2 })
    expect([outcomes(twice), await total()]).toEqual([
      ['201', '400 invalidValue', '201', '400 invalidValue'],
      before + 3,
    ])
  })

  it('is 413 over its limits, and does nothing of it', async () => {
    const before = await total()
    const many = await send(Array.from({ length: 1001 }, (_, i) => post(`${i}`, '/Users', person(`over-${i}`))))
    expect([many.status, many.body['detail']]).toEqual([413, expect.stringContaining('maxOperations (1000)')])
    const large = await send([post('a', '/Users', person('over', { title: 'x'.repeat(5 * 1024 * 1024) }))])
    expect([large.status, large.body['detail']]).toEqual([413, expect.stringContaining('maxPayloadSize (5242880')])
    expect(await total()).toBe(before)
  })

  it('heeds the version of each operation', async () => {
    const [made] = resultsOf(await send([post('v', '/Users', person('versioned'))]))
    const path = `/Users/${idOf(made)}`
    const first = { version: String(made?.['version']) }
    const answer = await send([
      put(path, person('versioned', { title: 'One' }), first),
      put(path, person('versioned', { title: 'Two' }), first),
      { ...patch(path, { op: 'remove', path: 'title' }), ...first },
      remove(path, first),
    ])
    expect(outcomes(answer)).toEqual(['200', '412', '412', '412'])
    expect((await served.get(path)).body['title']).toBe('One')
    expect(outcomes(await send([remove(path, { version: String(resultsOf(answer)[0]?.['version']) })]))).toEqual([
      '204',
    ])
  })

  it('leaves nothing of a circle in which one fails', async () => {
    const before = await total()
    const answer = await send([
      post('a', '/Users', staffed('round-a', 'bulkId:b')),
      post('b', '/Users', staffed('round-b', 'bulkId:c')),
      post('c', '/Users', staffed('limit-1', 'bulkId:a')),
      post('g', '/Groups', team('round', ['bulkId:a'])),
    ])
    expect(outcomes(answer)).toEqual(['409', '409', '409 uniqueness', '409'])
    expect(await total()).toBe(before)
  })
}

/** All people and groups, by name. */
async function everything(served: Served): Promise<{ readonly held: unknown; readonly text: string }> {
  const users = await served.get('/Users?count=1000')
  const groups = await served.get('/Groups?count=1000')
  const names = new Map<string, string>()
  const list = ({ body }: Answer): readonly JsonObject[] => body['Resources'] as readonly JsonObject[]
  for (const one of list(users)) names.set(String(one['id']), String(one['userName']))
  for (const one of list(groups)) names.set(String(one['id']), String(one['displayName']))
  const named = (id: unknown): string => names.get(String(id)) ?? `unknown ${String(id)}`
  const people = new Map<string, Person>()
  for (const one of list(users)) {
    const extension = one[enterpriseSchema] as JsonObject | undefined
    const manager = extension?.['manager'] as JsonObject | undefined
    people.set(String(one['userName']), {
      title: one['title'] === undefined ? undefined : String(one['title']),
      givenName: String((one['name'] as JsonObject)['givenName']),
      manager: manager === undefined ? undefined : named(manager['value']),
    })
  }
  const inside = new Map<string, ReadonlySet<string>>()
  for (const one of list(groups)) {
    const members = (one['members'] ?? []) as readonly JsonObject[]
    inside.set(String(one['displayName']), new Set(members.map(({ value }) => named(value))))
  }
  return { held: plain({ people, groups: inside }), text: users.text + groups.text }
}

const plain = ({ people, groups }: State): unknown => ({
  people: Object.fromEntries([...people].sort(([a], [b]) => (a < b ? -1 : 1))),
  groups: Object.fromEntries([...groups].map(([name, members]) => [name, [...members].sort()] as const).sort()),
})
