import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ldapBackend } from '../../src/backends/ldap/backend.ts'
import type { Catalog } from '../../src/mapping/catalog.ts'
import type { Store } from '../../src/plan/port.ts'
import type { FreshDirectory } from '../servers/fresh-directory.ts'
import type { DirectoryServer } from '../servers/with-server.ts'
import { kitCatalogIn } from './kit.ts'

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')

/** A directory of the kit's own, and a store over it. */
export interface KitDirectory {
  readonly directory: FreshDirectory
  readonly store: Store
  readonly catalog: Catalog
  /** The id of an entry, as it would be if the mapping reached it. */
  idOf(prefix: string, rdn: string): Promise<string>
  close(): Promise<void>
}

/** `overlays: false`: nobody but the bridge keeps references and names in order. */
export async function kitDirectory(server: DirectoryServer, overlays: boolean): Promise<KitDirectory> {
  const directory = await server.freshDirectory({
    overlays,
    schema: read('kit.ldif'),
    ldif: read('kit-entries.ldif'),
    access: ['to dn.subtree="ou=devices,SUFFIX" by dn.exact="cn=scim,ou=services,SUFFIX" write by * none'].concat(
      'to dn.subtree="ou=lockers,SUFFIX" by dn.exact="cn=scim,ou=services,SUFFIX" write by * none',
    ),
  })
  const catalog = kitCatalogIn({
    LDAP_URL: directory.url,
    LDAP_BASE_DN: directory.suffix,
    LDAP_BIND_DN: directory.account.dn,
    LDAP_BIND_PASSWORD: directory.account.password,
    LDAP_MEMBEROF: overlays ? 'memberOf' : '',
  })
  const store = await ldapBackend(import.meta.dirname).open(catalog)
  return {
    directory,
    store,
    catalog,
    async idOf(prefix, rdn) {
      const found = await directory.client().read(`${rdn},${directory.suffix}`, ['entryUUID'])
      return `${prefix}${found?.values['entryUUID']?.[0] ?? ''}`
    },
    async close() {
      await store.close()
      await directory.drop()
    },
  }
}
