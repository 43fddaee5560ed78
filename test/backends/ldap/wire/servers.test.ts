import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { equal } from '../../../../src/backends/ldap/filter.ts'
import type { Result } from '../../../../src/backends/ldap/operation.ts'
import { openProxy } from '../../../faults/proxy.ts'
import type { Proxy } from '../../../faults/proxy.ts'
import {
  admin,
  describeSlapd,
  open,
  people,
  person,
  search,
  startSlapd,
  unhurried,
  until,
  valuesIn,
} from './slapd-fixture.ts'
import type { Opened, Slapd } from './slapd-fixture.ts'

const quick = { connect: 800, operation: 800, walk: 10_000 }
const unavailable = expect.objectContaining({ name: 'BridgeError', reason: 'unavailable' })

/** Two servers that do not replicate: each has an entry that tells who answered. */
describeSlapd('several servers', () => {
  let slapds: readonly Slapd[]
  let proxies: readonly Proxy[]
  let directory: Opened
  const down = (at: number): Promise<void> => proxies[at]!.mode({ kind: 'refuse' })
  const up = (at: number): Promise<void> => proxies[at]!.mode({ kind: 'pass' })
  const urls = (): readonly string[] => proxies.map(({ port }) => `ldap://127.0.0.1:${port}`)
  const openBoth = (words: Record<string, unknown> = {}): Promise<Opened> =>
    open({ urls: urls(), bind: admin, timeouts: quick, ...words })
  const who = async (): Promise<unknown> => {
    const { entries } = await directory.ask(
      search({ filter: { kind: 'substrings', attribute: 'uid', initial: 'server', any: [], final: undefined } }),
    )
    return valuesIn(entries, 'uid').join()
  }
  const find = (uid: string): Promise<Result> => directory.ask(search({ filter: equal('uid', uid) }))
  const back = (at: number): Promise<void> => until(() => directory.told.at(-1) === `used ${urls()[at]}`, 15_000)

  beforeAll(async () => {
    slapds = await Promise.all([startSlapd({ entries: 0 }), startSlapd({ entries: 0 })])
    proxies = await Promise.all(slapds.map(({ port }) => openProxy({ host: '127.0.0.1', port, protocol: 'lines' })))
    for (const [at, { url }] of slapds.entries()) {
      const one = await open({ url, bind: admin })
      expect((await one.ask(person(`server${at}`))).code).toBe(0)
      await one.close()
    }
  })
  beforeEach(async () => {
    directory = await openBoth()
  })
  afterEach(async () => {
    for (const slapd of slapds) slapd.thaw()
    await Promise.all([up(0), up(1)])
    await directory.close()
  })
  afterAll(async () => {
    await Promise.all([...proxies, ...slapds].map((one) => ('stop' in one ? one.stop() : one.close())))
  })

  it('are used in order: over to the second when the first is away, and back', async () => {
    expect(await who()).toBe('server0')
    await down(0)
    expect(await who()).toBe('server1')
    expect(await Promise.all(Array.from({ length: 20 }, who))).toEqual(Array.from({ length: 20 }, () => 'server1'))
    await up(0)
    await back(0)
    expect(await who()).toBe('server0')
    expect(directory.told).toEqual([`away ${urls()[0]}`, `used ${urls()[0]}`])
  })

  it('are passed over when operations are late twice running', async () => {
    expect(await who()).toBe('server0')
    await slapds[0]!.freeze()
    await expect(who()).rejects.toMatchObject({ reason: 'timeout' })
    const began = performance.now()
    expect(await who()).toBe('server1')
    // a new connection to it was tried, and given up
    expect(performance.now() - began).toBeLessThan(2_000)
    slapds[0]!.thaw()
    await back(0)
    expect(await who()).toBe('server0')
  })

  it('are passed over when all that is in flight is late', async () => {
    await directory.close()
    directory = await openBoth({ timeouts: { ...quick, connect: 2_000 } })
    expect(await who()).toBe('server0')
    await slapds[0]!.freeze()
    await Promise.allSettled([who(), who()])
    expect(directory.told).toEqual([`slow ${urls()[0]}`])
    const began = performance.now()
    expect(await who()).toBe('server1')
    expect(performance.now() - began).toBeLessThan(1_000)
  })

  it('when all are away, say so at once', async () => {
    await Promise.all([down(0), down(1)])
    const began = performance.now()
    await expect(who()).rejects.toEqual(unavailable)
    await expect(who()).rejects.toEqual(unavailable)
    await expect(directory.walk(search(), () => undefined, { signal: unhurried })).rejects.toEqual(unavailable)
    await expect(directory.ping(unhurried)).rejects.toEqual(unavailable)
    expect(performance.now() - began).toBeLessThan(500)
    await up(1)
    await back(1)
    expect(await who()).toBe('server1')
  })

  it('are believed when they find nothing, but for what another one took a moment ago', async () => {
    await down(0)
    expect((await directory.ask(person('settles'))).code).toBe(0)
    await up(0)
    await back(0)
    expect(await who()).toBe('server0')
    // the first server does not have it
    expect(valuesIn((await find('settles')).entries, 'uid')).toEqual(['settles'])
    const base = await directory.ask(search({ base: `uid=settles,${people}`, scope: 'base' }))
    expect([base.code, base.entries.length]).toEqual([0, 1])
    const walked: unknown[] = []
    const filter = equal('uid', 'settles')
    await directory.walk(search({ filter }), (entries) => walked.push(...valuesIn(entries, 'uid')), {
      signal: unhurried,
    })
    expect(walked).toEqual(['settles'])
    expect((await find('nobody')).entries).toEqual([])
    // what is found is believed
    expect(await who()).toBe('server0')
    await down(1)
    await expect(find('settles')).rejects.toEqual(unavailable)
    await expect(find('nobody')).rejects.toEqual(unavailable)
    expect(await who()).toBe('server0')
    await up(1)
    await back(1)
    // a write is done where the entry is
    expect((await directory.ask({ kind: 'delete', dn: `uid=settles,${people}` })).code).toBe(0)
    expect((await find('settles')).entries).toEqual([])
  })

  it('are believed when the time to settle has passed', async () => {
    await directory.close()
    directory = await openBoth({ settle: 1 })
    await down(0)
    expect((await directory.ask(person('settled'))).code).toBe(0)
    await up(0)
    await back(0)
    expect((await find('settled')).entries).toEqual([])
  })

  it('do not lose an operation when a connection ended unseen', async () => {
    for (let round = 0; round < 5; round++) {
      await directory.ping(unhurried)
      await proxies[0]!.mode({ kind: 'reset' })
      await up(0)
      expect(await who()).toBe('server0')
    }
  })
})
