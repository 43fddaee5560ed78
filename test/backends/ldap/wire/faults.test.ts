import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { admin, count, describeSlapd, open, person, search, startSlapd, unhurried, until } from './slapd-fixture.ts'
import { proxied } from './proxied.ts'
import { quick, refused, timed } from './timed.ts'

describeSlapd('a server in trouble', () => {
  const behind = proxied()

  it('that is frozen is given up in time, and found again', async () => {
    const directory = await behind.dial()
    expect((await behind.find(directory)).code).toBe(0)
    await behind.slapd.freeze()
    const results = await Promise.all([
      timed(behind.find(directory)),
      timed(behind.find(directory)),
      timed(directory.ask(person('frozen'))),
    ])
    for (const { took, outcome } of results) {
      expect(outcome).toBe('timeout')
      expect(took).toBeLessThan(3_000)
    }
    const next = await timed(behind.find(directory))
    expect(next.outcome).toBe('unavailable')
    expect(next.took).toBeLessThan(3_000)
    // in its pause it is not even tried
    const paused = await timed(behind.find(directory))
    expect(paused.outcome).toBe('unavailable')
    expect(paused.took).toBeLessThan(200)
    behind.slapd.thaw()
    await until(async () => (await timed(behind.find(directory))).outcome === 0)
    expect(directory.told.at(-1)).toMatch(/^used /)
  })

  it('that was killed is unavailable at once, and found again', async () => {
    const directory = await behind.dial()
    await directory.ping(unhurried)
    await behind.slapd.kill()
    const killed = await timed(behind.find(directory))
    expect(killed.outcome).toBe('unavailable')
    expect(killed.took).toBeLessThan(1_000)
    await expect(directory.ping(unhurried)).rejects.toEqual(refused('unavailable'))
    await behind.slapd.start()
    await until(async () => (await timed(behind.find(directory))).outcome === 0)
  })

  it('is asked again for a search whose connection broke, and not for a write', async () => {
    const directory = await behind.dial()
    await directory.ping(unhurried)
    await behind.proxy.mode({ kind: 'freeze' })
    const lost = timed(behind.find(directory))
    const write = timed(directory.ask(person('lost')))
    await sleep(50)
    await behind.proxy.mode({ kind: 'reset' })
    await behind.proxy.mode({ kind: 'pass' })
    expect((await lost).outcome).toBe(0)
    expect((await write).outcome).toBe('unavailable')
    const from = behind.slapd.log().length
    expect((await directory.ask(person('again'))).code).toBe(0)
    expect(count(behind.slapd.log().slice(from), / ADD dn="uid=again/)).toBe(1)
  })

  it.each(['server', 'client'] as const)('that is half-closed by the %s leaves nobody waiting', async (by) => {
    const directory = await behind.dial()
    await directory.ping(unhurried)
    await behind.proxy.mode({ kind: 'halfClose', by })
    for (let round = 0; round < 3; round++) expect((await timed(behind.find(directory))).took).toBeLessThan(3_000)
    await behind.proxy.mode({ kind: 'pass' })
    await until(async () => (await timed(behind.find(directory))).outcome === 0)
  })

  it.each(['break', 'silence'] as const)(
    'that is cut off within an answer (%s) leaves nobody waiting',
    async (then) => {
      const directory = await behind.dial()
      await directory.ping(unhurried)
      await behind.proxy.mode({ kind: 'cut', after: 5_000, then })
      const { took, outcome } = await timed(directory.ask(search()))
      expect(['unavailable', 'timeout']).toContain(outcome)
      expect(took).toBeLessThan(3_000)
      await behind.proxy.mode({ kind: 'pass' })
      await until(async () => (await timed(behind.find(directory))).outcome === 0)
    },
  )

  it('answers the neighbours of an operation that is late, and closes its connection after them', async () => {
    const slow = await startSlapd({
      entries: 3_000,
      database:
        'overlay retcode\nretcode-parent "ou=people,dc=example,dc=test"\nretcode-item "cn=slow" 0x00 sleeptime=4',
      global: 'moduleload retcode',
    })
    const directory = await open({ url: slow.url, bind: admin, timeouts: { ...quick, operation: 1_500 } })
    await directory.ping(unhurried)
    const from = slow.log().length
    const late = timed(directory.ask(search({ base: 'cn=slow,ou=people,dc=example,dc=test', scope: 'base' })))
    const neighbours = Promise.all(Array.from({ length: 40 }, () => timed(behind.find(directory))))
    await sleep(1_430)
    const others = Promise.all(Array.from({ length: 10 }, () => timed(directory.ask(search()))))
    expect(new Set((await neighbours).map(({ outcome }) => outcome))).toEqual(new Set([0]))
    expect((await late).outcome).toBe('timeout')
    expect((await late).took).toBeLessThan(3_000)
    expect(new Set((await others).map(({ outcome }) => outcome))).toEqual(new Set([0]))
    expect((await timed(behind.find(directory))).outcome).toBe(0)
    expect(count(slow.log().slice(from), / ABANDON msg=/)).toBe(1)
    expect(count(slow.log().slice(from), / BIND dn="[^"]+" method=128/)).toBe(1)
    expect(directory.told).toEqual([])
    await until(() => count(slow.log().slice(from), / closed/) === 1)
    await directory.close()
    await slow.stop()
  })

  it('lets go of what is given up', async () => {
    const directory = await behind.dial({ timeouts: { ...quick, operation: 5_000 } })
    await directory.ping(unhurried)
    await behind.slapd.freeze()
    const given = new AbortController()
    const work = timed(directory.execute(search(), { signal: given.signal }))
    await sleep(30)
    given.abort(new Error('gone'))
    expect(await work).toMatchObject({ outcome: 'timeout' })
    expect((await work).took).toBeLessThan(500)
    behind.slapd.thaw()
    expect((await behind.find(directory)).code).toBe(0)
    const before = AbortSignal.abort(new Error('gone'))
    await expect(directory.execute(search(), { signal: before })).rejects.toEqual(refused('timeout'))
    await expect(directory.walk(search(), () => undefined, { signal: before })).rejects.toEqual(refused('timeout'))
  })

  it.each([
    ['a wrong password', { bind: { ...admin, password: 'wrong' } }, /result code 49/],
    ['what is no LDAP', { url: 'ldap://127.0.0.1:0' }, /no connection/],
  ])('is unavailable for %s, the cause told to the log only', async (_, words, cause) => {
    const directory = await behind.dial(words)
    const error = await behind.find(directory).catch((thrown: unknown) => thrown)
    expect(error).toEqual(refused('unavailable'))
    expect(error).toMatchObject({ cause: { message: expect.stringMatching(cause) } })
    expect(JSON.stringify([error, String(error)])).not.toMatch(/wrong|s3cret|cn=admin/)
  })
})
