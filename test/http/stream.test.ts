import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BridgeError } from '../../src/base/errors.ts'
import type { Stand } from './stand.ts'
import { rawRequest, stand, timeouts } from './stand.ts'

let at: Stand
beforeEach(async () => {
  at = await stand({ timeouts: { ...timeouts, request: 400 } })
})
afterEach(() => at.stop())

/** How far the pieces of an answer have been asked for, and whether whoever makes them was let go. */
interface Made {
  count: number
  ended: boolean
}

const piece = 'x'.repeat(40_000)

/** Answers with so many pieces of JSON text; `before` happens before each of them. */
function answerWith(count: number, before: (i: number) => Promise<void> = async () => undefined, text = piece): Made {
  const made: Made = { count: 0, ended: false }
  async function* pieces(): AsyncGenerator<string> {
    try {
      yield '{"members":["'
      for (let i = 0; i < count; i++) {
        await before(i)
        made.count++
        yield text
      }
      yield '"]}'
    } finally {
      made.ended = true
    }
  }
  at.bridge.answer = async () => ({ status: 200, stream: pieces(), etag: 'W/"3"', location: 'http://here/Groups/1' })
  return made
}

const get = rawRequest('GET /scim/v2/Groups/1')
const until = async (holds: () => boolean): Promise<void> => {
  for (const end = Date.now() + 3000; !holds() && Date.now() < end;) await sleep(10)
  expect(holds()).toBe(true)
}

describe('an answer in pieces', () => {
  it('comes whole, with the head of any other', async () => {
    const made = answerWith(50)
    const answer = await at.call('GET', '/Groups/1')
    expect(answer.body).toEqual({ members: [piece.repeat(50)] })
    expect(answer.headers.get('etag')).toBe('W/"3"')
    expect(answer.headers.get('location')).toBe('http://here/Groups/1')
    expect(answer.headers.get('content-type')).toBe('application/scim+json')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-length')).toBeNull()
    expect(made).toEqual({ count: 50, ended: true })
    expect(at.seen).toContainEqual(expect.objectContaining({ kind: 'request', status: 200 }))
  })

  it('has a length when it turns out to be short', async () => {
    answerWith(3, undefined, 'ä')
    const answer = await at.call('GET', '/Groups/1')
    expect(answer.body).toEqual({ members: ['äää'] })
    expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(answer.text)))
  })

  it('has no body for HEAD, and nothing is made for it', async () => {
    const made = answerWith(50)
    const answer = await at.call('HEAD', '/Groups/1')
    expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([200, '', 'W/"3"'])
    expect(made.count).toBe(0)
  })

  it('is an error like any other when it fails before anything was sent', async () => {
    answerWith(1, async () => {
      throw new BridgeError('unavailable', 'the database is away')
    })
    const answer = await at.call('GET', '/Groups/1')
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(answer.body).toMatchObject({ status: '503', detail: 'the database is away' })
  })

  it('does not look whole when a later piece fails', async () => {
    const made = answerWith(50, async (i) => {
      if (i === 20) throw new BridgeError('unavailable', 'the database is away')
    })
    const answer = await at.raw(get)
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    // neither the end of the JSON nor that of the chunks
    expect(answer).not.toContain(']}')
    expect(answer).not.toMatch(/\r\n0\r\n\r\n$/)
    await expect(at.call('GET', '/Groups/1')).rejects.toThrow()
    expect(made.ended).toBe(true)
    expect(at.seen).toContainEqual(expect.objectContaining({ kind: 'failure', code: 'SB406' }))
    expect(at.seen).toContainEqual(expect.objectContaining({ kind: 'request', error: 'SB406' }))
  })

  it('does not look whole for a client of HTTP/1.0 either, which knows the end by the connection alone', async () => {
    answerWith(50, async (i) => {
      if (i === 20) throw new Error('a fault')
    })
    const answer = await at.raw(get.replace('HTTP/1.1', 'HTTP/1.0'))
    expect(answer).toContain('200')
    expect(answer).not.toContain(']}')
  })

  it('makes no more than the client takes', async () => {
    const made = answerWith(2000)
    const socket = connect(at.port, '127.0.0.1')
    socket.pause()
    socket.write(get)
    await sleep(250)
    // a few megabytes lie in the buffers of the system
    expect(made.count).toBeLessThan(500)
    socket.destroy()
    await until(() => made.ended)
    expect(made.count).toBeLessThan(500)
  })

  it('may take long as long as it goes on', async () => {
    answerWith(8, () => sleep(100))
    const since = Date.now()
    expect((await at.call('GET', '/Groups/1')).body).toEqual({ members: [piece.repeat(8)] })
    expect(Date.now() - since).toBeGreaterThan(750)
  })

  it('cuts off a client that does not read, within the time for a request', async () => {
    const made = answerWith(2000)
    const socket = connect(at.port, '127.0.0.1')
    let closed = false
    socket.on('close', () => (closed = true)).on('error', () => undefined)
    socket.pause()
    socket.write(get)
    await until(() => made.ended)
    socket.resume()
    await until(() => closed)
    expect(made.count).toBeLessThan(500)
  })

  it('ends when a piece does not come within the time for a request', async () => {
    answerWith(50, async (i) => {
      if (i === 20) await new Promise(() => undefined)
    })
    const since = Date.now()
    expect(await at.raw(get)).not.toContain(']}')
    expect(Date.now() - since).toBeLessThan(2000)
  })

  it('leaves off when the client goes', async () => {
    const made = answerWith(2000, () => sleep(5))
    const socket = connect(at.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(get)
    await until(() => made.count > 5)
    socket.destroy()
    await until(() => made.ended)
    expect(made.count).toBeLessThan(500)
    expect(at.seen).toContainEqual(expect.objectContaining({ kind: 'request', status: 499 }))
    expect(at.seen.filter(({ kind }) => kind === 'failure')).toEqual([])
  })
})
