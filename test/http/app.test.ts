import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BridgeError } from '../../src/base/errors.ts'
import type { Stand } from './stand.ts'
import { fakeBridge, otherToken, rawRequest, readToken, stand, token } from './stand.ts'

const error = 'urn:ietf:params:scim:api:messages:2.0:Error'

let at: Stand
beforeAll(async () => {
  at = await stand({}, { other: fakeBridge('other') })
})
afterAll(() => at.stop())
beforeEach(() => {
  at.bridge.asked.length = 0
  at.seen.length = 0
  at.bridge.answer = undefined
})

const asked = () => at.bridge.asked.map(({ request }) => request)

describe('resources', () => {
  it('creates with 201, Location and ETag, and reads back what it made', async () => {
    const made = await at.call('POST', '/Users?attributes=userName', { body: { userName: 'märrie' } })
    expect(made.status).toBe(201)
    const location = made.headers.get('location') ?? ''
    expect(location).toBe(`${at.url}/scim/v2/Users/u1`)
    expect(made.headers.get('content-type')).toBe('application/scim+json')
    expect(made.headers.get('etag')).toBe('W/"1"')
    const got = await fetch(location, { headers: { authorization: `Bearer ${token}` } })
    expect([got.status, await got.json()]).toEqual([200, { userName: 'märrie', id: 'u1' }])
    expect(asked()[0]).toEqual({
      kind: 'create',
      type: 'User',
      body: { userName: 'märrie' },
      show: { attributes: ['userName'] },
    })
  })

  it('hands every method down with id, body, projection and guard', async () => {
    const guard = { 'if-match': 'W/"7", "8"' }
    await at.call('GET', '/Groups/g%201?excludedAttributes=members', { headers: { 'if-none-match': '*' } })
    await at.call('GET', '/Groups?filter=displayName+eq+%22x%22&count=5&')
    await at.call('PUT', '/Groups/g1', { body: { displayName: 'x' }, headers: guard })
    await at.call('PATCH', '/Groups/g1', { body: { Operations: [] }, headers: guard })
    const deleted = await at.call('DELETE', '/Groups/g1', { headers: guard })
    await at.call('POST', '/Groups/.search', { body: { filter: 'f' } })
    await at.call('GET', '/?filter=id+pr')
    await at.call('GET', '?count=1')
    await at.call('POST', '/.search', { body: { filter: 'g' } })
    const ifMatch = ['W/"7"', '"8"']
    expect(asked()).toEqual([
      { kind: 'get', type: 'Group', id: 'g 1', show: { excludedAttributes: ['members'] }, ifNoneMatch: '*' },
      { kind: 'list', type: 'Group', query: { filter: 'displayName eq "x"', count: 5 } },
      { kind: 'replace', type: 'Group', id: 'g1', body: { displayName: 'x' }, show: {}, ifMatch },
      { kind: 'patch', type: 'Group', id: 'g1', body: { Operations: [] }, show: {}, ifMatch },
      { kind: 'delete', type: 'Group', id: 'g1', ifMatch },
      { kind: 'list', type: 'Group', query: { filter: 'f' } },
      { kind: 'listAll', query: { filter: 'id pr' } },
      { kind: 'listAll', query: { count: 1 } },
      { kind: 'listAll', query: { filter: 'g' } },
    ])
    expect([deleted.status, deleted.text, deleted.headers.get('content-type')]).toEqual([204, '', null])
  })

  it('takes no filter from a URL that the bridge calls sensitive', async () => {
    for (const path of ['/Users', '/Users/u1', '/']) {
      const answer = await at.call('GET', `${path}?filter=sensitive+pr`)
      expect([path, answer.status, answer.body]).toEqual([
        path,
        403,
        {
          schemas: [error],
          status: '403',
          scimType: 'sensitive',
          detail: expect.stringContaining('not in a URL') as unknown,
        },
      ])
    }
    for (const path of ['/Users/.search', '/.search'])
      expect((await at.call('POST', path, { body: { filter: 'sensitive pr' } })).status).toBe(200)
  })

  it('answers 304 without body or type', async () => {
    at.bridge.answer = () => Promise.resolve({ status: 304, etag: '"v"', body: { never: 'shown' } })
    const got = await at.call('GET', '/Users/u1')
    expect([got.status, got.text, got.headers.get('etag')]).toEqual([304, '', '"v"'])
    expect(got.headers.get('content-type')).toBeNull()
  })

  it.each([
    ['/Users/a%2Fb', 'a/b'],
    ['/Users/%2e%2e', '..'],
    ['/Users/..%2F..%2Fetc', '../../etc'],
    ['/Users/%2541', '%41'],
    ['/Users/a.b.scim', 'a.b.scim'],
    ['/Users/ou=x%2Cdc=y', 'ou=x,dc=y'],
    ['/Users/u1/', 'u1'],
    ['/Users/%C3%A9', 'é'],
    ['/Users/a+b', 'a+b'],
    ['/Users/a%00b', 'a\0b'],
    ['/users/u1', 'u1'],
    ['/Users/u1?', 'u1'],
    ['/Users/__proto__', '__proto__'],
  ])('decodes the id of %s once', async (path, id) => {
    await at.raw(rawRequest(`GET /scim/v2${path}`))
    expect(asked()).toEqual([{ kind: 'get', type: 'User', id, show: {} }])
  })

  it.each(['/Users/%ZZ', '/Users/%', '/Users/%FF', '/Users/%C0%AE'])(
    'refuses the broken escape of %s',
    async (path) => {
      const answer = await at.raw(rawRequest(`GET /scim/v2${path}`))
      expect(answer).toMatch(/^HTTP\/1\.1 400 /)
      expect(answer).toContain('"scimType":"invalidSyntax"')
      expect(asked()).toEqual([])
    },
  )

  it('does not walk up a path', async () => {
    expect(await at.raw(rawRequest('GET /scim/v2/Users/../Groups/g1'))).toMatch(/^HTTP\/1\.1 404 /)
    expect(asked()).toEqual([])
  })
})

describe('routes', () => {
  it.each([
    ['DELETE', '/Users', 'GET, HEAD, POST, OPTIONS'],
    ['PATCH', '/Users', 'GET, HEAD, POST, OPTIONS'],
    ['POST', '/Users/u1', 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'],
    ['GET', '/Users/.search', 'POST, OPTIONS'],
    ['GET', '/.search', 'POST, OPTIONS'],
    ['POST', '/', 'GET, HEAD, OPTIONS'],
    ['PUT', '/ServiceProviderConfig', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/Schemas', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/Schemas/urn:x', 'GET, HEAD, OPTIONS'],
    ['POST', '/ResourceTypes', 'GET, HEAD, OPTIONS'],
    ['GET', '/Bulk', 'POST, OPTIONS'],
  ])('%s %s is 405 with Allow', async (method, path, allow) => {
    const answer = await at.call(method, path)
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow])
    expect(answer.body).toMatchObject({ schemas: [error], status: '405' })
  })

  it.each([
    ['GET', '/Me', 501, undefined],
    ['PATCH', '/Me', 501, undefined],
    ['GET', '/Nope', 404, undefined],
    ['GET', '/Users/1/2', 404, undefined],
    ['GET', '/Users/v2/x', 404, undefined],
    ['GET', '/Schemas?filter=id+pr', 403, undefined],
    ['GET', '/ServiceProviderConfig?filter=', 403, undefined],
  ])('%s %s is %i', async (method, path, status, scimType) => {
    const answer = await at.call(method, path)
    expect([answer.status, answer.body.status, answer.body.scimType]).toEqual([status, String(status), scimType])
    expect(answer.headers.get('content-type')).toBe('application/scim+json')
    expect(answer.body.detail).toBeTypeOf('string')
  })

  it.each([
    ['/scim/v9/Users', 400, 'invalidVers'],
    ['/scim/v1', 400, 'invalidVers'],
    ['/scim/v2.1/Users', 400, 'invalidVers'],
    ['/other/scim/v3/Users', 400, 'invalidVers'],
    ['/scim/Users/v2', 404, undefined],
    ['/scim/vX/Users', 404, undefined],
    ['/Users', 404, undefined],
    ['/', 404, undefined],
    ['//', 404, undefined],
    ['/scim/v2//Users', 404, undefined],
    ['/scimx/v2/Users', 404, undefined],
  ])('%s is %i', async (path, status, scimType) => {
    at.bridge.answer = () => Promise.reject(new BridgeError('notFound', 'no such User'))
    const answer = await at.raw(rawRequest(`GET ${path}`))
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer.includes('invalidVers')).toBe(scimType === 'invalidVers')
    expect(answer).toContain(error)
  })

  it('serves without a version, too, and says the versioned place', async () => {
    const answer = await fetch(`${at.url}/scim/ResourceTypes`, { headers: { authorization: `Bearer ${token}` } })
    expect(await answer.json()).toEqual({ which: 'ResourceTypes', one: null, at: `${at.url}/scim/v2` })
  })

  it('serves discovery, one by one and all, whatever paging says', async () => {
    expect((await at.call('GET', '/Schemas?startIndex=2&count=abc&sortBy=x')).body).toMatchObject({ which: 'Schemas' })
    const urn = 'urn:ietf:params:scim:schemas:core:2.0:User'
    expect((await at.call('GET', `/Schemas/${urn}`)).body.one).toBe(urn)
    expect((await at.call('GET', `/Schemas/${encodeURIComponent(urn)}`)).body.one).toBe(urn)
    expect((await at.call('GET', '/ResourceTypes/User/')).body).toMatchObject({ which: 'ResourceTypes', one: 'User' })
  })

  it('answers HEAD as GET without a body, and OPTIONS with Allow', async () => {
    const got = await at.call('GET', '/Users')
    const head = await at.call('HEAD', '/Users')
    expect([head.status, head.text]).toEqual([200, ''])
    expect(head.headers.get('content-length')).toBe(got.headers.get('content-length'))
    const options = await at.call('OPTIONS', '/Users/u1')
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'])
    const missing = await at.call('HEAD', '/Users/none')
    expect([missing.status, missing.text]).toEqual([404, ''])
  })

  it('keeps two applications apart', async () => {
    const response = await fetch(`${at.url}/other/scim/v2/ServiceProviderConfig`)
    expect(await response.json()).toMatchObject({ at: `${at.url}/other/scim/v2` })
    const headers = { authorization: `Bearer ${otherToken}` }
    expect((await fetch(`${at.url}/other/scim/v2/Users`, { headers })).status).toBe(200)
    const crossed = await at.call('GET', '/Users', { headers })
    expect([crossed.status, crossed.body.status]).toEqual([403, '403'])
    expect(asked()).toEqual([])
  })
})

describe('authentication', () => {
  it.each([
    ['none', undefined, 'Bearer realm="scim"'],
    ['no scheme', 'non-token', 'Bearer realm="scim"'],
    ['another scheme', 'Basic dTpw', 'Bearer realm="scim"'],
    ['a wrong token', 'Bearer wrong-token-wrong-token', 'Bearer realm="scim", error="invalid_token"'],
  ])('%s is 401 with a challenge and a SCIM body', async (_, authorization, challenge) => {
    for (const path of ['/scim/v2/Users', '/scim/v2/Nope', '/nowhere', '/scim/v2/Schemas']) {
      const answer = await fetch(`${at.url}${path}`, { ...(authorization && { headers: { authorization } }) })
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe(challenge)
      expect(answer.headers.get('content-type')).toBe('application/scim+json')
      const body = (await answer.json()) as Record<string, unknown>
      expect(body).toMatchObject({ schemas: [error], status: '401' })
      expect(body.detail).toBeTruthy()
    }
  })

  it('shows how to authenticate to anybody, but not to a wrong token', async () => {
    const url = `${at.url}/scim/v2/ServiceProviderConfig`
    expect((await fetch(url)).status).toBe(200)
    expect((await fetch(url, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401)
    expect((await fetch(url, { method: 'PUT' })).status).toBe(401)
  })

  it('lets a reading token read and search only', async () => {
    const headers = { authorization: `Bearer ${readToken}` }
    expect((await at.call('GET', '/Users', { headers })).status).toBe(200)
    expect((await at.call('POST', '/Users/.search', { headers, body: {} })).status).toBe(200)
    expect((await at.call('GET', '/', { headers })).status).toBe(200)
    expect((await at.call('POST', '/.search', { headers, body: {} })).status).toBe(200)
    for (const [method, path] of [
      ['POST', '/Users'],
      ['PUT', '/Users/u1'],
      ['PATCH', '/Users/u1'],
      ['DELETE', '/Users/u1'],
    ] as const) {
      const answer = await at.call(method, path, { headers, ...(method !== 'DELETE' && { body: {} }) })
      expect([method, answer.status]).toEqual([method, 403])
    }
    expect(asked().filter((request) => request.kind !== 'list' && request.kind !== 'listAll')).toEqual([])
  })
})

describe('content', () => {
  it('follows Accept, while an error is a SCIM message whatever was asked for', async () => {
    const plain = { accept: 'application/json' }
    expect((await at.call('GET', '/Users', { headers: plain })).headers.get('content-type')).toBe('application/json')
    const nope = await at.call('GET', '/Nope', { headers: plain })
    expect([nope.status, nope.headers.get('content-type')]).toEqual([404, 'application/scim+json'])
    const xml = await at.call('GET', '/Users', { headers: { accept: 'text/xml' } })
    expect([xml.status, xml.headers.get('content-type')]).toEqual([406, 'application/scim+json'])
  })

  it.each([
    'application/scim+json',
    'application/json',
    'application/scim+json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    '',
  ])('takes a body of type %j', async (type) => {
    const answer = await at.raw(
      rawRequest(
        'POST /scim/v2/Users',
        [...(type === '' ? [] : [`Content-Type: ${type}`]), 'Content-Length: 2'],
        '',
      ).concat('{}'),
    )
    expect(answer).toMatch(/^HTTP\/1\.1 201 /)
  })

  it.each([
    ['content-type', 'text/xml'],
    ['content-type', 'text/plain'],
    ['content-type', 'application/x-www-form-urlencoded'],
    ['content-type', 'application/json; charset=iso-8859-1'],
    ['content-encoding', 'gzip'],
  ])('refuses %s: %s with 415', async (name, value) => {
    const answer = await at.call('POST', '/Users', { body: '{}', headers: { [name]: value } })
    expect([answer.status, answer.body.status]).toEqual([415, '415'])
    expect(asked()).toEqual([])
  })

  it.each([
    ['{', 'line 1, column 2'],
    ['{"password":"hunter2hunter2",}', 'line 1, column 30'],
    ['{"a":1,\n "password": hunter2hunter2}', 'line 2, column 14'],
    ['junk', 'line 1, column 1'],
    ['', 'no body'],
    ['  \n', 'no body'],
    ['\ufeff', 'no body'],
    ['['.repeat(5000) + ']'.repeat(5000), 'deeper than the limit of 32'],
    ['{"a":'.repeat(33) + '1' + '}'.repeat(33), 'deeper than the limit of 32'],
    [Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'not valid UTF-8'],
    [Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 'not valid UTF-8'],
  ])('refuses the body %j with a position and no echo', async (body, says) => {
    const bytes = Buffer.from(body)
    const head = rawRequest('POST /scim/v2/Users', [
      'Content-Type: application/json',
      `Content-Length: ${bytes.length}`,
    ])
    const answer = await at.raw(head, bytes)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('"scimType":"invalidSyntax"')
    expect(answer).toContain(says)
    expect(answer).not.toContain('hunter2')
    expect(asked()).toEqual([])
  })

  it('refuses a POST without any body', async () => {
    const answer = await at.raw(rawRequest('POST /scim/v2/Users'))
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('takes 32 levels, a byte order mark and a repeated key', async () => {
    const deep = '{"a":'.repeat(32) + '1' + '}'.repeat(32)
    expect((await at.call('POST', '/Users', { body: deep })).status).toBe(201)
    expect((await at.call('POST', '/Users', { body: '\ufeff{"a":1,"a":2}' })).body.a).toBe(2)
  })

  it('keeps __proto__ a key among others', async () => {
    const body = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"__proto__":{"polluted":2}}'
    expect((await at.call('POST', '/Users', { body })).status).toBe(201)
    const sent = at.bridge.asked[0]?.request
    expect(sent?.kind === 'create' && Object.getPrototypeOf(sent.body) === Object.prototype).toBe(true)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('every answer', () => {
  it('has an id, timing, and may not be cached or sniffed', async () => {
    for (const path of ['/Users', '/Nope', '/Me']) {
      const { headers } = await at.call('GET', path)
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('server-timing')).toMatch(/total;dur=\d/)
      expect(headers.get('x-powered-by')).toBeNull()
    }
    expect((await at.call('GET', '/Users')).headers.get('server-timing')).toMatch(/^run;dur=[\d.]+, total;dur=[\d.]+$/)
  })

  it.each([
    ['abc-123', true],
    ['a1', false],
    ['a b c d', false],
    ['x'.repeat(200), false],
    ['{"json":1}', false],
  ])('takes the request id %j over: %s', async (id, taken) => {
    const answer = await at.call('GET', '/Users', { headers: { 'x-request-id': id } })
    expect(answer.headers.get('x-request-id') === id).toBe(taken)
    expect(at.bridge.asked[0]?.context.id).toBe(answer.headers.get('x-request-id'))
  })

  it.each([
    [new BridgeError('conflict', 'userName is taken', new Error('Duplicate')), 409, 'uniqueness', 'userName is taken'],
    [new BridgeError('preconditionFailed', 'changed'), 412, undefined, 'changed'],
    [new BridgeError('unavailable', 'The database does not answer'), 503, undefined, 'The database does not answer'],
  ])('shows what the service says: %s', async (thrown, status, scimType, detail) => {
    at.bridge.answer = () => Promise.reject(thrown)
    const answer = await at.call('GET', '/Users')
    expect([answer.status, answer.body.scimType, answer.body.detail]).toEqual([status, scimType, detail])
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '5' : null)
  })

  it('hides what is not meant to be seen, and tells the log', async () => {
    const cause = new Error('SELECT password FROM people at /srv/secret.ts')
    at.bridge.answer = () => Promise.reject(cause)
    const answer = await at.call('GET', '/Users')
    expect(answer.status).toBe(500)
    expect(answer.text).not.toMatch(/SELECT|secret|stack/)
    const id = answer.headers.get('x-request-id')
    expect(answer.body.detail).toContain(id)
    expect(at.seen).toContainEqual({ kind: 'failure', id, code: 'SB500', cause })
  })

  it('is the same when the service throws at once', async () => {
    at.bridge.answer = () => {
      throw new BridgeError('forbidden', 'no')
    }
    expect((await at.call('GET', '/Users')).status).toBe(403)
  })

  it('is reported by route, without a trace of the URL', async () => {
    const answer = await at.call('GET', '/Users/secret-id?filter=userName+eq+%22alice%22')
    await expect.poll(() => at.seen.length).toBe(1)
    const [seen] = at.seen
    expect(seen).toMatchObject({
      kind: 'request',
      id: answer.headers.get('x-request-id'),
      application: 'people',
      method: 'GET',
      route: '/Users/:name',
      status: 404,
      client: 'main',
      error: 'SB112',
    })
    expect(JSON.stringify(at.seen)).not.toMatch(/secret-id|alice|horse/)
  })
})
