import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { enumerated, integer, octets, sequence, tlv } from '../../../../src/backends/ldap/wire/ber.ts'
import { frames } from '../../../../src/backends/ldap/wire/frames.ts'
import { enter, integerIn, readerOf } from '../../../../src/backends/ldap/wire/reader.ts'
import { open, search } from './slapd-fixture.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A server that answers every request as it is told: by its number, and what it asks for. */
async function answering(
  answer: (id: number, operation: number, socket: Socket) => Buffer | undefined,
  connections = Infinity,
): Promise<string> {
  let accepted = 0
  const server = createServer((socket) => {
    if (accepted++ >= connections) return void socket.destroy()
    const cut = frames()
    socket
      .on('error', () => undefined)
      .on('data', (chunk: Buffer) => {
        for (const message of cut.push(chunk)) {
          const reader = readerOf(message)
          enter(reader, 0x30)
          const id = integerIn(reader)
          const bytes = answer(id, reader.peek() ?? 0, socket)
          if (bytes !== undefined) socket.write(bytes)
        }
      })
    closing.push(() => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.unshift(() => server.close())
  return `ldap://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const done = (id: number, tag = 0x65, code = 0): Buffer =>
  sequence(integer(id), tlv(tag, enumerated(code), octets(''), octets('')))
const timeouts = { connect: 500, operation: 500 }

describe('a server that is odd', () => {
  it.each<[title: string, bytes: (id: number) => Buffer]>([
    ['talks HTTP', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['sends what cannot be read', (id) => sequence(integer(id), tlv(0x65, Buffer.from([0x0a, 0x01])))],
    ['sends no number', () => sequence(octets('x'))],
    ['says that it disconnects', () => sequence(integer(0), tlv(0x78, enumerated(52), octets(''), octets('bye')))],
  ])('and %s is given up long before the time is over', async (_, bytes) => {
    const directory = await open({ url: await answering(bytes), timeouts: { connect: 5_000, operation: 20_000 } })
    const from = performance.now()
    await expect(directory.ask(search())).rejects.toMatchObject({ reason: 'unavailable' })
    await expect(directory.ask({ kind: 'delete', dn: 'cn=x' })).rejects.toMatchObject({ reason: 'unavailable' })
    expect(performance.now() - from).toBeLessThan(2_000)
    await directory.close()
  })

  it('and answers what nobody asked is not confused with others', async () => {
    const url = await answering((id) => Buffer.concat([done(id + 1_000), sequence(integer(id), tlv(0x79)), done(id)]))
    const directory = await open({ url, timeouts })
    expect(await Promise.all([directory.ask(search()), directory.ask(search())])).toMatchObject([
      { code: 0 },
      { code: 0 },
    ])
    await directory.close()
  })

  it('and answers an operation after it was given up disturbs no other', async () => {
    const held: number[] = []
    const url = await answering((id, operation) => {
      if (operation !== 0x63) return undefined
      held.push(id)
      return held.length === 1 ? undefined : Buffer.concat([done(held[0] ?? 0, 0x65, 53), done(id)])
    })
    const directory = await open({ url, timeouts })
    const given = new AbortController()
    const first = directory.execute(search(), { signal: given.signal })
    setTimeout(() => given.abort(), 50)
    await expect(first).rejects.toMatchObject({ reason: 'timeout' })
    expect(await directory.ask(search())).toMatchObject({ code: 0 })
    await directory.close()
  })

  it('and says more than was asked before TLS is not spoken to', async () => {
    const injected = sequence(integer(2), tlv(0x61, enumerated(0), octets(''), octets('')))
    const url = await answering((id, operation) =>
      operation === 0x77 ? Buffer.concat([done(id, 0x78), injected.subarray(0, 5)]) : undefined,
    )
    const directory = await open({ url, startTls: true, bind: { dn: 'cn=x', password: 'y' }, timeouts })
    await expect(directory.ask(search())).rejects.toMatchObject({
      reason: 'unavailable',
      cause: { cause: { message: expect.stringMatching(/before TLS/) } },
    })
    await directory.close()
  })

  it('and knows no paging is listed in one piece', async () => {
    const entry = (id: number): Buffer => sequence(integer(id), tlv(0x64, octets('cn=x'), sequence()))
    const directory = await open({
      url: await answering((id) => Buffer.concat([entry(id), entry(id), done(id)])),
      timeouts,
    })
    const sizes: number[] = []
    const signal = new AbortController().signal
    await directory.walk(search(), (entries) => sizes.push(entries.length), { signal, pageSize: 1 })
    expect(sizes).toEqual([2])
    await directory.close()
  })

  it('and takes no further connection is busy for a listing, and goes on with the rest', async () => {
    const directory = await open({
      url: await answering((id) => done(id), 1),
      bind: { dn: 'cn=x', password: 'y' },
      timeouts,
    })
    expect(await directory.ask(search())).toMatchObject({ code: 0 })
    const signal = new AbortController().signal
    await expect(directory.walk(search(), () => undefined, { signal })).rejects.toMatchObject({ reason: 'busy' })
    expect(await directory.ask(search())).toMatchObject({ code: 0 })
    expect(directory.told).toEqual([])
    await directory.close()
  })

  it('and sends an empty page in the middle is walked to the end', async () => {
    const control = (id: number, cookie: string): Buffer => {
      const value = sequence(integer(0), octets(cookie))
      return tlv(0xa0, sequence(octets('1.2.840.113556.1.4.319'), octets(value)), ...(id < 0 ? [value] : []))
    }
    let page = 0
    const url = await answering((id, operation) => {
      if (operation !== 0x63) return undefined
      page++
      const entry = page === 2 ? Buffer.alloc(0) : sequence(integer(id), tlv(0x64, octets(`cn=${page}`), sequence()))
      const result = tlv(0x65, enumerated(0), octets(''), octets(''))
      return Buffer.concat([entry, sequence(integer(id), result, control(id, page < 3 ? 'more' : ''))])
    })
    const directory = await open({ url, timeouts })
    const dns: string[] = []
    const signal = new AbortController().signal
    await directory.walk(search(), (entries) => dns.push(...entries.map(({ dn }) => dn)), { signal })
    expect(dns).toEqual(['cn=1', 'cn=3'])
    await directory.close()
  })

  it('and is too slow for a listing as a whole ends it', async () => {
    const more = tlv(0xa0, sequence(octets('1.2.840.113556.1.4.319'), octets(sequence(integer(0), octets('more')))))
    const url = await answering((id, operation, socket) => {
      if (operation !== 0x63) return undefined
      const page = sequence(integer(id), tlv(0x65, enumerated(0), octets(''), octets('')), more)
      setTimeout(() => socket.destroyed || socket.write(page), 50)
      return undefined
    })
    const directory = await open({ url, timeouts: { ...timeouts, walk: 300 } })
    const signal = new AbortController().signal
    await expect(directory.walk(search(), () => undefined, { signal })).rejects.toMatchObject({
      reason: 'timeout',
      detail: expect.stringMatching(/list/),
    })
    await directory.close()
  })
})
