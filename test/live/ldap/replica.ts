import { mkdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { give } from '../../../src/cli/private-server/folder.ts'
import { program } from '../../../src/cli/private-server/programs.ts'
import { run } from '../../../src/cli/private-server/run.ts'
import { slapdDatabase } from '../../../src/cli/private-server/slapd-database.ts'
import type { FreshDirectory } from '../../servers/fresh-directory.ts'
import { slapdRunAs } from '../../servers/slapd.ts'
import type { DirectoryServer } from '../../servers/with-server.ts'

/**
 * Makes a server a copy of a directory of another one (syncrepl, slapd.conf(5)); for writes it refers to the other one.
 * `through` is where the other one is reached.
 */
export async function replicate(
  { from, to }: { readonly from: DirectoryServer; readonly to: DirectoryServer },
  { suffix, admin, account }: FreshDirectory,
  through: string,
): Promise<void> {
  await apply(
    from,
    `dn: cn=module{0},cn=config
changetype: modify
add: olcModuleLoad
olcModuleLoad: syncprov

dn: olcOverlay=syncprov,olcDatabase={1}mdb,cn=config
changetype: add
objectClass: olcOverlayConfig
objectClass: olcSyncProvConfig
olcOverlay: syncprov
`,
  )
  const folder = join(to.folder, 'databases', 'copy')
  mkdirSync(folder)
  give(folder, slapdRunAs())
  const database = slapdDatabase({ suffix, folder, admin, account: account.dn, overlays: false })
  await apply(
    to,
    `${database.replace(/^(dn: .*)$/m, '$1\nchangetype: add')}olcSyncRepl: rid=001 provider=${through} bindmethod=simple binddn="${admin.dn}" credentials=${admin.password} searchbase="${suffix}" type=refreshAndPersist retry="1 +"
olcUpdateRef: ${through}
`,
  )
}

async function apply({ folder, ldapiUrl, config }: DirectoryServer, text: string): Promise<void> {
  const file = join(folder, `apply-${text.length}.ldif`)
  await writeFile(file, text, { mode: 0o600 })
  await run(program('ldapmodify'), ['-x', '-H', ldapiUrl, '-D', config.dn, '-w', config.password, '-f', file])
}
