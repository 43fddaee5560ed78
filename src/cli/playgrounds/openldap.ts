import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BridgeError } from '../../base/errors.ts'
import { freshAccount } from '../private-server/account.ts'
import { install } from '../private-server/packages.ts'
import type { DirectoryAccount } from '../private-server/slapd-config.ts'
import { slapdNeeds } from '../private-server/slapd-config.ts'
import { slapdTree } from '../private-server/slapd-database.ts'
import type { PlaygroundKind } from './place.ts'
import { startSlapd } from './slapd.ts'

const suffix = 'dc=example,dc=com'

const holder = (dn: string): DirectoryAccount => ({ dn, password: freshAccount('').password })

/** A directory with the people of `<mapping>.ldif`; what `furnished` adds is there without them, too. */
export const openldap = (
  mapping: string,
  { overlays, furnished = '' }: { readonly overlays: boolean; readonly furnished?: string },
): PlaygroundKind => ({
  mapping: `${mapping}.yaml`,
  seed: false,
  async start({ mappings, empty, say }) {
    const people = empty ? '' : readFileSync(join(mappings, `${mapping}.ldif`), 'utf8')
    const lack = await install(slapdNeeds, undefined, say)
    if (lack !== undefined)
      throw new BridgeError('invalidConfiguration', `a private OpenLDAP cannot be started: ${lack.missing}`)
    const admin = holder(`cn=admin,${suffix}`)
    const account = holder(`cn=scim,ou=services,${suffix}`)
    const server = await startSlapd(suffix, admin, account.dn, overlays)
    try {
      for (const ldif of [slapdTree(suffix, account), furnished, people]) if (ldif !== '') await server.add(ldif)
    } catch (error) {
      await server.end()
      throw error
    }
    return {
      env: {
        LDAP_URL: server.url,
        LDAP_BASE_DN: suffix,
        LDAP_BIND_DN: account.dn,
        LDAP_BIND_PASSWORD: account.password,
        LDAP_CA_FILE: '',
        LDAP_MEMBEROF: overlays ? 'memberOf' : '',
      },
      backend: {
        kind: 'openldap',
        url: server.url,
        baseDn: suffix,
        adminDn: admin.dn,
        adminPassword: admin.password,
        logFile: server.logFile,
      },
      stop: () => server.end(),
    }
  },
})

/** Numbers that the next person and the next group get, above all that the seed gives away. */
export const counters = `dn: cn=uidNext,ou=counters,${suffix}
objectClass: device
objectClass: extensibleObject
cn: uidNext
uidNumber: 20000

dn: cn=gidNext,ou=counters,${suffix}
objectClass: device
objectClass: extensibleObject
cn: gidNext
gidNumber: 30000
`
