import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { heartbeat } from '../wire/heartbeat.ts'
import { person, where } from '../wire/people.ts'
import { stand } from '../wire/playground.ts'
import type { Stand } from '../wire/playground.ts'
import { refusal } from '../wire/refusal.ts'

const times = <T>(length: number, part: (i: number) => T): readonly T[] => Array.from({ length }, (_, i) => part(i))

describe('requests that would cost much', () => {
  let server: Stand
  let user = ''
  beforeAll(async () => {
    server = await stand('conformance-sqlite', { profile: 'tolerant' })
    const emails = times(5_000, (i) => ({ value: `${i}@x.org`, type: 'work' }))
    user = String((await server.post('/Users', person('many', { emails }))).body['id'])
  })
  afterAll(async () => server?.stop())

  /** Runs it while somebody else asks for something small. */
  async function beside<T>(work: () => Promise<T>): Promise<T> {
    const beat = heartbeat(server, '/ServiceProviderConfig')
    const result = await work()
    const { slowest, statuses } = await beat.stop()
    expect([...statuses]).toEqual([200])
    expect(slowest).toBeLessThan(1000)
    return result
  }

  const operations: readonly (readonly [string, (i: number) => object])[] = [
    ['add', (i) => ({ op: 'add', path: 'emails', value: [{ value: `n${i}@x.org` }] })],
    ['remove', (i) => ({ op: 'remove', path: `emails[value eq "${i}@x.org"]` })],
    ['replace', (i) => ({ op: 'replace', path: `emails[value eq "${i}@x.org"].display`, value: 'x' })],
  ]
  it.each(operations)('refuses thousands of operations at once: %s', async (_, operation) => {
    const before = server.dump()
    for (const count of [5_000, 1_000]) {
      const answer = await beside(() => server.patch(`/Users/${user}`, ...times(count, operation)))
      expect(refusal(answer, `${count} operations`)).toBe('413')
    }
    expect(server.dump() === before, 'something was changed').toBe(true)
  })

  it('removes thousands of values in one operation', async () => {
    const value = times(4_000, (i) => ({ value: `${i}@x.org` }))
    const answer = await beside(() => server.patch(`/Users/${user}`, { op: 'remove', path: 'emails', value }))
    expect(answer.status).toBe(200)
    expect(answer.body['emails']).toHaveLength(1_000)
  })

  it.each([
    ['value paths', times(300, (i) => `emails[type eq "work" and value co "z${i}"]`).join(' or ')],
    ['parts of text', times(300, (i) => `emails co "z${i}"`).join(' and ')],
  ])('refuses hundreds of comparisons in a filter: %s', async (_, filter) => {
    const answer = await beside(() =>
      server.post('/Users/.search', { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter }),
    )
    expect(refusal(answer, filter.slice(0, 80))).toBe('400 invalidFilter')
  })

  it('finds a batch of users by what a client knows of them', async () => {
    const filter = times(150, (i) => `id eq "${i === 77 ? user : i}"`).join(' or ')
    const answer = await beside(() => server.get(`/Users${where(filter)}`))
    expect(answer.body['totalResults']).toBe(1)
  })
})
