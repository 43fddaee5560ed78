import { afterAll, beforeAll, expect, it } from 'vitest'
import { openProxy } from '../../faults/proxy.ts'
import type { Proxy } from '../../faults/proxy.ts'
import { describeServer } from '../../servers/with-server.ts'
import { person, where } from '../../wire/people.ts'
import { numbered, personLdif } from './people.ts'
import type { LdapPlace } from './place.ts'
import { idIn, ldapPlace } from './place.ts'

/** More than are read at once in hope, on several pages of a walk. */
const count = 3_100
const request = 1_000
/** Of each direction, so that no walk ends within one request: it connects, binds and turns seven pages. */
const latency = 100

await describeServer('openldap', 'a list that takes longer than a request may', (server) => {
  let place: LdapPlace
  let proxy: Proxy
  beforeAll(async () => {
    proxy = await openProxy({ host: '127.0.0.1', port: Number(new URL(server.url).port), protocol: 'ldap' })
    place = await ldapPlace(server, {
      overlays: false,
      request,
      ldif: numbered(count)
        .map((name) => personLdif(name))
        .join('\n'),
      url: () => `ldap://127.0.0.1:${proxy.port}`,
    })
  })
  afterAll(async () => {
    await place.close()
    await proxy.close()
  })
  const walked = async (watch: Awaited<ReturnType<LdapPlace['directory']['watch']>>) =>
    (await watch.take()).filter((one) => one.kind === 'search' && !/entryUUID=|member=/i.test(one.filter)).length

  it('is walked once for all who ask for it at once', async () => {
    const watch = await place.directory.watch()
    const page = `/Users${where('not (userName eq "nobody")')}&startIndex=1000&count=2`
    const answers = await Promise.all(Array.from({ length: 8 }, () => place.client.get(page)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    // 3,100 ids, 500 at a time
    expect(await walked(watch)).toBe(7)
  })

  it('is there in the end, for whoever asks again, and not before the last write', async () => {
    await proxy.mode({ kind: 'latency', milliseconds: latency })
    const page = `/Users${where('userName pr')}&startIndex=1000&count=2`
    const first = await place.client.get(page)
    expect([first.status, first.body['totalResults']]).toEqual([503, undefined])
    let last = first
    for (let again = 0; again < 5 && last.status === 503; again++) last = await place.client.get(page)
    expect([last.status, last.body['totalResults']]).toEqual([200, count])

    await proxy.mode({ kind: 'pass' })
    idIn(await place.client.post('/Users', person('one-more')))
    const { body } = await place.client.get(page)
    expect(body['totalResults']).toBe(count + 1)
  })
})
