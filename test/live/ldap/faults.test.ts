import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bear, faults } from '../../faults/bear.ts'
import { openProxy } from '../../faults/proxy.ts'
import type { Proxy } from '../../faults/proxy.ts'
import { describeServer } from '../../servers/with-server.ts'
import { ldapPlace } from './place.ts'
import type { LdapPlace } from './place.ts'
import { backend, steady, titled } from './steady.ts'

/** Milliseconds: what a request may take by the configuration, and by a machine that is busy with other things. */
const request = 1_500
const bound = request + 2_500
/** Within which all is well again. */
const recovery = 5_000

const quick = 'timeouts: { connect: 1000, operation: 1200 }\npool: { wait: 1200 }'
const write = /^(add|modify|delete|rename|extended) /
const password = 'correct horse'

await describeServer('openldap', 'between the bridge and a directory', (server) => {
  let place: LdapPlace
  let proxy: Proxy
  const open = async (overlays: boolean, mapping: (text: string) => string, time = request): Promise<void> => {
    proxy = await openProxy({ host: server.host, port: server.port, protocol: 'ldap' })
    const url = (to: string): string => to.replace(`:${server.port}`, `:${proxy.port}`)
    place = await ldapPlace(server, { overlays, mapping, url, request: time })
  }
  const close = async (): Promise<void> => {
    await place?.close()
    await proxy?.close()
  }
  /** Whoever is there, and cannot log in with what was sent. */
  const withoutPassword = async (): Promise<readonly string[]> => {
    const base = `ou=people,${place.directory.suffix}`
    const found = await place.directory
      .client()
      .search(base, { scope: 'one', filter: '(uid=load-*)', attributes: ['1.1'] })
    const able = await Promise.all(found.map(({ dn }) => place.directory.canBind(dn, password)))
    return found.filter((_, i) => able[i] !== true).map(({ dn }) => dn)
  }

  describe.each([
    ['bare, where a change of title is a rename', false, titled],
    ['with overlays, and passwords by an operation of their own', true, steady],
  ] as const)('%s', (_kind, overlays, mapping) => {
    beforeAll(() => open(overlays, backend(quick, mapping)))
    afterAll(close)
    it.each(faults(request, write).map(([title, fault, on]) => ({ title, fault, on })))(
      '$title',
      async ({ fault, on }) => {
        await bear(fault, on, {
          proxy,
          bridge: place.base,
          bound,
          recovery,
          load: { isSeenUnderWay: true, ...(overlays && { more: { password } }) },
        })
        if (overlays) expect(await withoutPassword()).toEqual([])
      },
    )
  })
})
