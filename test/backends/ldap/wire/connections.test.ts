import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { equal } from '../../../../src/backends/ldap/filter.ts'
import type { Result } from '../../../../src/backends/ldap/operation.ts'
import { admin, count, describeSlapd, open, search, unhurried, until, valuesIn } from './slapd-fixture.ts'
import { proxied } from './proxied.ts'
import { quick, refused, timed } from './timed.ts'

describeSlapd('the connections to a server', () => {
  const behind = proxied()

  it('is closed after what is in flight, and takes nothing more', async () => {
    const directory = await behind.dial({ timeouts: { ...quick, operation: 5_000 } })
    await directory.ping(unhurried)
    const from = behind.slapd.log().length
    await behind.slapd.freeze()
    const last = timed(behind.find(directory))
    await sleep(30)
    const closed = directory.close()
    await expect(directory.ask(search())).rejects.toEqual(refused('unavailable'))
    behind.slapd.thaw()
    expect((await last).outcome).toBe(0)
    await closed
    await until(
      () =>
        count(behind.slapd.log().slice(from), / UNBIND/) === 1 &&
        count(behind.slapd.log().slice(from), / closed/) === 1,
    )
  })

  it('keeps a bounded number waiting, for a bounded time', async () => {
    const directory = await behind.dial({
      pool: { connections: 1, inFlight: 2, queue: 3, wait: 300 },
      timeouts: { ...quick, operation: 2_000 },
    })
    await directory.ping(unhurried)
    await behind.slapd.freeze()
    const all = Array.from({ length: 8 }, () => timed(behind.find(directory)))
    const outcomes = Promise.all(all)
    await sleep(600)
    behind.slapd.thaw()
    const done = await outcomes
    expect(done.map(({ outcome }) => outcome).toSorted()).toEqual([
      0,
      0,
      'busy',
      'busy',
      'busy',
      'busy',
      'busy',
      'busy',
    ])
    expect(done.filter(({ outcome, took }) => outcome === 'busy' && took < 100)).toHaveLength(3)
    expect((await behind.find(directory)).code).toBe(0)
  })

  it('walks page by page, several at a time', async () => {
    const directory = await behind.dial()
    const walks = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const uids: unknown[] = []
        const sizes: number[] = []
        const last = await directory.walk(
          search({ filter: equal('objectClass', 'inetOrgPerson') }),
          (entries) => {
            sizes.push(entries.length)
            uids.push(...valuesIn(entries, 'uid'))
          },
          { signal: unhurried, pageSize: 700 },
        )
        expect(last).toMatchObject({ code: 0, entries: [], cookie: undefined })
        return { uids, largest: Math.max(...sizes) }
      }),
    )
    for (const { uids, largest } of walks) {
      expect(new Set(uids).size).toBe(uids.length)
      expect(uids.length).toBeGreaterThanOrEqual(3_000)
      expect(largest).toBe(700)
    }
  })

  it('ends a walk where it is given up or the connection breaks, and never starts it anew', async () => {
    const directory = await behind.dial()
    const given = new AbortController()
    let taken = 0
    const walk = (stop: () => void): Promise<Result> =>
      directory.walk(search(), (entries) => void ((taken += entries.length) === 100 && stop()), {
        signal: given.signal,
        pageSize: 50,
      })
    await expect(walk(() => void behind.proxy.mode({ kind: 'reset' }))).rejects.toEqual(refused('unavailable'))
    expect(taken).toBe(100)
    await behind.proxy.mode({ kind: 'pass' })
    await until(async () => (await timed(behind.find(directory))).outcome === 0)
    taken = 0
    await expect(walk(() => given.abort(new Error('enough')))).rejects.toEqual(refused('timeout'))
    expect(taken).toBe(100)
  })

  it('pipelines 2,000 searches over one connection, bound once', async () => {
    const one = await open({ url: behind.slapd.url, bind: admin, pool: { connections: 1, inFlight: 2_000 } })
    await one.ping(unhurried)
    const from = behind.slapd.log().length
    const results = await Promise.all(
      Array.from({ length: 2_000 }, (_, at) => one.ask(search({ filter: equal('uid', `user${at % 20}`) }))),
    )
    expect(results.map(({ entries }) => valuesIn(entries, 'uid')[0])).toEqual(
      Array.from({ length: 2_000 }, (_, at) => `user${at % 20}`),
    )
    expect(count(behind.slapd.log().slice(from), / BIND /)).toBe(0)
    await one.close()
    await expect.poll(() => count(behind.slapd.log().slice(from), / UNBIND/)).toBe(1)
  })

  it('binds no more than once for each connection', async () => {
    const from = behind.slapd.log().length
    const steady = await open({ url: behind.slapd.url, bind: admin, pool: { connections: 2, inFlight: 8 } })
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 30 }, () => steady.ask(search({ filter: equal('uid', 'user1') }))))
      await steady.walk(search(), () => undefined, { signal: unhurried, pageSize: 7 })
    }
    const log = behind.slapd.log().slice(from)
    expect(count(log, /op=0 BIND dn="[^"]+" method=128/)).toBe(3)
    expect(count(log, / BIND dn="[^"]+" method=/)).toBe(3)
    await steady.close()
    await expect.poll(() => count(behind.slapd.log().slice(from), / UNBIND/)).toBe(3)
  })
})
