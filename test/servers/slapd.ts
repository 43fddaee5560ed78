import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freshAccount } from '../../src/cli/private-server/account.ts'
import { freshFolder, give } from '../../src/cli/private-server/folder.ts'
import { freePort, host } from '../../src/cli/private-server/port.ts'
import { program } from '../../src/cli/private-server/programs.ts'
import { runAs } from '../../src/cli/private-server/run-as.ts'
import { run } from '../../src/cli/private-server/run.ts'
import { slapdConfig, slapdNeeds } from '../../src/cli/private-server/slapd-config.ts'
import { makeCertificates } from './certificates.ts'
import { instanceOf } from './instance.ts'
import type { DirectoryFacts, Starter } from './server.ts'

/** Who the server is, wherever it was started. */
export const slapdRunAs = () => runAs(['openldap', 'nobody'])

/**
 * A private OpenLDAP, configured through cn=config so that each test adds a database of its own while it runs. What was
 * answered survives a crash of the server (only a crash of the machine is not thought of).
 */
export const slapd: Starter<DirectoryFacts> = {
  programs: [...slapdNeeds.programs, 'openssl'],
  packages: [...slapdNeeds.packages, 'openssl'],

  async start({ certificate = 'right' }) {
    const as = slapdRunAs()
    const folder = freshFolder('slapd', as)
    return instanceOf(folder, { stop: 'SIGTERM', end: 'SIGKILL' }, async () => {
      const at = (name: string): string => join(folder, name)
      const config = { dn: 'cn=admin,cn=config', password: freshAccount('config').password }
      const [certificates, tlsPort] = await Promise.all([makeCertificates(folder, as), freePort()])
      for (const name of ['slapd.d', 'databases']) {
        mkdirSync(at(name))
        give(at(name), as)
      }
      writeFileSync(at('config.ldif'), slapdConfig({ admin: config, tls: certificates[certificate] }), { mode: 0o600 })
      give(at('config.ldif'), as)
      await run(program('slapadd'), ['-n', '0', '-F', at('slapd.d'), '-l', at('config.ldif')], { as, cwd: folder })
      const ldapiUrl = `ldapi://${encodeURIComponent(at('ldapi'))}`
      return {
        facts: { kind: 'openldap', host, tlsPort, ldapiUrl, folder, logFile: at('server.log'), config, certificates },
        ask: (port) => ({
          ...as,
          file: program('slapd'),
          args: [
            ...['-F', at('slapd.d'), '-h', `ldap://${host}:${port} ldaps://${host}:${tlsPort} ${ldapiUrl}`],
            // a line for each operation, on standard error; and the process stays where it was started
            ...['-d', 'stats'],
          ],
          outputFile: at('server.log'),
        }),
        async version(port) {
          await run(program('ldapwhoami'), ['-x', '-H', `ldap://${host}:${port}`])
          const said = await run(program('slapd'), ['-VV'])
          return /slapd ([\d.]+)/.exec(said)?.[1] ?? ''
        },
      }
    })
  },
}
