import { describe, expect, it, onTestFinished } from 'vitest'
import type { Client } from '../../wire/client.ts'
import { configured, sha256Of } from '../../wire/configured.ts'
import type { Configured } from '../../wire/configured.ts'
import { errorSchema, person } from '../../wire/people.ts'
import { answer, oddService } from './odd-service.ts'
import type { Misbehave, OddService } from './odd-service.ts'

interface Place {
  readonly service: OddService
  readonly at: Configured
  readonly client: Client
  readonly base: string
}

const placeAt = async (url: string, more = ''): Promise<Omit<Place, 'service'>> => {
  const at = await configured(
    `
tokens: [{ name: main, sha256: ${sha256Of('main')} }]
applications: { crm: { upstream: { url: "${url}", token: "\${TOKEN}"${more} } } }
timeouts: { request: 1s }
`,
    { TOKEN: 'upstream-secret' },
  )
  onTestFinished(() => at.stop())
  const base = at.urls[0] ?? ''
  return { at, base, client: at.client(base, 'main') }
}

async function place(misbehave: Misbehave, more = ''): Promise<Place> {
  const service = await oddService(misbehave)
  return { service, ...(await placeAt(service.url, more)) }
}

const list = '{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"Resources":[]}'
const scimError = (status: string, more = ''): string =>
  `{"schemas":["${errorSchema}"],"status":"${status}","detail":"theirs"${more}}`

describe('an upstream that does not do what it should', () => {
  it.each<[string, Misbehave]>([
    ['closes the connection', (socket) => socket.destroy()],
    ['resets it', (socket) => socket.resetAndDestroy()],
    ['closes its half of it', (socket) => socket.end()],
    ['says nothing', () => undefined],
    ['begins a status line and no more', (socket) => socket.write('HTTP/1.1 200')],
    ['begins a head and no more', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n')],
    ['sends a head and no body', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n')],
    ['stops in the middle of a body', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":')],
    ['closes in the middle of a body', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a":1}')],
    [
      'closes in the middle of a chunk',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"a"'),
    ],
    [
      'closes after a chunk',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{"a":1}\r\n'),
    ],
    ['breaks off a body that has no length', (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\n{"a":[1,')],
    [
      'drips',
      (socket) => {
        const timer = setInterval(() => socket.write('H'), 50)
        socket.on('close', () => clearInterval(timer))
      },
    ],
    ['speaks something else', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
    ['sends a length that is none', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}')],
    ['says two lengths', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}')],
    ['sends a head without end', (socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`)],
    [
      'upgrades',
      (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    ],
    ['answers a status that is none', (socket) => socket.write(answer('099 No', '{}'))],
    [
      'fails in more levels than are read',
      (socket) =>
        socket.write(answer('400 Bad Request', scimError('400', `,"x":${'['.repeat(300)}${']'.repeat(300)}`))),
    ],
    ['answers a page', (socket) => socket.write(answer('200 OK', '<html>login</html>', ['Content-Type: text/html']))],
    ['calls a page JSON', (socket) => socket.write(answer('200 OK', '<html>login</html>'))],
    ['answers a list', (socket) => socket.write(answer('200 OK', '[]'))],
    ['answers nothing', (socket) => socket.write(answer('200 OK', ''))],
    ['answers with a comma too many', (socket) => socket.write(answer('200 OK', '{"a":1,}'))],
    ['answers with more than one object', (socket) => socket.write(answer('200 OK', '{}{}'))],
    [
      'answers in another charset',
      (socket) => socket.write(answer('200 OK', '{}', ['Content-Type: application/json; charset=utf-16'])),
    ],
    [
      'answers with bytes that are no UTF-8',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n')
        socket.write(Buffer.from('7b2261223a22ff227d', 'hex'))
      },
    ],
    [
      'answers compressed all the same',
      (socket) => socket.write(answer('200 OK', '{}', ['Content-Type: application/json', 'Content-Encoding: gzip'])),
    ],
    ['redirects', (socket) => socket.write(answer('302 Found', '', ['Location: http://127.0.0.1:1/']))],
    [
      'redirects for good',
      (socket) => socket.write(answer('308 Permanent Redirect', '', ['Location: /scim/v2/Users/'])),
    ],
    [
      'knows us not',
      (socket) => socket.write(answer('401 Unauthorized', scimError('401'), ['WWW-Authenticate: Basic realm="x"'])),
    ],
    ['lets us do nothing', (socket) => socket.write(answer('403 Forbidden', scimError('403')))],
    ['forbids in its own words', (socket) => socket.write(answer('403 Forbidden', 'no', ['Content-Type: text/plain']))],
    ['fails', (socket) => socket.write(answer('500 Internal Server Error', scimError('500')))],
    [
      'is away behind a proxy',
      (socket) => socket.write(answer('502 Bad Gateway', '<h1>nginx</h1>', ['Content-Type: text/html'])),
    ],
    ['is busy', (socket) => socket.write(answer('503 Service Unavailable', ''))],
  ])('%s: 503 with Retry-After, within a bound', async (_, misbehave) => {
    const { client, at } = await place(misbehave)
    const since = performance.now()
    const got = await client.get('/Users')
    expect(performance.now() - since).toBeLessThan(5000)
    expect([got.status, got.headers['retry-after'], got.body['status']]).toEqual([503, '5', '503'])
    expect(got.body['schemas']).toEqual([errorSchema])
    expect(got.headers['www-authenticate']).toBeUndefined()
    expect(got.text).not.toMatch(/theirs|nginx|html|127\.0\.0\.1/)
    await expect.poll(() => at.seen.filter((one) => one.kind === 'failure').length).toBeGreaterThan(0)
    expect(JSON.stringify(at.seen)).not.toContain('upstream-secret')
  })

  it('is 503 while nobody listens, and serves when somebody does', async () => {
    const { client } = await placeAt('http://127.0.0.1:1/scim/v2')
    expect((await client.get('/Users')).status).toBe(503)
    expect((await client.post('/Users', person('x'))).status).toBe(503)
    expect((await client.send('HEAD', '/Users')).status).toBe(503)
    expect((await client.get('/ServiceProviderConfig')).status).toBe(503)
  })

  it('is given up after its own time', async () => {
    const { client } = await place(() => undefined, ', timeout: 200ms')
    const since = performance.now()
    expect((await client.get('/Users')).status).toBe(503)
    expect(performance.now() - since).toBeLessThan(900)
  })

  it('is left alone when the client goes', async () => {
    let closed = false
    const { client, service } = await place((socket) => socket.on('close', () => (closed = true)))
    const asked = client.get('/Users').catch(() => undefined)
    await expect.poll(() => service.asked.some((one) => one.startsWith('GET /scim/v2/Users'))).toBe(true)
    client.close()
    await asked
    await expect.poll(() => closed).toBe(true)
  })

  it.each([
    ['400 Bad Request', scimError('400', ',"scimType":"invalidFilter"'), 'theirs', 'invalidFilter'],
    ['404 Not Found', scimError('404'), 'theirs', undefined],
    ['409 Conflict', scimError('409', ',"scimType":"uniqueness"'), 'theirs', 'uniqueness'],
    ['429 Too Many Requests', scimError('429'), 'theirs', undefined],
    ['501 Not Implemented', scimError('501'), 'theirs', undefined],
    ['404 Not Found', '<h1>nothing here</h1>', '404 Not Found', undefined],
    ['409 Conflict', '{"error":"dup","password":"hunter2"}', '409 Conflict', undefined],
    ['405 Method Not Allowed', '', '405 Method Not Allowed', undefined],
    ["418 I'm a Teapot", 'x'.repeat(100_000), "418 I'm a Teapot", undefined],
  ])('gives %s back as a SCIM error of that status', async (status, body, detail, scimType) => {
    const type = body.startsWith('<') ? 'text/html' : 'application/json'
    const { client } = await place((socket) =>
      socket.write(
        answer(status, body, [
          `Content-Type: ${type}`,
          'Retry-After: 7',
          'Set-Cookie: a=b',
          'Server: them',
          'Allow: GET',
        ]),
      ),
    )
    const got = await client.get('/Users')
    expect([got.status, got.body['status'], got.body['scimType']]).toEqual([
      Number(status.slice(0, 3)),
      status.slice(0, 3),
      scimType,
    ])
    expect(got.body['detail']).toContain(detail)
    expect(got.body['schemas']).toEqual([errorSchema])
    expect(got.headers['content-type']).toBe('application/scim+json')
    expect([got.headers['set-cookie'], got.headers.server, got.headers['retry-after']]).toEqual([
      undefined,
      undefined,
      '7',
    ])
    expect(got.text).not.toContain('hunter2')
  })

  it('tells a 403 of an operation from one of our credential', async () => {
    const { client } = await place((socket, request) =>
      socket.write(
        /^GET \/scim\/v2\/Schemas/.test(request) ? answer('200 OK', list) : answer('403 Forbidden', scimError('403')),
      ),
    )
    const got = await client.delete('/Users/1')
    expect([got.status, got.body['detail']]).toEqual([403, 'theirs'])
  })

  it('does not make a long answer look whole that breaks off', async () => {
    const half = `{"schemas":[],"Resources":[${'{"id":"1"},'.repeat(20_000)}`
    const { client } = await place((socket) =>
      socket.end(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n${half}`),
    )
    await expect(client.get('/Users')).rejects.toThrow()
  })

  it('does not make one look whole that is cut where its length is not known', async () => {
    const half = `{"schemas":[],"Resources":[${'{"id":"1"},'.repeat(20_000)}`
    const { client } = await place((socket) =>
      socket.end(`HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n${half}`),
    )
    await expect(client.get('/Users')).rejects.toThrow()
  })
})

describe('what passes', () => {
  const body =
    '{ "schemas" : ["urn:x"],\n "n":12345678901234567890, "d":1.0, "e":1E+2, "deep":{"f":-0.0},"s":"\\u00e9\\/\\ud83d\\ude00","dup":1,"dup":2,\t"profileUrl":"URL/me", "meta":{"location":"URL\\/Users\\/1","x":"URL/Users/1"}, "a":["URL/Users/1"], "$ref":"../Users/1" }\n'

  it('stays byte for byte, addresses aside', async () => {
    const { client, base, service } = await place((socket) =>
      socket.write(answer('200 OK', body.replaceAll('URL', service0.url))),
    )
    const service0 = service
    const got = await client.get('/Users/1')
    const sent = body.replaceAll('URL', service.url)
    const location = `"location":"${service.url}\\/Users\\/1"`
    expect(sent).toContain(location)
    expect(got.text).toBe(sent.replace(location, `"location":"${base}/Users/1"`))
  })

  it('goes out without anything of the client that is not its business, and comes back likewise', async () => {
    const { client, service, at } = await place((socket) =>
      socket.write(
        answer('201 Created', '{"id":"1"}', [
          'Content-Type: application/json',
          'Set-Cookie: session=1',
          'Server: them',
          'X-Powered-By: them',
          'WWW-Authenticate: Basic',
          'Connection: keep-alive, X-Hop',
          'X-Hop: 1',
          'ETag: W/"7"',
          'Location: /scim/v2/Users/a%2Fb',
          'Content-Location: Users/1',
        ]),
      ),
    )
    const base = at.urls[0] ?? ''
    const got = await client.send('POST', '/Users?attributes=a%20b+c', {
      body: `{"schemas":[],"manager":{"$ref":"${base}/Users/7"},"x":{"$ref":"${base.replace(/\/v2$/, '')}/Users/8"},"url":"${base}/Users/9","n":1.0}`,
      headers: {
        cookie: 'a=b',
        'x-forwarded-for': '1.2.3.4',
        forwarded: 'for=1.2.3.4',
        'x-http-method-override': 'DELETE',
        connection: 'keep-alive, x-secret',
        'x-secret': 'hop',
        'proxy-authorization': 'Basic x',
        te: 'trailers',
        expect: '100-continue',
        'accept-encoding': 'gzip',
        'if-match': 'W/"1"',
        'x-request-id': 'abc-123',
        'user-agent': 'client',
      },
    })
    const request = service.asked.find((one) => one.startsWith('POST')) ?? ''
    const [head = '', sent = ''] = request.split('\r\n\r\n')
    const names = head
      .split('\r\n')
      .slice(1)
      .map((line) => line.slice(0, line.indexOf(':')).toLowerCase())
    expect(head).toMatch(/^POST \/scim\/v2\/Users\?attributes=a%20b\+c HTTP\/1\.1\r\n/)
    expect(names.sort()).toEqual([
      'accept',
      'accept-encoding',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'if-match',
      'x-request-id',
    ])
    expect(head).toMatch(/^authorization: Bearer upstream-secret$/im)
    expect(head).toMatch(/^accept-encoding: identity$/im)
    expect(head).toMatch(/^x-request-id: abc-123$/im)
    expect(head).toMatch(new RegExp(`^host: 127.0.0.1:${service.port}$`, 'im'))
    expect(sent).toBe(
      `{"schemas":[],"manager":{"$ref":"${service.url}/Users/7"},"x":{"$ref":"${service.url}/Users/8"},"url":"${base}/Users/9","n":1.0}`,
    )
    expect(got.status).toBe(201)
    expect(got.headers).toMatchObject({
      etag: 'W/"7"',
      location: `${base}/Users/a%2Fb`,
      'content-location': `${base}/Users/1`,
      'content-type': 'application/scim+json',
      'x-request-id': 'abc-123',
    })
    for (const name of ['set-cookie', 'server', 'x-powered-by', 'www-authenticate', 'x-hop'])
      expect(got.headers[name]).toBeUndefined()
  })

  it('keeps the encoding of ids and of the query', async () => {
    const { client, service } = await place((socket) => socket.write(answer('200 OK', list)))
    for (const path of [
      '/Users/a%2Fb',
      '/Users/%C3%A9',
      '/Users/a+b%20c',
      '/Users/x,y=z;w',
      '/Users?filter=a%20eq%20%22b%22&x=/../y&',
      '/Users/1?',
      '/Users/1/',
    ]) {
      await client.get(path)
      const expected = path.replace(/[/?]$/, '')
      expect(service.asked.at(-1)?.split(' ')[1]).toBe(`/scim/v2${expected}`)
    }
  })

  it.each([
    '/../admin',
    '/Users/..',
    '/Users/../../admin',
    '/%2e%2e/admin',
    '/Users/%2E./x',
    '/Users/..%2Fadmin',
    '/Users/..%2f..%2f..%2fadmin',
    '/Users/%252e%252e%252fadmin',
    '/Users/..%5cadmin',
    '/Users/..\\admin',
    '/..;/admin',
    '/Users/..;a=b/admin',
    '/./admin',
    '//admin',
    '/Users//1',
    '/Users/%00',
    '/Users/a%0d%0ab',
  ])('does not leave the base by %s', async (path) => {
    const { client, service } = await place((socket) => socket.write(answer('200 OK', list)))
    expect((await client.get(path)).status).toBe(404)
    expect(service.asked.filter((one) => !one.includes('/ServiceProviderConfig'))).toEqual([])
  })

  it('uses a connection again', async () => {
    const { client, service } = await place((socket, request) =>
      socket.write(
        request.startsWith('DELETE')
          ? 'HTTP/1.1 204 No Content\r\n\r\n'
          : request.startsWith('HEAD')
            ? 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'
            : answer('200 OK', list),
      ),
    )
    for (let i = 0; i < 10; i++) {
      expect((await client.get('/Users')).status).toBe(200)
      expect((await client.delete('/Users/1')).status).toBe(204)
      expect((await client.send('HEAD', '/Users/1')).status).toBe(200)
    }
    expect(service.asked.length).toBeGreaterThanOrEqual(30)
    expect(service.connections()).toBeLessThanOrEqual(3)
  })

  it('asks again when a kept connection has just been closed, but for what only reads', async () => {
    let served = 0
    const { client, service } = await place((socket, request) => {
      if (request.includes('ServiceProviderConfig')) return void socket.end(answer('200 OK', '{"schemas":[]}'))
      if (++served % 2 === 0) socket.resetAndDestroy()
      else socket.write(answer('200 OK', list))
    })
    expect((await client.get('/Users')).status).toBe(200)
    expect((await client.get('/Users')).status).toBe(200)
    served = 1
    expect((await client.post('/Users', person('once'))).status).toBe(503)
    expect(service.asked.filter((one) => one.startsWith('POST'))).toHaveLength(1)
  })

  it('passes a long answer on in parts, with little in memory', async () => {
    const one = `{"id":"1","x":"${'y'.repeat(1000)}"},`
    const { client } = await place((socket) => {
      socket.write(
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"schemas":[],"Resources":[',
      )
      let left = 20_000
      const more = (): void => {
        while (left > 0) {
          left--
          if (!socket.write(one)) return void socket.once('drain', more)
        }
        socket.end('{}]}')
      }
      more()
    })
    const before = process.memoryUsage().arrayBuffers
    const got = await client.get('/Users')
    expect(got.text).toHaveLength(27 + one.length * 20_000 + 4)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 1024 * 1024)
  })
})
