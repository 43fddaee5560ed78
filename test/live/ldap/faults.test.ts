import { afterAll, beforeAll, describe, it } from 'vitest'
import { bear, faults } from '../../faults/bear.ts'
import { openProxy } from '../../faults/proxy.ts'
import type { Proxy } from '../../faults/proxy.ts'
import { describeServer } from '../../servers/with-server.ts'
import { ldapPlace } from './place.ts'
import type { LdapPlace } from './place.ts'
import { backend, steady, titled } from './steady.ts'

/** Milliseconds: what a request may take by the configuration, and by a machine that is busy with other things. */
const request = 1_500
const bound = request + 1_000
/** Within which all is well again. */
const recovery = 5_000

const quick = 'timeouts: { connect: 1000, operation: 1200 }\npool: { wait: 1200 }'
const write = /^(add|modify|delete|rename|extended) /
const password = 'correct horse'

await describeServer('openldap', 'between the bridge and a directory', (server) => {
  let place: LdapPlace
  let proxy: Proxy
  const told: string[] = []
  const open = async (overlays: boolean, mapping: (text: string) => string, time = request): Promise<void> => {
    proxy = await openProxy({ host: server.host, port: server.port, protocol: 'ldap' })
    const url = (to: string): string => to.replace(`:${server.port}`, `:${proxy.port}`)
    place = await ldapPlace(server, { overlays, mapping, url, request: time })
  }
  const close = async (): Promise<void> => {
    await place?.close()
    await proxy?.close()
  }
  afterAll(() => console.log(told.join('\n')))

  describe.each([
    ['bare, where a change of title is a rename', false, titled],
    ['with overlays, and passwords by an operation of their own', true, steady],
  ] as const)('%s', (kind, overlays, mapping) => {
    beforeAll(() => open(overlays, backend(quick, mapping)))
    afterAll(close)
    it.each(faults(request, write).map(([title, fault, on]) => ({ title, fault, on })))(
      '$title',
      async ({ title, fault, on }) => {
        const borne = await bear(fault, on, {
          proxy,
          bridge: place.base,
          bound,
          recovery,
          ...(overlays && { load: { more: { password } } }),
        })
        told.push(`${kind}: ${title}: ${JSON.stringify({ ...borne, people: borne.people.length })}`)
      },
    )
  })
})
