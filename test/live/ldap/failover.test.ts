import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openProxy } from '../../faults/proxy.ts'
import type { Proxy } from '../../faults/proxy.ts'
import { directoryClient } from '../../servers/directory-client.ts'
import { ownServer, skipped } from '../../servers/with-server.ts'
import { person, where } from '../../wire/people.ts'
import { idIn, ldapPlace } from './place.ts'
import type { LdapPlace } from './place.ts'
import { replicate } from './replica.ts'
import { backend } from './steady.ts'

const title = 'a directory and its copy'
const [first, second] = [await ownServer('openldap'), await ownServer('openldap')] as const
/** Milliseconds in which the copy is given time to follow. */
const settle = 4_000

if ('missing' in first) skipped('openldap', title, first)
else if ('missing' in second) skipped('openldap', title, second)
else
  describe(title, () => {
    let place: LdapPlace
    /** Between the bridge and each of them, and between the two. */
    let proxies: readonly [Proxy, Proxy, Proxy]
    const proxyTo = (port: number): Promise<Proxy> => openProxy({ host: '127.0.0.1', port, protocol: 'ldap' })
    const get = (path: string) => place.client.get(path)
    const found = async (userName: string) => get(`/Users${where(`userName eq "${userName}"`)}`)
    const told = (): readonly string[] => place.told.flatMap((one) => (one.kind === 'warning' ? [one.detail] : []))
    const isCopied = (uid: string, count: number): Promise<void> =>
      expect
        .poll(
          async () => {
            const beside = directoryClient(second.url, place.directory.account)
            const entries = await beside.search(`ou=people,${place.directory.suffix}`, { filter: `(uid=${uid})` })
            await beside.close()
            return entries.length
          },
          { timeout: 5_000 },
        )
        .toBe(count)

    beforeAll(async () => {
      proxies = [await proxyTo(first.port), await proxyTo(second.port), await proxyTo(first.port)]
      const urls = proxies.slice(0, 2).map(({ port }) => `ldap://127.0.0.1:${port}`)
      const words = `timeouts: { connect: 800, operation: 1200 }\nsettle: ${settle}`
      place = await ldapPlace(first, {
        overlays: false,
        mapping: (text) => backend(words)(text).replace("url: '${LDAP_URL}'", `urls: '${urls.join(' ')}'`),
        request: 5_000,
      })
      await replicate({ from: first, to: second }, place.directory, `ldap://127.0.0.1:${proxies[2].port}`)
    })
    afterAll(async () => {
      await place?.close()
      for (const proxy of proxies ?? []) await proxy.close()
      await first.end()
      await second.end()
    })

    it('goes on with reads at the copy, takes no write there, and returns', async () => {
      idIn(await place.client.post('/Users', person('early')))
      await isCopied('early', 1)
      const [id] = ((await found('early')).body['Resources'] as readonly { id: string }[]).map((one) => one.id)
      await proxies[0].mode({ kind: 'refuse' })
      const began = performance.now()
      expect((await get(`/Users/${id}`)).body['userName']).toBe('early')
      expect(performance.now() - began).toBeLessThan(3_000)
      // until then nobody knows whether the name is free
      await wait(settle)
      const write = await place.client.post('/Users', person('refused'))
      expect([write.status, Number(write.headers['retry-after']) > 0], write.text).toEqual([503, true])
      expect(
        told().filter((one) => /refers to ldap:\/\/127\.0\.0\.1:\d+; referrals are not followed/.test(one)),
      ).toHaveLength(1)
      expect(told().join()).not.toMatch(/refused|uid=/)
      await proxies[0].mode({ kind: 'pass' })
      await expect
        .poll(async () => (await place.client.post('/Users', person('again'))).status, { timeout: 5_000 })
        .toBe(201)
      expect((await found('refused')).body['totalResults']).toBe(0)
      await isCopied('again', 1)
    })

    it('does not take for absent what the copy does not have yet', async () => {
      await proxies[2].mode({ kind: 'refuse' })
      const id = idIn(await place.client.post('/Users', person('fresh')))
      const written = performance.now()
      await proxies[0].mode({ kind: 'refuse' })
      for (const answer of [await get(`/Users/${id}`), await found('fresh')])
        expect([answer.status, Number(answer.headers['retry-after']) > 0], answer.text).toEqual([503, true])
      expect((await found('early')).body['totalResults']).toBe(1)
      expect((await place.client.delete(`/Users/${id}`)).status).toBe(503)
      expect(performance.now() - written).toBeLessThan(settle)
      await isCopied('fresh', 0)
      await proxies[0].mode({ kind: 'pass' })
      await expect.poll(async () => (await get(`/Users/${id}`)).status, { timeout: 5_000 }).toBe(200)
      await proxies[2].mode({ kind: 'pass' })
      await isCopied('fresh', 1)
    })

    it('is served by the copy alone after the first server was killed, and by the first when it is back', async () => {
      await first.kill()
      const began = performance.now()
      expect((await found('fresh')).body['totalResults']).toBe(1)
      expect(performance.now() - began).toBeLessThan(3_000)
      await first.start()
      await expect
        .poll(async () => (await place.client.post('/Users', person('restarted'))).status, { timeout: 5_000 })
        .toBe(201)
      await isCopied('restarted', 1)
    })
  })
