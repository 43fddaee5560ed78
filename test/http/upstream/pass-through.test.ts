import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect, createServer as createNetServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Client } from '../../wire/client.ts'
import { configured, sha256Of, tokenOf } from '../../wire/configured.ts'
import type { Configured } from '../../wire/configured.ts'
import { converse } from '../stand.ts'
import { answer, oddService } from './odd-service.ts'

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
}

describe('a path that is passed through', () => {
  const seen: Seen[] = []
  let serve: (request: IncomingMessage, response: ServerResponse) => void
  const legacy = createServer((request, response) => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers })
    serve(request, response)
  })
  let at: Configured
  let root: string
  let client: Client
  let target: string
  beforeAll(async () => {
    await new Promise<void>((listening) => legacy.listen(0, '127.0.0.1', listening))
    target = `http://127.0.0.1:${(legacy.address() as AddressInfo).port}`
    at = await configured(
      `
tokens:
  - { name: main, sha256: ${sha256Of('main')}, passThrough: [legacy, bare, keyed] }
  - { name: reader, sha256: ${sha256Of('reader')}, passThrough: [legacy], readOnly: true }
  - { name: scim, sha256: ${sha256Of('scim')} }
applications: { crm: { upstream: { url: "${target}/scim" } } }
passThrough:
  legacy: { path: /legacy-api, url: "${target}/api", user: bridge, password: "\${PASSWORD}", body: 8 MiB }
  bare: { url: "${target}" }
  keyed: { url: "${target}", header: { name: X-API-Key, secret: "\${KEY}" } }
timeouts: { request: 1s }
`,
      { PASSWORD: 'sesame', KEY: 'of the bridge' },
    )
    root = new URL(at.urls[0] ?? '').origin
    client = at.client(root, 'main')
  })
  beforeEach(() => {
    seen.length = 0
    serve = (_, response) => response.end('ok')
  })
  afterAll(async () => {
    await at?.stop()
    legacy.closeAllConnections()
    legacy.close()
  })
  const last = (): Seen | undefined => seen.filter(({ url }) => !url.startsWith('/scim')).at(-1)

  it('carries any method, query, type and status to the place below', async () => {
    serve = (request, response) => {
      response.writeHead(request.method === 'POST' ? 202 : 200, {
        'Content-Type': 'text/csv',
        'X-Total': '7',
        'Set-Cookie': 's=1',
        Server: 'old',
      })
      request.pipe(response)
    }
    const posted = await client.send('POST', '/legacy-api/files/a%2Fb;v=1?x=1&y=%20+&', {
      body: 'a;b\n1;2\n',
      headers: { 'content-type': 'text/csv', accept: 'text/csv', 'x-own': 'kept' },
    })
    expect([posted.status, posted.text]).toEqual([202, 'a;b\n1;2\n'])
    expect(posted.headers).toMatchObject({ 'content-type': 'text/csv', 'x-total': '7' })
    expect([posted.headers['set-cookie'], posted.headers.server]).toEqual([undefined, undefined])
    expect(last()).toMatchObject({
      method: 'POST',
      url: '/api/files/a%2Fb;v=1?x=1&y=%20+&',
      headers: { 'x-own': 'kept', accept: 'text/csv' },
    })
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD']) {
      expect((await client.send(method, '/legacy-api')).status).toBe(200)
      expect(last()).toMatchObject({ method, url: '/api' })
    }
  })

  it('has a credential of its own, and keeps that of the client', async () => {
    await client.send('GET', '/legacy-api/x', {
      headers: {
        cookie: 'a=b',
        'x-forwarded-for': '1.1.1.1',
        forwarded: 'for=x',
        'x-http-method-override': 'DELETE',
        connection: 'keep-alive, x-hop',
        'x-hop': '1',
      },
    })
    const headers: IncomingMessage['headers'] = last()?.headers ?? {}
    expect(headers.authorization).toBe(`Basic ${Buffer.from('bridge:sesame').toString('base64')}`)
    expect(headers.host).toBe(new URL(target).host)
    for (const name of ['cookie', 'x-forwarded-for', 'forwarded', 'x-http-method-override', 'x-hop'])
      expect(headers[name]).toBeUndefined()
    await client.get('/bare/x')
    expect(last()?.headers.authorization).toBeUndefined()
    expect(JSON.stringify(seen)).not.toContain(tokenOf('main'))
    expect(JSON.stringify(at.seen)).not.toMatch(/sesame|\/x/)
  })

  it('keeps what it takes away out in the spelling with underscores, too', async () => {
    await client.send('GET', '/legacy-api/x', {
      headers: { x_forwarded_for: '1.1.1.1', x_http_method_override: 'DELETE', content_length: '5', x_own: 'kept' },
    })
    const { x_own: own, ...headers } = last()?.headers ?? {}
    expect(own).toBe('kept')
    expect(Object.keys(headers).filter((name) => name.includes('_'))).toEqual([])
    await client.send('GET', '/keyed/x', { headers: { x_api_key: 'of the client', 'x-api-key': 'of the client' } })
    expect(last()?.headers['x-api-key']).toBe('of the bridge')
    expect(last()?.headers['x_api_key']).toBeUndefined()
  })

  it.each(['GET', 'HEAD', 'OPTIONS', 'DELETE', 'POST'])(
    'never makes a second request of the body of a %s whose length is not said',
    async (method) => {
      const bodies: string[] = []
      serve = (request, response) => {
        let body = ''
        request.on('data', (part) => (body += part))
        request.on('end', () => {
          bodies.push(body)
          response.end()
        })
      }
      const inner = 'POST /admin HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n'
      const request = [
        `${method} /legacy-api/x HTTP/1.1`,
        'Host: x',
        `Authorization: Bearer ${tokenOf('main')}`,
        'Connection: close',
        'Transfer-Encoding: chunked',
        '',
        inner.length.toString(16),
        inner,
        '0',
        '',
        '',
      ].join('\r\n')
      expect(await converse(Number(new URL(root).port), [request])).toMatch(/^HTTP\/1\.1 200 /)
      await client.get('/legacy-api/after')
      expect(seen.filter(({ url }) => !url.startsWith('/scim')).map(({ url }) => url)).toEqual(['/api/x', '/api/after'])
      expect(bodies[0]).toBe(inner)
    },
  )

  it('takes no transfer coding that it would have to undo', async () => {
    const head = ['POST /legacy-api/x HTTP/1.1', 'Host: x', `Authorization: Bearer ${tokenOf('main')}`]
    const body = ['Connection: close', 'Transfer-Encoding: gzip, chunked', '', '2', '{}', '0', '', '']
    const got = await converse(Number(new URL(root).port), [[...head, ...body].join('\r\n')])
    expect(got).toMatch(/^HTTP\/1\.1 501 /)
    expect(last()).toBeUndefined()
  })

  it('takes a whole URL for its path, and no fragment', async () => {
    const ask = (target: string): Promise<string> =>
      converse(Number(new URL(root).port), [
        `GET ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokenOf('main')}\r\nConnection: close\r\n\r\n`,
      ])
    expect(await ask('http://elsewhere.example/legacy-api/x?y')).toMatch(/^HTTP\/1\.1 200 /)
    expect(last()?.url).toBe('/api/x?y')
    expect(await ask('/legacy-api/z#/../x')).toMatch(/^HTTP\/1\.1 400 /)
    expect(last()?.url).toBe('/api/x?y')
  })

  it('is open to the tokens that name it, and only for reading to those that only read', async () => {
    const statusOf = async (token: string, method: string, path: string): Promise<number> =>
      (await at.client(root, token).send(method, path)).status
    expect(await statusOf('reader', 'GET', '/legacy-api/x')).toBe(200)
    expect(await statusOf('reader', 'HEAD', '/legacy-api/x')).toBe(200)
    expect(await statusOf('reader', 'OPTIONS', '/legacy-api/x')).toBe(200)
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'])
      expect(await statusOf('reader', method, '/legacy-api/.search')).toBe(403)
    expect(await statusOf('reader', 'GET', '/bare/x')).toBe(403)
    expect(await statusOf('scim', 'GET', '/legacy-api/x')).toBe(403)
    const none = await client.send('GET', '/legacy-api/x', { headers: { authorization: null } })
    expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Bearer realm="scim"'])
    expect(none.headers['content-type']).toBe('application/scim+json')
    expect(seen.filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method))).toEqual([])
  })

  it('never passes TRACE or a WebSocket on', async () => {
    expect((await client.send('TRACE', '/legacy-api/x')).status).toBe(405)
    const handshake = [
      'GET /legacy-api/x HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${tokenOf('main')}`,
      'Connection: Upgrade, close',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: eA==',
      '',
      '',
    ].join('\r\n')
    expect(await converse(Number(new URL(root).port), [handshake])).toMatch(/^HTTP\/1\.1 501 /)
    expect(last()).toBeUndefined()
  })

  it.each([
    '/legacy-api/../admin',
    '/legacy-api/%2e%2e/admin',
    '/legacy-api/x/..%2f..%2fadmin',
    '/legacy-api//x',
    '/legacy-api/..;/x',
    '/legacy-api/..\\x',
    '/legacy-api/%c0%ae%c0%ae/admin',
    '/legacy-api/%u002e%u002e/admin',
  ])('does not lead out by %s', async (path) => {
    expect((await client.get(path)).status).toBe(404)
    expect(last()).toBeUndefined()
  })

  it('streams large bodies both ways, and refuses those beyond its limit', async () => {
    const bytes = randomBytes(6 * 1024 * 1024)
    serve = (request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/octet-stream' })
      request.pipe(response)
    }
    const echoed = await fetch(`${root}/legacy-api/upload`, {
      method: 'PUT',
      body: bytes,
      headers: { authorization: `Bearer ${tokenOf('main')}` },
    })
    const digest = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')
    expect(digest(new Uint8Array(await echoed.arrayBuffer()))).toBe(digest(bytes))
    const large = await client.send('PUT', '/legacy-api/upload', { body: Buffer.alloc(9 * 1024 * 1024) })
    expect([large.status, large.body['status']]).toEqual([413, '413'])
    const chunked = await fetch(`${root}/legacy-api/upload`, {
      method: 'PUT',
      duplex: 'half',
      headers: { authorization: `Bearer ${tokenOf('main')}` },
      body: new ReadableStream({
        start(controller) {
          for (let i = 0; i < 9; i++) controller.enqueue(new Uint8Array(1024 * 1024))
          controller.close()
        },
      }),
    } as RequestInit).catch(() => undefined)
    // an echo that has begun cannot become a 413 any more: it is cut off
    if (chunked !== undefined && chunked.status !== 413) await expect(chunked.arrayBuffer()).rejects.toThrow()
  })

  it('may take long as long as it goes on', async () => {
    serve = (_, response) => {
      let left = 6
      const timer = setInterval(() => {
        response.write('x')
        if (--left === 0) {
          clearInterval(timer)
          response.end()
        }
      }, 300)
    }
    expect((await client.get('/legacy-api/slow')).text).toBe('xxxxxx')
  })

  it('gives errors and redirects of the application back as they are, in our names', async () => {
    serve = (_, response) =>
      response.writeHead(422, { 'Content-Type': 'application/problem+json' }).end('{"title":"no"}')
    const refused = await client.get('/legacy-api/x')
    expect([refused.status, refused.text, refused.headers['content-type']]).toEqual([
      422,
      '{"title":"no"}',
      'application/problem+json',
    ])
    serve = (_, response) => response.writeHead(500).end('oops')
    expect((await client.get('/legacy-api/x')).text).toBe('oops')
    for (const location of ['/api/y?z', `${target}/api/y?z`, 'y?z']) {
      serve = (_, response) => response.writeHead(303, { Location: location }).end()
      const moved = await client.get('/legacy-api/x')
      expect([moved.status, moved.headers.location]).toEqual([303, `${root}/legacy-api/y?z`])
    }
    serve = (_, response) => response.writeHead(302, { Location: 'https://elsewhere.example/' }).end()
    expect((await client.get('/legacy-api/x')).headers.location).toBe('https://elsewhere.example/')
  })

  it.each([
    ['nobody listens', 503, undefined],
    ['the application has answered already', 403, 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno'],
  ])('lets a client that reads last send all of its body when %s', async (_, status, said) => {
    const odd = createNetServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => socket.resume().write(said ?? ''))
    })
    await new Promise<void>((listening) => odd.listen(0, '127.0.0.1', listening))
    const oddPort = (odd.address() as AddressInfo).port
    if (said === undefined) await new Promise((closed) => odd.close(closed))
    const there = await configured(`
tokens: [{ name: main, sha256: ${sha256Of('main')}, passThrough: [odd] }]
applications: { crm: { upstream: { url: "${target}/scim" } } }
passThrough: { odd: { url: "http://127.0.0.1:${oddPort}" } }
`)
    onTestFinished(async () => {
      await there.stop()
      odd.close()
    })
    const size = 30 * 1024 * 1024
    const socket = connect(Number(new URL(there.urls[0] ?? '').port), '127.0.0.1').pause()
    onTestFinished(() => void socket.destroy())
    socket.write(
      `POST /odd/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokenOf('main')}\r\nContent-Length: ${size}\r\n\r\n`,
    )
    await new Promise<void>((sent, failed) => {
      socket.on('error', failed)
      socket.write(Buffer.alloc(size), () => sent())
    })
    const answered = await new Promise<string>((got) => {
      socket.once('data', (data) => got(data.toString('latin1'))).resume()
    })
    expect(answered).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  it('takes a client that goes in the middle for no failure of anybody', async () => {
    const before = at.seen.filter(({ kind }) => kind === 'failure').length
    serve = (_, response) => void response.writeHead(200, { 'Content-Length': 100 }).write('x')
    const socket = connect(Number(new URL(root).port), '127.0.0.1')
    socket.write(`GET /legacy-api/gone HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokenOf('main')}\r\n\r\n`)
    await new Promise((began) => socket.once('data', began))
    socket.destroy()
    await expect.poll(() => at.seen.at(-1)).toMatchObject({ kind: 'request', application: 'legacy', status: 499 })
    await new Promise((soon) => setTimeout(soon, 100))
    expect(at.seen.filter(({ kind }) => kind === 'failure')).toHaveLength(before)
  })

  it.each(['099 No', '101 Switching Protocols'])('is 503 when it answers %s', async (status) => {
    const odd = await oddService((socket) => socket.write(`HTTP/1.1 ${status}\r\n\r\n`))
    const there = await configured(`
tokens: [{ name: main, sha256: ${sha256Of('main')}, passThrough: [odd] }]
applications: { crm: { upstream: { url: "${target}/scim" } } }
passThrough: { odd: { url: "http://127.0.0.1:${odd.port}" } }
`)
    onTestFinished(() => there.stop())
    const got = await there.client(new URL(there.urls[0] ?? '').origin, 'main').get('/odd/x')
    expect([got.status, got.headers['retry-after']]).toEqual([503, '5'])
  })

  it('is 503 when our credential is refused, or nobody answers', async () => {
    serve = (_, response) => response.writeHead(401, { 'WWW-Authenticate': 'Basic' }).end()
    const refused = await client.get('/legacy-api/x')
    expect([refused.status, refused.headers['retry-after'], refused.headers['www-authenticate']]).toEqual([
      503,
      '5',
      undefined,
    ])
    serve = () => undefined
    expect((await client.get('/legacy-api/x')).status).toBe(503)
    serve = (_, response) => response.destroy()
    expect((await client.get('/legacy-api/x')).body['status']).toBe('503')
    serve = (_, response) => {
      response.writeHead(200, { 'Content-Length': '100', 'Content-Encoding': 'gzip' }).flushHeaders()
      setTimeout(() => response.destroy(), 50)
    }
    const early = await client.get('/legacy-api/x')
    expect([early.status, early.headers['content-encoding']]).toEqual([503, undefined])
  })

  it('does not make an answer look whole that breaks off', async () => {
    const odd = await oddService((socket, request) =>
      request.includes('/cut')
        ? socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart')
        : socket.write(answer('200 OK', 'whole', ['Content-Type: text/plain'])),
    )
    const own = await configured(`
tokens: [{ name: main, sha256: ${sha256Of('main')}, passThrough: [odd] }]
applications: { crm: { upstream: { url: "${odd.url}" } } }
passThrough: { odd: { url: "http://127.0.0.1:${odd.port}" } }
`)
    try {
      const there = own.client(new URL(own.urls[0] ?? '').origin, 'main')
      expect((await there.get('/odd/x')).text).toBe('whole')
      await expect(there.get('/odd/cut')).rejects.toThrow()
    } finally {
      await own.stop()
    }
  })
})
