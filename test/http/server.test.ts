import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { startServer } from '../../src/http/server.ts'
import type { Stand } from './stand.ts'
import { converse, limits, rawRequest, stand, timeouts, token } from './stand.ts'

let at: Stand | undefined
afterEach(() => at?.stop())
const error = 'urn:ietf:params:scim:api:messages:2.0:Error'

const isScimError = (answer: string, status: number): void => {
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(answer).toContain('Content-Type: application/scim+json')
  const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as Record<string, unknown>
  expect(body).toMatchObject({ schemas: [error], status: String(status) })
}

describe('limits', () => {
  it('refuses a body that says it is too large before it arrives', async () => {
    at = await stand()
    const head = rawRequest('POST /scim/v2/Users', [
      'Content-Type: application/json',
      'Content-Length: 104857600',
      'Expect: 100-continue',
    ])
    const answer = await at.raw(head)
    isScimError(answer, 413)
    expect(answer).toContain(`${limits.body} bytes`)
    expect(answer).not.toContain('100 Continue')
  })

  it('counts a body that does not say its size, and lets the client read the answer', async () => {
    at = await stand()
    const head = rawRequest('POST /scim/v2/Users', ['Content-Type: application/json', 'Transfer-Encoding: chunked'])
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    const answer = await at.raw(head, ...Array.from({ length: 40 }, () => chunk), '0\r\n\r\n')
    isScimError(answer, 413)
    expect(at.bridge.asked).toEqual([])
  })

  it('takes a body of just the limit', async () => {
    at = await stand()
    const body = JSON.stringify({ a: 'x'.repeat(limits.body - 8) })
    expect(Buffer.byteLength(body)).toBe(limits.body)
    expect((await at.call('POST', '/Users', { body })).status).toBe(201)
    expect((await at.call('POST', '/Users', { body: `${body} ` })).status).toBe(413)
  })

  it('asks for the body only when it wants it', async () => {
    at = await stand()
    const head = rawRequest('POST /scim/v2/Users', [
      'Content-Type: application/json',
      'Content-Length: 2',
      'Expect: 100-continue',
    ])
    const answer = await at.raw(head, '{}')
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /)
    isScimError(await at.raw(head.replace(token, 'wrong')), 401)
  })

  it('closes a connection whose client waits with a body that nobody asks for', async () => {
    at = await stand()
    const head = rawRequest('GET /scim/v2/Users', ['Content-Length: 40', 'Expect: 100-continue'])
    const answer = await at.raw(head.replace('Connection: close', 'Connection: keep-alive'))
    expect(answer).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close/)
  })

  it('refuses a URL that is too long with 414, however long', async () => {
    at = await stand()
    isScimError(await at.raw(rawRequest(`GET /scim/v2/Users?filter=${'x'.repeat(2000)}`)), 414)
    isScimError(await at.raw(rawRequest(`GET /scim/v2/Users?filter=${'x'.repeat(40_000)}`)), 414)
  })

  it('refuses header fields that are too large with 431', async () => {
    at = await stand()
    isScimError(await at.raw(rawRequest('GET /scim/v2/Users', [`X-Large: ${'x'.repeat(20_000)}`])), 431)
  })

  it.each([
    ['nonsense\r\n\r\n'],
    ['GET / HTTP/9.9\r\n\r\n'],
    ['GET /scim/v2/Users HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n'],
    ['POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['POST /scim/v2/Users HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n'],
    ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('answers %j, which is not HTTP, with 400', async (bytes) => {
    at = await stand()
    isScimError(await at.raw(bytes), 400)
  })

  it('refuses a broken chunk in a body', async () => {
    at = await stand()
    const head = rawRequest('POST /scim/v2/Users', ['Content-Type: application/json', 'Transfer-Encoding: chunked'])
    isScimError(await at.raw(head, 'zz\r\nx\r\n'), 400)
    expect(at.bridge.asked).toEqual([])
  })
})

describe('time', () => {
  const short = { ...timeouts, request: 300, headers: 300 }

  it('cuts off header fields that trickle in, with 408', async () => {
    at = await stand({ timeouts: short })
    const started = performance.now()
    isScimError(await at.raw('GET /scim/v2/Users HTTP/1.1\r\nHost: a\r\n'), 408)
    expect(performance.now() - started).toBeLessThan(3000)
  })

  it('cuts off a body that trickles in, with 408', async () => {
    at = await stand({ timeouts: short })
    const head = rawRequest('POST /scim/v2/Users', ['Content-Type: application/json', 'Content-Length: 100'])
    isScimError(await at.raw(head, '{"a":'), 408)
    expect(at.bridge.asked).toEqual([])
  })

  it('gives up a request that takes too long: 503, Retry-After, and the signal is aborted', async () => {
    at = await stand({ timeouts: short })
    let aborted = false
    at.bridge.answer = (_, { signal }) => new Promise(() => signal.addEventListener('abort', () => (aborted = true)))
    const answer = await at.call('GET', '/Users')
    expect([answer.status, answer.headers.get('retry-after'), aborted]).toEqual([503, '5', true])
    expect(answer.body.detail).toContain('300 ms')
    await expect.poll(() => at?.seen).toContainEqual(expect.objectContaining({ kind: 'request', error: 'SB407' }))
  })

  it('says what timed out, not what the service made of the signal', async () => {
    at = await stand({ timeouts: short })
    at.bridge.answer = (_, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('AbortError'))))
    expect((await at.call('GET', '/Users')).status).toBe(503)
  })

  it('aborts when the client goes away, and reports 499', async () => {
    at = await stand()
    let aborted: (value: boolean) => void = () => undefined
    const wasAborted = new Promise<boolean>((resolve) => (aborted = resolve))
    at.bridge.answer = (_, { signal }) => new Promise(() => signal.addEventListener('abort', () => aborted(true)))
    const socket = connect(at.port, '127.0.0.1')
    socket.write(rawRequest('GET /scim/v2/Users'))
    await expect.poll(() => at?.bridge.asked.length).toBe(1)
    socket.destroy()
    expect(await wasAborted).toBe(true)
    await expect.poll(() => at?.seen).toContainEqual(expect.objectContaining({ kind: 'request', status: 499 }))
  })

  it('drops a client that does not read its answer', async () => {
    at = await stand({ timeouts: short })
    at.bridge.answer = () => Promise.resolve({ status: 200, body: { large: 'x'.repeat(30_000_000) } })
    const socket = connect(at.port, '127.0.0.1').pause()
    socket.on('error', () => undefined)
    socket.write(rawRequest('GET /scim/v2/Users'))
    await expect
      .poll(() => at?.seen, { timeout: 5000 })
      .toContainEqual(expect.objectContaining({ kind: 'request', status: 499 }))
    socket.destroy()
  })

  it('keeps serving on a connection after an error', async () => {
    at = await stand()
    const kept = (line: string): string => rawRequest(line).replace('Connection: close', 'Connection: keep-alive')
    const answer = await at.raw(
      kept('GET /scim/v2/Nope'),
      kept('DELETE /scim/v2/Users'),
      rawRequest('GET /scim/v2/Users'),
    )
    expect([...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1])).toEqual(['404', '405', '200'])
  })

  it('answers a bad request after a good one on the same connection', async () => {
    at = await stand()
    const kept = rawRequest('GET /scim/v2/Users').replace('Connection: close', 'Connection: keep-alive')
    const socket = connect(at.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.write(kept)
    await expect.poll(() => answer).toContain('totalResults')
    socket.write('nonsense\r\n\r\n')
    await expect.poll(() => answer).toContain('HTTP/1.1 400 ')
    socket.destroy()
  })
})

describe('start', () => {
  it('says when the port is taken', async () => {
    at = await stand()
    const options = { host: '127.0.0.1', port: at.port, limits, timeouts }
    await expect(startServer(() => undefined, options)).rejects.toMatchObject({
      reason: 'invalidConfiguration',
      detail: `Cannot listen on 127.0.0.1 port ${at.port}: the port is in use`,
    })
  })

  it('bears a time for headers that is longer than that for a request', async () => {
    const server = await startServer(() => undefined, {
      host: '127.0.0.1',
      port: 0,
      limits,
      timeouts: { ...timeouts, request: 200, headers: 60_000 },
    })
    await server.stop()
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })
})

describe('stop', () => {
  it('lets a request under way finish, closes its connection, and takes no more', async () => {
    at = await stand()
    const { port, bridge } = at
    bridge.answer = async () => {
      await sleep(200)
      return { status: 200, body: { late: true } }
    }
    const idle = connect(port, '127.0.0.1')
    const idleClosed = new Promise((resolve) => idle.on('close', resolve))
    const kept = rawRequest('GET /scim/v2/Users').replace('Connection: close', 'Connection: keep-alive')
    const answer = converse(port, [kept])
    await expect.poll(() => bridge.asked.length).toBe(1)
    const started = performance.now()
    await at.stop()
    at = undefined
    expect(performance.now() - started).toBeLessThan(timeouts.drain)
    expect(await answer).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close[^]*"late":true/)
    await idleClosed
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow()
  })

  it('cuts off what does not finish within the drain time', async () => {
    at = await stand({ timeouts: { ...timeouts, drain: 200 } })
    at.bridge.answer = () => new Promise(() => undefined)
    const answer = converse(at.port, [rawRequest('GET /scim/v2/Users')])
    await expect.poll(() => at?.bridge.asked.length).toBe(1)
    const started = performance.now()
    await at.stop()
    at = undefined
    expect(performance.now() - started).toBeLessThan(2000)
    expect(await answer).toBe('')
  })
})
