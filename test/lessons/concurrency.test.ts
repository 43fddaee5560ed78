import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { patchOf, person, team, where } from '../wire/people.ts'
import { stand } from '../wire/playground.ts'
import type { Stand } from '../wire/playground.ts'

const sixteen = Array.from({ length: 16 }, (_, i) => i)
const tally = (answers: readonly { readonly status: number }[]): Readonly<Record<number, number>> =>
  answers.reduce<Record<number, number>>((count, { status }) => ({ ...count, [status]: (count[status] ?? 0) + 1 }), {})

describe.each(['demo', 'conformance-sqlite'] as const)('many at once in %s', (name) => {
  let server: Stand
  beforeAll(async () => {
    server = await stand(name)
  })
  afterAll(async () => server?.stop())
  const make = async (userName: string): Promise<{ readonly path: string; readonly version: string }> => {
    const { body, headers } = await server.post('/Users', person(userName))
    const version = String((body['meta'] as JsonObject)['version'])
    expect(headers.etag).toBe(version)
    expect(version).toMatch(/^W\/"[^"]+"$/)
    return { path: `/Users/${String(body['id'])}`, version }
  }
  const title = (value: string): object => patchOf({ op: 'replace', path: 'title', value })

  // elsewhere 13 to 16 of them succeeded
  it('lets exactly one of sixteen PATCHes with one If-Match through', async () => {
    const { path, version } = await make('guarded')
    const answers = await Promise.all(
      sixteen.map((i) => server.send('PATCH', path, { body: title(`t${i}`), headers: { 'if-match': version } })),
    )
    expect(tally(answers)).toEqual({ 200: 1, 412: 15 })
    const winner = answers.find(({ status }) => status === 200)
    expect((await server.get(path)).body).toEqual(winner?.body)
  })

  it('lets exactly one of eight PUTs and eight DELETEs with one If-Match through', async () => {
    const { path, version } = await make('contested')
    const answers = await Promise.all(
      sixteen.map((i) =>
        i % 2 === 0
          ? server.send('PUT', path, { body: person(`contested-${i}`), headers: { 'if-match': version } })
          : server.send('DELETE', path, { headers: { 'if-match': version } }),
      ),
    )
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1)
    expect(answers.every(({ status }) => [200, 204, 412, 404].includes(status))).toBe(true)
  })

  it.each(['PUT', 'PATCH', 'DELETE'])('refuses a %s whose If-Match is stale, and changes nothing', async (method) => {
    const { path, version } = await make(`stale-${method}`)
    expect((await server.send('PATCH', path, { body: title('newer') })).status).toBe(200)
    const before = (await server.get(path)).body
    const body = { PUT: person('replaced'), PATCH: title('stale'), DELETE: undefined }[method]
    for (const stale of [version, 'W/"nonsense"', '"x", "y"']) {
      const answer = await server.send(method, path, { body, headers: { 'if-match': stale } })
      expect(answer.status).toBe(412)
      expect(answer.body['status']).toBe('412')
    }
    expect((await server.get(path)).body).toEqual(before)
    const current = String((before['meta'] as JsonObject)['version'])
    const answer = await server.send(method, path, { body, headers: { 'if-match': `"other", ${current}` } })
    expect(answer.status, answer.text).toBeLessThan(300)
  })

  it('answers 304 as long as nothing has changed', async () => {
    const { path, version } = await make('cached')
    const again = await server.send('GET', path, { headers: { 'if-none-match': version } })
    expect([again.status, again.text]).toEqual([304, ''])
    await server.send('PATCH', path, { body: title('changed') })
    expect((await server.send('GET', path, { headers: { 'if-none-match': version } })).status).toBe(200)
  })

  // elsewhere one of two got 500 from the unique index, or 409 without the word that clients look for
  it.each([
    ['/Users', (i: number) => person(i % 2 === 0 ? 'Twice' : 'tWICE', { title: `t${i}` }), 'userName eq "twice"'],
    ['/Groups', (i: number) => team(i % 2 === 0 ? 'Twice' : 'tWICE'), 'displayName eq "twice"'],
  ] as const)('makes one of sixteen equal POSTs to %s', async (path, body, filter) => {
    const answers = await Promise.all(sixteen.map((i) => server.post(path, body(i))))
    expect(tally(answers)).toEqual({ 201: 1, 409: 15 })
    for (const answer of answers) {
      if (answer.status !== 409) continue
      expect(answer.body['scimType']).toBe('uniqueness')
      // nothing of the other record comes along
      expect(answer.body['id']).toBeUndefined()
    }
    expect((await server.get(`${path}${where(filter)}`)).body['totalResults']).toBe(1)
  })

  it('gives one name to one of sixteen who want it', async () => {
    const paths = await Promise.all(sixteen.map(async (i) => (await make(`wants-${i}`)).path))
    const answers = await Promise.all(
      paths.map((path) => server.patch(path, { op: 'replace', path: 'userName', value: 'wanted' })),
    )
    expect(tally(answers)).toEqual({ 200: 1, 409: 15 })
    expect((await server.get(`/Users${where('userName eq "WANTED"')}`)).body['totalResults']).toBe(1)
  })

  it('loses none of sixteen changes to one person', async () => {
    const { path } = await make('busy')
    const answers = await Promise.all(
      sixteen.map((i) =>
        server.patch(path, { op: 'add', path: 'emails', value: [{ value: `busy${i}@example.com`, type: 'work' }] }),
      ),
    )
    expect(tally(answers)).toEqual({ 200: 16 })
    expect((await server.get(path)).body['emails']).toHaveLength(16)
  })

  // with process-wide state half of the answers came out in the wrong version
  it('keeps versioned and unversioned requests apart', async () => {
    const { path } = await make('both-ways')
    const unversioned = server.url.replace(/\/v2$/, '')
    const headers = { authorization: `Bearer ${server.token}` }
    const [direct, ...answers] = await Promise.all([
      server.get(path),
      ...sixteen.map((i) =>
        fetch(`${i % 2 === 0 ? server.url : unversioned}${i % 4 < 2 ? path : '/v1/Users'}`, { headers }).then(
          async (answer) => ({ i, status: answer.status, body: (await answer.json()) as JsonObject }),
        ),
      ),
    ])
    for (const { i, status, body } of answers) {
      if (i % 4 < 2) expect(body).toEqual(direct.body)
      else expect([404, 400]).toContain(status)
    }
  })
})

describe('a database that is locked', () => {
  let server: Stand
  beforeAll(async () => {
    server = await stand('demo')
  })
  afterAll(async () => server?.stop())

  it('is 503 with Retry-After within a bound, and nothing is lost', async () => {
    const { DatabaseSync } = await import('node:sqlite')
    const [{ file } = {}] = server.sql('PRAGMA database_list')
    const other = new DatabaseSync(String(file))
    other.exec('BEGIN IMMEDIATE')
    try {
      const start = performance.now()
      const [read, written] = await Promise.all([
        server.get('/Users?count=1'),
        server.post('/Users', person('patient')),
      ])
      expect(performance.now() - start).toBeLessThan(12_000)
      // a reader has nothing to wait for
      expect(read.status).toBe(200)
      expect(written.status, written.text).toBe(503)
      expect(Number(written.headers['retry-after'])).toBeGreaterThan(0)
      expect(written.body['status']).toBe('503')
    } finally {
      other.exec('ROLLBACK')
      other.close()
    }
    expect((await server.post('/Users', person('patient'))).status).toBe(201)
  })
})
