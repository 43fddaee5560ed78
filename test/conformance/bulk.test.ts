import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { bulkOf, bulkResponse, idOf, outcomes, patch, post, put, remove, resultsOf } from '../wire/bulk.ts'
import { configured, sha256Of, shippedMapping } from '../wire/configured.ts'
import { enterpriseSchema, errorSchema, person, team, userSchema, where } from '../wire/people.ts'
import { stand } from '../wire/playground.ts'
import type { Stand } from '../wire/playground.ts'
import { refusal } from '../wire/refusal.ts'

let server: Stand
beforeAll(async () => {
  server = await stand('conformance-sqlite', { empty: true })
})
afterAll(async () => server?.stop())

let serial = 0
let name = ''
beforeEach(() => {
  name = `b${++serial}`
})

const send = (operations: readonly JsonObject[], more: JsonObject = {}) =>
  server.post('/Bulk', bulkOf(operations, more))
const read = async (path: string): Promise<JsonObject> => (await server.get(path)).body
const named = async (userName: string): Promise<number> =>
  Number((await read(`/Users${where(`userName eq "${userName}"`)}`))['totalResults'])
const members = async (group: string): Promise<readonly string[]> =>
  (((await read(`/Groups/${group}`))['members'] ?? []) as readonly JsonObject[]).map((m) => String(m['value'])).sort()
const make = async (userName: string): Promise<{ readonly id: string; readonly etag: string }> => {
  const { body, headers, status, text } = await server.post('/Users', person(userName))
  expect(status, text).toBe(201)
  return { id: String(body['id']), etag: String(headers.etag) }
}
const managed = (userName: string, manager: string): JsonObject => ({
  ...person(userName),
  schemas: [userSchema, enterpriseSchema],
  [enterpriseSchema]: { manager: { value: manager } },
})
const managerOf = async (id: string): Promise<unknown> =>
  ((await read(`/Users/${id}`))[enterpriseSchema] as { manager?: JsonObject } | undefined)?.manager?.['value']

describe('a bulk request (RFC 7644 section 3.7)', () => {
  it('is carried out, and answers with what became of each operation', async () => {
    const held = await make(`${name}-held`)
    const gone = await make(`${name}-gone`)
    const answer = await send([
      post('one', '/Users', person(`${name}-one`)),
      put(`/Users/${held.id}`, person(`${name}-held`, { title: 'Chief' })),
      patch(`/Users/${held.id}`, { op: 'add', path: 'nickName', value: 'Boss' }),
      remove(`/Users/${gone.id}`),
      post('two', '/Users', person(`${name}-ONE`)),
      remove(`/Users/${gone.id}`, { bulkId: 'again' }),
    ])
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/scim+json'])
    expect(Object.keys(answer.body).sort()).toEqual(['Operations', 'schemas'])
    expect(answer.body['schemas']).toEqual([bulkResponse])
    const [one, replaced, patched, deleted, refused, again] = resultsOf(answer)
    const place = `${server.url}/Users/`
    const version = expect.stringMatching(/^(W\/)?".+"$/) as string
    expect(one).toEqual({
      location: expect.stringContaining(place) as string,
      method: 'POST',
      bulkId: 'one',
      version,
      status: '201',
    })
    expect(replaced).toEqual({ location: place + held.id, method: 'PUT', version, status: '200' })
    expect(patched).toEqual({ location: place + held.id, method: 'PATCH', version, status: '200' })
    expect(deleted).toEqual({ location: place + gone.id, method: 'DELETE', status: '204' })
    const error = (status: string, more: JsonObject = {}) => ({
      schemas: [errorSchema],
      status,
      ...more,
      detail: expect.any(String) as string,
    })
    // RFC 7644 section 3.7.3: a POST that failed has no location, everything else has
    expect(refused).toEqual({
      method: 'POST',
      bulkId: 'two',
      status: '409',
      response: error('409', { scimType: 'uniqueness' }),
    })
    expect(again).toEqual({
      location: place + gone.id,
      method: 'DELETE',
      bulkId: 'again',
      status: '404',
      response: error('404'),
    })
    const now = await server.get(`/Users/${held.id}`)
    expect(now.body).toMatchObject({ title: 'Chief', nickName: 'Boss' })
    expect(now.headers.etag).toBe(patched?.['version'])
    expect((await server.get(String(one?.['location']).replace(server.url, ''))).headers.etag).toBe(one?.['version'])
  })

  it('is announced with the limits that hold', async () => {
    const { bulk } = await read('/ServiceProviderConfig')
    expect(bulk).toEqual({ supported: true, maxOperations: 1000, maxPayloadSize: 5 * 1024 * 1024 })
  })

  it('takes POST only', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
      expect(refusal(await server.send(method, '/Bulk', { body: '{}' }), method)).toBe('405')
  })

  it.each([
    ['is no object', '[]', '400 invalidSyntax'],
    ['has no schemas', { Operations: [remove('/Users/1')] }, '400 invalidSyntax'],
    ['has no operations', bulkOf([]), '400 invalidSyntax'],
    ['has something else in their place', { ...bulkOf([]), Operations: 'x' }, '400 invalidSyntax'],
    ['gives up after no error', bulkOf([remove('/Users/1')], { failOnErrors: 0 }), '400 invalidValue'],
    ['gives up after half an error', bulkOf([remove('/Users/1')], { failOnErrors: 1.5 }), '400 invalidValue'],
    ['gives up after a word', bulkOf([remove('/Users/1')], { failOnErrors: '1' }), '400 invalidValue'],
  ])('that %s is refused as a whole', async (_, body, expected) => {
    expect(refusal(await server.post('/Bulk', body), 'bulk')).toBe(expected)
  })

  it('that uses a bulkId twice is refused as a whole, and nothing is done', async () => {
    const answer = await send([post('a', '/Users', person(name)), post('a', '/Users', person(`${name}-2`))])
    expect(refusal(answer, 'twice')).toBe('400 invalidValue')
    expect([await named(name), await named(`${name}-2`)]).toEqual([0, 0])
  })
})

describe('an operation', () => {
  it.each([
    ['method GET', { method: 'GET', path: '/Users/1' }, '400 invalidSyntax'],
    ['no method', { path: '/Users/1' }, '400 invalidSyntax'],
    ['no path', { method: 'DELETE' }, '400 invalidSyntax'],
    ['a POST without a bulkId', { method: 'POST', path: '/Users', data: person('x') }, '400 invalidSyntax'],
    ['a POST with an empty bulkId', post('', '/Users', person('x')), '400 invalidSyntax'],
    ['a POST to a resource', post('a', '/Users/1', person('x')), '400 invalidPath'],
    ['a PUT to a resource type', put('/Users', person('x')), '400 invalidPath'],
    ['a DELETE of a resource type', remove('/Users'), '400 invalidPath'],
    ['a POST without data', { method: 'POST', path: '/Users', bulkId: 'a' }, '400 invalidSyntax'],
    ['a PUT without data', { method: 'PUT', path: '/Users/1' }, '400 invalidSyntax'],
    ['a PATCH with null for data', { method: 'PATCH', path: '/Users/1', data: null }, '400 invalidSyntax'],
    ['data that is no object', { method: 'PUT', path: '/Users/1', data: [] }, '400 invalidSyntax'],
    ['a version without quotes', remove('/Users/1', { version: '7' }), '400 invalidSyntax'],
    ['a version that is no text', remove('/Users/1', { version: 7 }), '400 invalidSyntax'],
    ['an unknown endpoint', post('a', '/Nope', person('x')), '404'],
    ['a path below a resource', remove('/Users/1/2'), '404'],
    ['another host', post('a', 'http://evil.example/Users', person('x')), '400 invalidPath'],
    ['another host without a scheme', remove('//evil.example/Users/1'), '400 invalidPath'],
    ['a way up', remove('/Users/../Groups/1'), '400 invalidPath'],
    ['a way up from the root', remove('../v2/Users/1'), '400 invalidPath'],
    ['a query', remove('/Users/1?attributes=id'), '400 invalidPath'],
    ['a broken escape', remove('/Users/%ZZ'), '400 invalidPath'],
    ['a bulk request inside', post('a', '/Bulk', bulkOf([])), '400 invalidPath'],
    ['a search', post('a', '/Users/.search', {}), '400 invalidPath'],
    ['a query over everything', post('a', '/.search', {}), '400 invalidPath'],
    ['the person of the token', patch('/Me', { op: 'remove', path: 'title' }), '400 invalidPath'],
  ])('with %s fails alone', async (_, operation, expected) => {
    const answer = await send([operation as JsonObject, post('fine', '/Users', person(name))])
    expect([answer.status, outcomes(answer)]).toEqual([200, [expected, '201']])
    expect(answer.text).not.toMatch(/undefined/)
    expect(await named(name)).toBe(1)
  })

  it('that is no object fails alone', async () => {
    const answer = await server.post('/Bulk', bulkOf([7, post('fine', '/Users', person(name))]))
    expect(outcomes(answer)).toEqual(['400 invalidSyntax', '201'])
  })

  it('is held to the version of the resource, whatever it does', async () => {
    const { id, etag } = await make(name)
    await server.patch(`/Users/${id}`, { op: 'add', path: 'title', value: 'Newer' })
    const stale = { version: etag }
    const answer = await send([
      put(`/Users/${id}`, person(name), stale),
      { ...patch(`/Users/${id}`, { op: 'remove', path: 'title' }), ...stale },
      remove(`/Users/${id}`, stale),
    ])
    expect(outcomes(answer)).toEqual(['412', '412', '412'])
    expect(resultsOf(answer).map(({ location }) => location)).toEqual(Array(3).fill(`${server.url}/Users/${id}`))
    const now = await server.get(`/Users/${id}`)
    expect(now.body['title']).toBe('Newer')
    const right = await send([remove(`/Users/${id}`, { version: String(now.headers.etag) })])
    expect([outcomes(right), (await server.get(`/Users/${id}`)).status]).toEqual([['204'], 404])
  })

  it('may be written as the client writes the words of a PATCH', async () => {
    const answer = await send([{ ...post('a', 'Users/', person(name)), method: 'Post' }])
    expect(outcomes(answer)).toEqual(['201'])
    expect(resultsOf(answer)[0]?.['method']).toBe('POST')
  })
})

describe('a reference (RFC 7644 section 3.7.2)', () => {
  it('is replaced by the id everywhere: members, managers, paths and values of a PATCH', async () => {
    const answer = await send([
      post('chief', '/Users', person(`${name}-chief`)),
      post('clerk', '/Users', managed(`${name}-clerk`, 'bulkId:chief')),
      post('bare', '/Users', {
        ...person(`${name}-bare`),
        schemas: [userSchema, enterpriseSchema],
        [enterpriseSchema]: { manager: 'bulkId:chief' },
      }),
      post('all', '/Groups', team(`${name}-all`, ['bulkId:clerk', 'bulkId:bare'])),
      post('top', '/Groups', team(`${name}-top`, ['bulkId:all'])),
      patch('/Groups/bulkId:all', { op: 'add', path: 'members', value: [{ value: 'bulkId:chief' }] }),
      patch('/Groups/bulkId:all', { op: 'remove', path: 'members[value eq "bulkId:bare"]' }),
      patch('/Users/bulkId:chief', {
        op: 'add',
        value: { title: 'Chief', [enterpriseSchema]: { manager: { value: 'bulkId:bare' } } },
      }),
      put('/Users/bulkId:clerk', managed(`${name}-clerk`, 'bulkId:bare')),
    ])
    expect(outcomes(answer)).toEqual(['201', '201', '201', '201', '201', '204', '204', '200', '200'])
    const [chief = '', clerk = '', bare = '', all = '', top = ''] = resultsOf(answer).map(idOf)
    expect(await members(all)).toEqual([chief, clerk].sort())
    expect(await members(top)).toEqual([all])
    expect([await managerOf(clerk), await managerOf(bare), await managerOf(chief)]).toEqual([bare, chief, bare])
    expect(server.dump()).not.toContain('bulkId:')
  })

  it('may come before what it refers to, and the result is the same', async () => {
    const answer = await send([
      post('g', '/Groups', team(name, ['bulkId:u'])),
      patch('/Users/bulkId:u', { op: 'add', path: 'title', value: 'Later' }),
      post('u', '/Users', managed(`${name}-u`, 'bulkId:m')),
      post('m', '/Users', person(`${name}-m`)),
    ])
    expect(outcomes(answer)).toEqual(['201', '200', '201', '201'])
    expect(resultsOf(answer).map(({ bulkId }) => bulkId)).toEqual(['g', undefined, 'u', 'm'])
    const [g = '', u2, u = '', m = ''] = resultsOf(answer).map(idOf)
    expect([await members(g), u2, await managerOf(u)]).toEqual([[u], u, m])
    expect((await read(`/Users/${u}`))['title']).toBe('Later')
  })

  it('may go round in a circle: groups in one another, managers of one another, and somebody of themselves', async () => {
    const answer = await send([
      post('a', '/Groups', team(`${name}-a`, ['bulkId:b', 'bulkId:self'])),
      post('b', '/Groups', team(`${name}-b`, ['bulkId:a'])),
      post('x', '/Users', managed(`${name}-x`, 'bulkId:z')),
      post('y', '/Users', managed(`${name}-y`, 'bulkId:x')),
      post('z', '/Users', managed(`${name}-z`, 'bulkId:y')),
      post('self', '/Users', managed(`${name}-self`, 'bulkId:self')),
    ])
    expect(outcomes(answer)).toEqual(Array(6).fill('201'))
    const [a = '', b = '', x = '', y = '', z = '', self = ''] = resultsOf(answer).map(idOf)
    expect([await members(a), await members(b)]).toEqual([[b, self].sort(), [a]])
    expect(await Promise.all([x, y, z, self].map(managerOf))).toEqual([z, x, y, self])
    for (const [i, path] of [`/Groups/${a}`, `/Groups/${b}`, `/Users/${x}`].entries())
      expect((await server.get(path)).headers.etag, path).toBe(resultsOf(answer)[i]?.['version'])
  })

  it('that goes round stands or falls as a whole', async () => {
    await make(`${name}-taken`)
    const answer = await send([
      post('x', '/Users', managed(`${name}-x`, 'bulkId:y')),
      post('y', '/Users', managed(`${name}-taken`, 'bulkId:x')),
      post('after', '/Users', managed(`${name}-after`, 'bulkId:x')),
      post('fine', '/Users', person(`${name}-fine`)),
    ])
    expect(outcomes(answer)).toEqual(['409', '409 uniqueness', '409', '201'])
    expect(resultsOf(answer)[0]).not.toHaveProperty('location')
    expect(await Promise.all(['x', 'taken', 'after', 'fine'].map((one) => named(`${name}-${one}`)))).toEqual([
      0, 1, 0, 1,
    ])
  })

  it('to nothing, to what failed, or to something of another type fails alone, and writes nothing', async () => {
    const answer = await send([
      post('no', '/Users', { schemas: [userSchema] }),
      post('nobody', '/Groups', team(`${name}-nobody`, ['bulkId:never'])),
      post('failed', '/Groups', team(`${name}-failed`, ['bulkId:no'])),
      post('group', '/Groups', team(`${name}-group`)),
      post('led', '/Users', managed(`${name}-led`, 'bulkId:group')),
      patch('/Users/bulkId:group', { op: 'add', path: 'title', value: 'x' }),
      remove('/Users/bulkId:never'),
      remove('/Groups/bulkId:failed'),
    ])
    expect(outcomes(answer)).toEqual([
      '400 invalidValue',
      '400 invalidValue',
      '409',
      '201',
      '400 invalidValue',
      '400 invalidValue',
      '400 invalidValue',
      '409',
    ])
    expect(JSON.stringify(await read('/Groups?count=1000'))).not.toMatch(`${name}-(nobody|failed)`)
    expect(await named(`${name}-led`)).toBe(0)
  })

  it('is not followed in what no client may write', async () => {
    const answer = await send([
      post('g', '/Groups', team(name, ['bulkId:u'])),
      post('u', '/Users', { ...person(name), groups: [{ value: 'bulkId:g' }], unknown: 'bulkId:nothing' }),
    ])
    expect(outcomes(answer)).toEqual(['201', '201'])
    const [g = '', u = ''] = resultsOf(answer).map(idOf)
    expect(await members(g)).toEqual([u])
  })
})

describe('failOnErrors (RFC 7644 section 3.7)', () => {
  const bad = (bulkId: string): JsonObject => post(bulkId, '/Users', { schemas: [userSchema] })
  const good = (bulkId: string): JsonObject => post(bulkId, '/Users', person(`${name}-${bulkId}`))
  const there = async (...ids: readonly string[]): Promise<readonly number[]> =>
    Promise.all(ids.map((one) => named(`${name}-${one}`)))

  it('ends with that error; what stands behind has not been done and is not told', async () => {
    const once = await send([good('a'), bad('b'), good('c')], { failOnErrors: 1 })
    expect([once.status, outcomes(once), await there('a', 'c')]).toEqual([200, ['201', '400 invalidValue'], [1, 0]])
    expect(Object.keys(once.body).sort()).toEqual(['Operations', 'schemas'])
    const twice = await send([bad('d'), good('e'), bad('f'), good('g')], { failOnErrors: 2 })
    expect(outcomes(twice)).toEqual(['400 invalidValue', '201', '400 invalidValue'])
    expect(await there('e', 'g')).toEqual([1, 0])
    const never = await send([bad('h'), good('i')], { failOnErrors: 2 })
    expect([outcomes(never), await there('i')]).toEqual([['400 invalidValue', '201'], [1]])
  })

  it('lets nothing overtake: who refers to a later operation waits for it, and is not done when that is not', async () => {
    const answer = await send(
      [post('g', '/Groups', team(name, ['bulkId:u'])), bad('b'), post('u', '/Users', person(`${name}-u`))],
      { failOnErrors: 1 },
    )
    expect(outcomes(answer)).toEqual(['400 invalidValue'])
    expect(resultsOf(answer)[0]?.['bulkId']).toBe('b')
    expect(await there('u')).toEqual([0])
    expect((await read(`/Groups${where(`displayName eq "${name}"`)}`))['totalResults']).toBe(0)
  })

  it('counts an operation that cannot be read', async () => {
    const answer = await send([remove('http://evil.example/Users/1'), good('z')], { failOnErrors: 1 })
    expect([outcomes(answer), await there('z')]).toEqual([['400 invalidPath'], [0]])
  })
})

describe('a bulk request of a client', () => {
  it('that may only read is refused operation by operation', async () => {
    const at = await configured(
      (folder) => `
tokens: [{ name: main, sha256: ${sha256Of('main')} }, { name: reader, sha256: ${sha256Of('reader')}, readOnly: true }]
applications: { people: { mapping: ${shippedMapping(folder, 'conformance-sqlite', 'people')} } }
`,
    )
    try {
      const url = at.urls[0] ?? ''
      const [main, reader] = [at.client(url, 'main'), at.client(url, 'reader')]
      const id = String((await main.post('/Users', person('held'))).body['id'])
      const answer = await reader.post(
        '/Bulk',
        bulkOf([
          post('a', '/Users', person('new')),
          patch(`/Users/${id}`, { op: 'add', path: 'title', value: 'x' }),
          remove(`/Users/${id}`),
        ]),
      )
      expect([answer.status, outcomes(answer)]).toEqual([200, ['403', '403', '403']])
      const { body } = await main.get('/Users')
      expect(body['totalResults']).toBe(1)
      expect((body['Resources'] as readonly JsonObject[])[0]).not.toHaveProperty('title')
    } finally {
      await at.stop()
    }
  })

  it('is 501, and announced as such, where it is switched off', async () => {
    const at = await configured(
      (folder) => `
tokens: [{ name: main, sha256: ${sha256Of('main')} }]
limits: { bulkOperations: 0 }
applications: { people: { mapping: ${shippedMapping(folder, 'conformance-sqlite', 'people')} } }
`,
    )
    try {
      const client = at.client(at.urls[0] ?? '', 'main')
      const answer = await client.post('/Bulk', bulkOf([remove('/Users/1')]))
      expect([answer.status, answer.body['status']]).toEqual([501, '501'])
      const { bulk } = (await client.get('/ServiceProviderConfig')).body
      expect(bulk).toEqual({ supported: false, maxOperations: 1000, maxPayloadSize: 0 })
    } finally {
      await at.stop()
    }
  })

  it('is one line in the log, with what became of its operations', async () => {
    const { id } = await make(name)
    const before = server.seen.length
    await send([remove(`/Users/${id}`), remove(`/Users/${id}`), post('a', '/Users', person(name))])
    const seen = server.seen.slice(before)
    expect(seen.filter(({ kind }) => kind === 'request')).toHaveLength(1)
    const told = seen.find((one) => one.kind === 'bulk')
    expect(told?.kind === 'bulk' && told.outcomes).toEqual({ 201: 1, 204: 1, 404: 1 })
    expect(JSON.stringify(told)).not.toContain(name)
  })
})
