import { describe, expect, it } from 'vitest'
import { describeServer } from '../../servers/with-server.ts'
import type { FreshDirectory } from '../../servers/fresh-directory.ts'
import { person } from '../../wire/people.ts'
import { lifeMapping } from './life-mapping.ts'
import { fine, made, serveDirectory } from './serve-directory.ts'

const bind = 'bind: { dn: "${LDAP_BIND_DN}", password: "${LDAP_BIND_PASSWORD}" }'
const ways: Readonly<Record<string, (directory: FreshDirectory) => string>> = {
  'ldap:// with StartTLS': ({ url, caFile }) =>
    `url: "${url}"\n  startTls: true\n  tls: { ca: "${caFile}" }\n  ${bind}`,
  'ldaps://': ({ ldapsUrl, caFile }) => `url: "${ldapsUrl}"\n  tls: { ca: "${caFile}" }\n  ${bind}`,
  'ldapi:// with a password': ({ ldapiUrl }) => `url: "${ldapiUrl}"\n  ${bind}`,
  'ldapi:// by the account of the process': ({ ldapiUrl }) => `url: "${ldapiUrl}"\n  bind: { sasl: external }`,
}

const peer = `gidNumber=${process.getgid?.() ?? 0}+uidNumber=${process.getuid?.() ?? 0},cn=peercred,cn=external,cn=auth`

await describeServer('openldap', 'a directory that is reached', (server) => {
  it.each(Object.entries(ways))('by %s', async (_, way) => {
    const directory = await server.freshDirectory({ access: [`to * by dn.exact="${peer}" manage by * break`] })
    const served = await serveDirectory(directory, { resources: lifeMapping(), backend: way(directory) })
    const id = made(await served.client.post('/Users', person('ann', { password: 'Old-secret-1' })))
    fine(await served.client.patch(`/Users/${id}`, { op: 'replace', path: 'password', value: 'New-secret-2' }))
    expect(await directory.canBind(`uid=ann,ou=people,${directory.suffix}`, 'New-secret-2')).toBe(true)
    expect(await served.found('/Users', 'userName eq "ann" and active eq true')).toEqual([id])
    expect((await served.client.delete(`/Users/${id}`)).status).toBe(204)
    expect(served.told()).not.toMatch(/secret/)
    await served.stop()
  })

  describe('and whose certificate', () => {
    it.each(['ldaps', 'StartTLS'])('nobody vouches for is not believed (%s)', async (how) => {
      const directory = await server.freshDirectory()
      const backend =
        how === 'ldaps'
          ? `url: "${directory.ldapsUrl}"\n  ${bind}`
          : `url: "${directory.url}"\n  startTls: true\n  ${bind}`
      const refused = await serveDirectory(directory, { resources: lifeMapping(), backend }).catch(
        (error: unknown) => error,
      )
      expect(String(refused)).toMatch(/certificate/)
      expect(String(refused)).not.toContain(directory.account.password)
    })
  })
})
