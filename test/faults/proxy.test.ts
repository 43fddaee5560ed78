import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pass } from './fault.ts'
import type { Fault } from './fault.ts'
import { lineClient, lineServer } from './lines.ts'
import type { LineClient, LineServer } from './lines.ts'
import { openProxy } from './proxy.ts'
import type { Proxy } from './proxy.ts'

let server: LineServer
let proxy: Proxy
const clients: LineClient[] = []
const client = async (): Promise<LineClient> => {
  const made = await lineClient(proxy.port)
  clients.push(made)
  return made
}
/** A connection that has carried a line already: `did hi\n` is in its text. */
const used = async (): Promise<LineClient> => {
  const made = await client()
  made.say('hi')
  await made.heard(7)
  return made
}
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await wait(1)
}
/** As long as a healthy connection needs for an answer, and then some. */
const aMoment = (): Promise<void> => wait(40)

beforeEach(async () => {
  server = await lineServer()
  proxy = await openProxy({ host: '127.0.0.1', port: server.port, protocol: 'lines' })
})
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy()
  await proxy.close()
  await server.close()
})

describe('a fault proxy', () => {
  it('passes everything on, and both ends of it', async () => {
    const one = await used()
    one.say('many 3000000')
    expect((await one.heard(3_000_007)).length).toBe(3_000_007)
    one.socket.end('last\n')
    expect(await one.ended).toBe('end')
    expect(one.text()).toMatch(/did last\n$/)
    expect(server.did).toEqual(['hi', 'many 3000000', 'last'])
    await until(() => proxy.stats.open === 0)
    expect(proxy.stats).toMatchObject({ connections: 1, harmed: 0, lost: 0 })
  })

  it('refuses, resets what there was, and listens on the same port again', async () => {
    const one = await used()
    await proxy.mode({ kind: 'refuse' })
    expect(await one.ended).toBe('ECONNRESET')
    await expect(lineClient(proxy.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await proxy.mode({ kind: 'refuse' })
    await proxy.mode(pass)
    expect((await used()).text()).toBe('did hi\n')
  })

  it('resets connections, old and new', async () => {
    const one = await used()
    await proxy.mode({ kind: 'reset' })
    expect(await one.ended).toBe('ECONNRESET')
    const two = await client().then(
      ({ ended }) => ended,
      (error: NodeJS.ErrnoException) => error.code,
    )
    expect(two).toBe('ECONNRESET')
    await proxy.mode(pass)
    expect((await used()).text()).toBe('did hi\n')
  })

  it('swallows in both directions, and only what lost something stays dead', async () => {
    const [lost, idle] = [await used(), await used()]
    await proxy.mode({ kind: 'blackhole' })
    const late = await client()
    lost.say('one')
    late.say('two')
    await until(() => proxy.stats.harmed === 2)
    await proxy.mode(pass)
    lost.say('three')
    late.say('four')
    idle.say('five')
    await idle.heard(16)
    await aMoment()
    expect([lost.text(), late.text(), idle.text()]).toEqual(['did hi\n', '', 'did hi\ndid five\n'])
    expect(server.did).toEqual(['hi', 'hi', 'five'])
    lost.socket.destroy()
    late.socket.destroy()
    await until(() => proxy.stats.open === 1)
  })

  it('does not tell a server behind a black hole that its client has gone, until it is over', async () => {
    const one = await used()
    await proxy.mode({ kind: 'blackhole' })
    one.socket.destroy()
    await aMoment()
    expect(proxy.stats.open).toBe(1)
    await proxy.mode(pass)
    await until(() => proxy.stats.open === 0)
  })

  it('freezes: what was sent arrives late, though the client has given up', async () => {
    const [patient, impatient] = [await used(), await used()]
    await proxy.mode({ kind: 'freeze' })
    patient.say('one')
    impatient.say('two')
    await until(() => proxy.stats.fromClient === 14)
    impatient.socket.destroy()
    await aMoment()
    expect(server.did).toEqual(['hi', 'hi'])
    await proxy.mode(pass)
    expect(await patient.heard(15)).toBe('did hi\ndid one\n')
    await until(() => server.did.includes('two') && proxy.stats.open === 1)
  })

  it('takes longer in each direction, in order', async () => {
    const one = await used()
    await proxy.mode({ kind: 'latency', milliseconds: 30 })
    const start = performance.now()
    one.say('one')
    await aMoment()
    expect(one.text()).toBe('did hi\n')
    await proxy.mode({ kind: 'latency', milliseconds: 1 })
    one.say('two')
    expect(await one.heard(23)).toBe('did hi\ndid one\ndid two\n')
    expect(performance.now() - start).toBeGreaterThanOrEqual(30)
  })

  it.each([
    ['break', 'end'],
    ['silence', 'nothing'],
  ] as const)('cuts an answer in the middle with %s', async (then, outcome) => {
    const one = await used()
    await proxy.mode({ kind: 'cut', after: 10, then })
    one.say('one')
    one.say('two')
    expect(await one.heard(17)).toBe('did hi\ndid one\ndi')
    one.say('three')
    expect(await Promise.race([one.ended, aMoment().then(() => 'nothing')])).toBe(outcome)
    expect(one.text()).toBe('did hi\ndid one\ndi')
    await proxy.mode(pass)
    expect((await used()).text()).toBe('did hi\n')
  })

  it('half-closes from the side of the server: the client may go on talking, to nobody', async () => {
    const one = await used()
    await proxy.mode({ kind: 'halfClose', by: 'server' })
    expect(await one.ended).toBe('end')
    one.say('one')
    const late = await client()
    expect(await late.ended).toBe('end')
    await proxy.mode(pass)
    one.say('two')
    await aMoment()
    expect(one.socket.destroyed).toBe(false)
    expect(server.did).toEqual(['hi'])
  })

  it('half-closes from the side of the client: the server goes, the client hears nothing of it', async () => {
    const one = await used()
    await proxy.mode({ kind: 'halfClose', by: 'client' })
    one.say('one')
    expect(await Promise.race([one.ended, aMoment().then(() => 'nothing')])).toBe('nothing')
    expect(server.did).toEqual(['hi'])
    expect(one.socket.destroyed).toBe(false)
  })

  it.each([
    ['loseReply', ['hi', 'begin', 'COMMIT', 'Commit']],
    ['loseRequest', ['hi', 'begin', 'COMMIT']],
  ] as const)('%s: the connection breaks, and only one of the two was done', async (kind, did) => {
    const one = await used()
    const fault: Fault = { kind, to: /^commit/i, every: 2 }
    await proxy.mode(fault)
    one.say('begin')
    expect(await one.heard(17)).toBe('did hi\ndid begin\n')
    one.say('COMMIT')
    expect(await one.heard(28)).toBe('did hi\ndid begin\ndid COMMIT\n')
    one.say('Commit')
    expect(await one.ended).toBe('end')
    expect(one.text()).toBe('did hi\ndid begin\ndid COMMIT\n')
    expect(server.did).toEqual(did)
    expect(proxy.stats).toMatchObject({ lost: 1, harmed: 1 })
  })

  it('is a server that is down when the server is down', async () => {
    await server.close()
    const one = await client().then(
      ({ ended }) => ended,
      (error: NodeJS.ErrnoException) => error.code,
    )
    expect(one).toBe('ECONNRESET')
  })
})
