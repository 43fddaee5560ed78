import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { start } from '../../src/cli/start.ts'
import type { Running } from '../../src/cli/start.ts'
import { readConfig } from '../../src/config.ts'
import { digestOf } from '../../src/http/auth.ts'
import { scimClient } from '../wire/client.ts'
import type { Answer, Client } from '../wire/client.ts'
import { person } from '../wire/people.ts'
import { mappings } from '../wire/playground.ts'

const tokens = { one: 'the-token-of-one-client', other: 'the-token-of-another-client' }
const people = 30
const secret = 'what-outlives-a-change-of-the-configuration'
const searchRequest = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

let folder: string
const running: Running[] = []
const clients: Client[] = []

/** The widest mapping, with two clients; `more` is of the configuration. */
async function open(name: string, more: string): Promise<{ readonly one: Client; readonly other: Client }> {
  const file = join(folder, `${name}.yaml`)
  const named = Object.entries(tokens).map(
    ([who, token]) => `  - { name: ${who}, sha256: ${digestOf(token).toString('hex')} }`,
  )
  const mapping = join(mappings, 'conformance-sqlite.yaml')
  const lines = [`applications: { people: ${mapping} }`, 'listen: { port: 0 }', `sideStore: ${name}/side.db`]
  writeFileSync(file, [...lines, 'tokens:', ...named, more].join('\n'))
  const env = { SCIM_BRIDGE_CONFORMANCE_DB: join(folder, `${name}.db`) }
  const server = await start(readConfig(file, {}, env), env, () => undefined)
  running.push(server)
  const [one, other] = Object.values(tokens).map((token) => scimClient(server.urls[0] ?? '', token))
  if (one === undefined || other === undefined) throw new Error('two tokens make two clients')
  clients.push(one, other)
  for (let i = 0; i < people; i++) await one.post('/Users', person(`p${i}`))
  return { one, other }
}

let one: Client
let other: Client
let hasty: Client
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scim-bridge-paging-'))
  ;({ one, other } = await open('usual', `limits: { page: 20, maxResults: 25 }\ncursors: { secret: ${secret} }`))
  hasty = (await open('hasty', 'cursors: { timeout: 3s }')).one
}, 60_000)
afterAll(async () => {
  for (const client of clients) client.close()
  for (const server of running) await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const list = async (query: string): Promise<JsonObject> => {
  const answer = await one.get(`/Users?attributes=userName${query}`)
  expect(answer.status, answer.text).toBe(200)
  return answer.body
}
const idsOf = ({ Resources }: JsonObject): readonly unknown[] =>
  (Resources as readonly JsonObject[]).map(({ id }) => id)
const cursorOf = ({ nextCursor }: JsonObject): string => String(nextCursor)
const refusal = ({ status, body }: Answer): string => `${status} ${String(body['status'])} ${String(body['scimType'])}`

describe('paging by index (RFC 7644 section 3.4.2.4)', () => {
  it.each(['0', '-5', '-99999999999999999999'])('takes a startIndex of %s for 1', async (startIndex) => {
    const page = await list(`&startIndex=${startIndex}&count=3`)
    expect(page['startIndex']).toBe(1)
    expect(idsOf(page)).toEqual(idsOf(await list('&count=3')))
  })

  it.each(['0', '-1'])('shows nobody and the total for a count of %s', async (count) => {
    expect(await list(`&count=${count}`)).toMatchObject({ totalResults: people, itemsPerPage: 0, Resources: [] })
  })

  it('shows no more than was asked for, and no more than maxResults', async () => {
    for (const [count, shown] of [
      [3, 3],
      [25, 25],
      [1000, 25],
    ] as const)
      expect((await list(`&count=${count}`))['itemsPerPage']).toBe(shown)
    expect((await list(''))['itemsPerPage']).toBe(20)
  })

  it.each([31, 9999])('answers a startIndex of %i beyond the end with nobody and the total', async (startIndex) => {
    expect(await list(`&startIndex=${startIndex}`)).toMatchObject({
      ...{ totalResults: people, itemsPerPage: 0, startIndex, Resources: [] },
    })
  })

  it.each(['count=abc', 'count=1.5', 'startIndex=one', 'startIndex='])('refuses %s as invalidValue', async (query) => {
    expect(refusal(await one.get(`/Users?${query}`))).toBe('400 400 invalidValue')
  })

  it('says of each page how many it shows, and shows everybody once', async () => {
    const seen: unknown[] = []
    for (let startIndex = 1; startIndex <= people; startIndex += 7) {
      const page = await list(`&startIndex=${startIndex}&count=7`)
      expect(page).toMatchObject({ totalResults: people, startIndex, itemsPerPage: idsOf(page).length })
      seen.push(...idsOf(page))
    }
    expect(new Set(seen).size).toBe(people)
    expect(seen).toHaveLength(people)
  })

  it('is what a request without a word of paging gets', async () => {
    const page = await list('')
    expect(page).toMatchObject({ startIndex: 1, totalResults: people })
    expect(page).not.toHaveProperty('nextCursor')
    expect((await one.get('/ServiceProviderConfig')).body['pagination']).toEqual({
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: 20,
      maxPageSize: 25,
      cursorTimeout: 3600,
    })
  })
})

describe('paging by cursor (RFC 9865)', () => {
  it.each(['&cursor&count=10', '&cursor=&count=10', '&count=10&CURSOR='])('begins with %s', async (query) => {
    const first = await list(query)
    expect(first).toMatchObject({ totalResults: people, itemsPerPage: 10 })
    expect(first).not.toHaveProperty('previousCursor')
    expect(first).not.toHaveProperty('startIndex')
  })

  it('leads from the first page to the last one, and back, by unreserved characters', async () => {
    const first = await list('&cursor=&count=10')
    const second = await list(`&count=10&cursor=${cursorOf(first)}`)
    const third = await list(`&count=10&cursor=${cursorOf(second)}`)
    const all = [first, second, third].flatMap(idsOf)
    expect(new Set(all).size).toBe(people)
    // thirty in pages of ten: the third page is full, and the last one
    expect(third).not.toHaveProperty('nextCursor')
    const back = await list(`&count=10&cursor=${String(third['previousCursor'])}`)
    expect(idsOf(back)).toEqual(idsOf(second))
    for (const cursor of [cursorOf(first), cursorOf(second), String(third['previousCursor'])])
      expect(cursor).toMatch(/^[A-Za-z0-9\-._~]+$/)
  })

  it('is in the order that was asked for', async () => {
    const names: unknown[] = []
    for (let cursor: unknown = ''; cursor !== undefined;) {
      const page = await list(`&sortBy=userName&sortOrder=descending&count=7&cursor=${String(cursor)}`)
      names.push(...(page['Resources'] as readonly JsonObject[]).map(({ userName }) => userName))
      cursor = page['nextCursor']
    }
    expect(names).toEqual(names.toSorted().toReversed())
    expect(names).toHaveLength(people)
  })

  it('goes on by POST to /.search, and from there by GET', async () => {
    const search = async (cursor: string): Promise<JsonObject> => {
      const body = { schemas: [searchRequest], attributes: ['userName'], cursor, count: 10 }
      const answer = await one.post('/Users/.search', body)
      expect(answer.status, answer.text).toBe(200)
      return answer.body
    }
    const first = await search('')
    const second = await search(cursorOf(first))
    expect(idsOf(first).filter((id) => idsOf(second).includes(id))).toEqual([])
    expect(idsOf(await list(`&count=10&cursor=${cursorOf(first)}`))).toEqual(idsOf(second))
    for (const [more, expected] of [
      [{ cursor: 5 }, '400 400 invalidCursor'],
      [{ cursor: '', count: '7' }, '400 400 invalidCount'],
      [{ cursor: '', startIndex: 1 }, '400 400 invalidValue'],
    ] as const)
      expect(refusal(await one.post('/Users/.search', { schemas: [searchRequest], ...more }))).toBe(expected)
  })

  it.each([
    ['cursor=%%%', 'invalidCursor'],
    ['cursor=made-up', 'invalidCursor'],
    ['cursor=a&cursor=b', 'invalidCursor'],
    ['cursor=&count=abc', 'invalidCount'],
    ['cursor=&count=1.5', 'invalidCount'],
    ['cursor=&count=26', 'invalidCount'],
    ['cursor=&startIndex=1', 'invalidValue'],
  ])('refuses %s as %s', async (query, scimType) => {
    expect(refusal(await one.get(`/Users?${query}`))).toBe(`400 400 ${scimType}`)
  })

  it('refuses another count on the next page', async () => {
    const cursor = cursorOf(await list('&cursor=&count=10'))
    const answer = await one.get(`/Users?attributes=userName&count=11&cursor=${cursor}`)
    expect(refusal(answer)).toBe('400 400 invalidCount')
  })

  it('refuses a forged cursor, one of another query and one of another client in the very same words', async () => {
    const cursor = cursorOf(await list('&cursor=&count=10'))
    const flipped = cursor.slice(0, 40) + (cursor[40] === 'x' ? 'y' : 'x') + cursor.slice(41)
    const refusals = [
      await one.get(`/Users?attributes=userName&count=10&cursor=${flipped}`),
      await one.get('/Users?attributes=userName&count=10&cursor=made-up'),
      await one.get(`/Users?attributes=userName&count=10&sortBy=title&cursor=${cursor}`),
      await one.get(`/Users?attributes=userName&count=10&filter=active%20pr&cursor=${cursor}`),
      await one.get(`/Users?attributes=title&count=10&cursor=${cursor}`),
      await one.get(`/Groups?attributes=userName&count=10&cursor=${cursor}`),
      await other.get(`/Users?attributes=userName&count=10&cursor=${cursor}`),
    ]
    for (const answer of refusals) expect(refusal(answer)).toBe('400 400 invalidCursor')
    expect(new Set(refusals.map(({ body }) => body['detail'])).size).toBe(1)
    expect(idsOf(await list(`&count=10&cursor=${cursor}`))).toHaveLength(10)
  })

  it('refuses a cursor that is too old', async () => {
    const first = (await hasty.get('/Users?cursor=&count=10')).body
    const path = `/Users?count=10&cursor=${cursorOf(first)}`
    expect((await hasty.get(path)).status).toBe(200)
    await sleep(3100)
    expect(refusal(await hasty.get(path))).toBe('400 400 expiredCursor')
    const { pagination } = (await hasty.get('/ServiceProviderConfig')).body as { pagination: JsonObject }
    expect(pagination['cursorTimeout']).toBe(3)
  })

  it('looks at the permission of every page', async () => {
    const cursor = cursorOf(await list('&cursor=&count=10'))
    const file = join(folder, 'withdrawn.yaml')
    const mapping = join(mappings, 'conformance-sqlite.yaml')
    const digest = (token: string): string => digestOf(token).toString('hex')
    writeFileSync(
      file,
      `applications: { people: { mapping: ${mapping}, path: /scim }, elsewhere: ${mapping} }
listen: { port: 0 }
sideStore: withdrawn/side.db
cursors: { secret: ${secret} }
tokens:
  - { name: one, sha256: ${digest(tokens.one)}, applications: [elsewhere] }`,
    )
    const env = { SCIM_BRIDGE_CONFORMANCE_DB: join(folder, 'usual.db') }
    const server = await start(readConfig(file, {}, env), env, () => undefined)
    running.push(server)
    const asked = [tokens.one, tokens.other].map(async (token) => {
      const client = scimClient(server.urls[0] ?? '', token)
      clients.push(client)
      return (await client.get(`/Users?attributes=userName&count=10&cursor=${cursor}`)).status
    })
    expect(await Promise.all(asked)).toEqual([403, 401])
    expect(idsOf(await list(`&count=10&cursor=${cursor}`))).toHaveLength(10)
  })

  it('keeps nothing for cursors that were given out', { timeout: 60_000 }, async () => {
    const first = cursorOf(await list('&cursor=&count=1'))
    for (let i = 0; i < 100; i++) await Promise.all([1, 2, 3, 4].map(() => list('&cursor=&count=1')))
    expect(idsOf(await list(`&count=1&cursor=${first}`))).toHaveLength(1)
  })
})
