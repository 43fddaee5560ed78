import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freshAccount } from '../private-server/account.ts'
import { freshFolder, give } from '../private-server/folder.ts'
import { host } from '../private-server/port.ts'
import { program } from '../private-server/programs.ts'
import { runAs } from '../private-server/run-as.ts'
import { run } from '../private-server/run.ts'
import { slapdConfig } from '../private-server/slapd-config.ts'
import type { DirectoryAccount } from '../private-server/slapd-config.ts'
import { slapdDatabase, slapdOverlays } from '../private-server/slapd-database.ts'
import { startServer } from './server.ts'
import type { PrivateServer } from './server.ts'

export interface PrivateDirectory extends PrivateServer {
  readonly url: string
  /** Adds entries as the administrator, over the protocol: slapadd would pass by the overlays, and leave memberOf out. */
  add(ldif: string): Promise<void>
}

/** A new OpenLDAP with one database, to be reached by these two accounts alone; it is empty, so neither is the account there. */
export async function startSlapd(
  suffix: string,
  admin: DirectoryAccount,
  account: string,
  overlays: boolean,
): Promise<PrivateDirectory> {
  const as = runAs(['openldap', 'nobody'])
  const folder = freshFolder('slapd', as)
  const at = (name: string): string => join(folder, name)
  const secret = (name: string, text: string): string => {
    writeFileSync(at(name), text, { mode: 0o600 })
    give(at(name), as)
    return at(name)
  }
  for (const name of ['slapd.d', 'data']) {
    mkdirSync(at(name))
    give(at(name), as)
  }
  const config = { dn: 'cn=admin,cn=config', password: freshAccount('config').password }
  const database = { suffix, folder: at('data'), admin, account, overlays }
  const texts = [
    slapdConfig({ admin: config }),
    slapdDatabase(database, 'olcDatabase={1}mdb'),
    ...(overlays ? [slapdOverlays(database, 'olcDatabase={1}mdb,cn=config')] : []),
  ]
  const configFile = secret('config.ldif', texts.join('\n'))
  await run(program('slapadd'), ['-n', '0', '-F', at('slapd.d'), '-l', configFile], { as, cwd: folder })

  const urlAt = (port: number): string => `ldap://${host}:${port}`
  const server = await startServer({
    folder,
    endSignal: 'SIGKILL',
    ask: (port) => ({
      ...as,
      file: program('slapd'),
      // `stats` writes a line for each operation, and keeps the process where it was started
      args: ['-F', at('slapd.d'), '-h', urlAt(port), '-d', 'stats'],
      outputFile: at('server.log'),
    }),
    probe: async (port) => {
      await run(program('ldapwhoami'), ['-x', '-H', urlAt(port)])
    },
  })
  const url = urlAt(server.port)
  const passwordFile = secret('password', admin.password)
  let files = 0
  return {
    ...server,
    url,
    async add(ldif) {
      const file = secret(`${++files}.ldif`, ldif)
      await run(program('ldapadd'), ['-x', '-H', url, '-D', admin.dn, '-y', passwordFile, '-f', file], { as })
    },
  }
}
