import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { operationCount } from '../../src/http/operation-count.ts'
import { bulkOf, post } from '../wire/bulk.ts'
import { converse, limits, rawRequest, readToken, stand, timeouts, token } from './stand.ts'
import type { Stand } from './stand.ts'

let at: Stand
beforeAll(async () => {
  at = await stand()
})
afterAll(() => at.stop())
beforeEach(() => {
  at.bridge.inBulk.length = 0
})

const operations = (count: number) => Array.from({ length: count }, (_, i) => post(`${i}`, '/Users', {}))
const head = (...more: readonly string[]): string =>
  [
    'POST /scim/v2/Bulk HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/scim+json',
    ...more,
    '',
    '',
  ].join('\r\n')

describe('a bulk request', () => {
  it('is handed down whole, with its times and its caller', async () => {
    const body = bulkOf(operations(limits.bulkOperations))
    const answer = await at.call('POST', '/Bulk', { body })
    expect([answer.status, answer.body]).toEqual([200, { done: true }])
    const [asked] = at.bridge.inBulk
    expect(asked?.body).toEqual(body)
    expect(asked?.time).toEqual({ operation: timeouts.request, whole: timeouts.bulk })
    expect(asked?.context.caller.name).toBe('main')
  })

  it('of a client that may only read is looked at operation by operation', async () => {
    const headers = { authorization: `Bearer ${readToken}` }
    const answer = await at.call('POST', '/Bulk', { body: bulkOf(operations(1)), headers })
    expect([answer.status, at.bridge.inBulk[0]?.context.caller.readOnly]).toEqual([200, true])
  })

  it('may be larger than other bodies, and as deep around each of its operations', async () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])
    const large = bulkOf([post('a', '/Users', { long: 'x'.repeat(2 * limits.body) })])
    expect((await at.call('POST', '/Bulk', { body: large })).status).toBe(200)
    const nested = (levels: number) => ({ ...bulkOf([]), Operations: [{ data: deep(levels) }] })
    expect((await at.call('POST', '/Bulk', { body: nested(limits.depth) })).status).toBe(200)
    const deeper = await at.call('POST', '/Bulk', { body: nested(limits.depth + 1) })
    expect([deeper.status, deeper.body.scimType]).toEqual([400, 'invalidSyntax'])
    expect(at.bridge.inBulk).toHaveLength(2)
  })
})

describe('the time of a bulk request', () => {
  const short = { ...timeouts, request: 150, bulk: 1_000 }

  it('is longer than that of another request, also where the connection is silent', async () => {
    const own = await stand({ timeouts: short })
    try {
      own.bridge.beforeBulk = () => sleep(900)
      const answer = await own.call('POST', '/Bulk', { body: bulkOf(operations(1)) })
      expect([answer.status, answer.body]).toEqual([200, { done: true }])
      own.bridge.answer = () => sleep(900).then(() => ({ status: 204 }))
      expect((await own.call('DELETE', '/Users/1')).status).toBe(503)
    } finally {
      await own.stop()
    }
  })

  it('is not given to a body that does not arrive', async () => {
    const own = await stand({ timeouts: short })
    try {
      const answer = await converse(own.port, [head('Content-Length: 100')])
      expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    } finally {
      await own.stop()
    }
  })

  it('ends when the client goes', async () => {
    const gone = new Promise<void>((resolve) => {
      at.bridge.beforeBulk = async ({ signal }) => signal.addEventListener('abort', () => resolve(), { once: true })
    })
    const held = sleep(10_000, undefined, { ref: false })
    const before = at.bridge.beforeBulk
    at.bridge.beforeBulk = async (context) => {
      await before?.(context)
      client.abort()
      await held
    }
    const client = new AbortController()
    const sent = fetch(`${at.url}/scim/v2/Bulk`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify(bulkOf(operations(1))),
      signal: client.signal,
    })
    await expect(sent).rejects.toThrow()
    await gone
    at.bridge.beforeBulk = undefined
  })
})

describe('a bulk request that is over a limit (RFC 7644 section 3.7.4)', () => {
  const payload = `maxPayloadSize (${limits.bulkPayload} bytes)`
  const count = `maxOperations (${limits.bulkOperations})`

  it('of size is 413 as soon as it says so, before a byte of it has come', async () => {
    const answer = await at.raw(head(`Content-Length: ${limits.bulkPayload + 1}`))
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain(payload)
    expect(at.bridge.inBulk).toEqual([])
  })

  it('of size is 413 when it turns out so, though it never said how long it is', async () => {
    const half = 'x'.repeat(limits.bulkPayload / 2 + 100)
    const chunk = `${half.length.toString(16)}\r\n${half}\r\n`
    const answer = await at.raw(head('Transfer-Encoding: chunked'), chunk, chunk)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain(payload)
    expect(at.bridge.inBulk).toEqual([])
  })

  it('of operations is 413 with the one too many, before the rest has come', async () => {
    const text = JSON.stringify(bulkOf(operations(limits.bulkOperations + 1)))
    const answer = await at.raw(head(`Content-Length: ${text.length + 5000}`), text.slice(0, -2))
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain(count)
    expect(at.bridge.inBulk).toEqual([])
  })

  it('is 413 whatever else is wrong with it: it is not even parsed', async () => {
    const text = `{"Operations":[${'{},'.repeat(limits.bulkOperations + 1)}`
    const answer = await at.raw(rawRequest('POST /scim/v2/Bulk', [], text))
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain(count)
  })
})

describe('operations are counted while they arrive', () => {
  const counted = (text: string, size = text.length): number => {
    const count = operationCount()
    const bytes = Buffer.from(text)
    let found = 0
    for (let from = 0; from < bytes.length; from += size) found = count(bytes.subarray(from, from + size))
    return found
  }
  it.each([
    ['none', bulkOf([]), 0],
    ['three', bulkOf(operations(3)), 3],
    ['those of a PATCH are not', bulkOf([{ data: { Operations: [{}, {}, {}] } }]), 1],
    ['nor what stands elsewhere', { schemas: [{}, {}], other: { Operations: [{}] }, Operations: [{}], last: [{}] }, 1],
    ['brackets in texts', { 'x"[{': ']}{', Operations: [{ a: '}{"\\' }, { '{': '[' }] }, 2],
    ['whatever the casing', { operations: [{}, {}] }, 2],
    ['not what is longer', { 'operations and more': [{}, {}] }, 0],
    ['numbers are for the parser to refuse', { Operations: [1, 2] }, 0],
    ['nothing outside of an object', [{}, {}], 0],
  ])('%s', (_, body, expected) => {
    const text = JSON.stringify(body)
    for (const size of [text.length, 1, 3, 7]) expect(counted(text, size)).toBe(expected)
    expect(counted(JSON.stringify(body, undefined, 2))).toBe(expected)
  })
})
