import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'ldapts'
import { afterAll, describe, it } from 'vitest'
import { freshFolder } from '../../../src/cli/private-server/folder.ts'
import { guarded } from '../../../src/cli/private-server/life.ts'
import { freePort, host } from '../../../src/cli/private-server/port.ts'
import { findProgram } from '../../../src/cli/private-server/programs.ts'
import { wanted } from '../../servers/wanted.ts'

/** A slapd of one test file's own, with the schemas of core, cosine, inetorgperson and nis. */
export interface Slapd {
  /** Bound as the one who may do everything. */
  readonly client: Client
  readonly suffix: string
  readonly configFile: string
}

const schemas = '/etc/ldap/schema'
const modules = '/usr/lib/ldap'

/** `schema` is more of it, in the words of slapd.conf. `await` it at the top of the file; without slapd it is skipped. */
export async function describeSlapd(title: string, schema: string, body: (slapd: Slapd) => void): Promise<void> {
  const slapd = findProgram('slapd')
  const lack = wanted('openldap').missing ?? (slapd && existsSync(schemas) ? undefined : 'it is not installed')
  if (slapd === undefined || lack !== undefined) {
    describe(title, () => it('needs OpenLDAP', ({ skip }) => skip(`OpenLDAP: ${lack}`)))
    return
  }
  const folder = freshFolder('slapd', {})
  const life = guarded(folder, 'SIGKILL')
  const suffix = 'dc=example'
  const rootDn = `cn=admin,${suffix}`
  const configFile = join(folder, 'slapd.conf')
  mkdirSync(join(folder, 'db'))
  writeFileSync(
    configFile,
    [
      ...['core', 'cosine', 'inetorgperson', 'nis', 'dyngroup'].map((name) => `include ${schemas}/${name}.schema`),
      schema,
      `modulepath ${modules}`,
      ...['back_mdb', 'memberof', 'ppolicy'].map((name) => `moduleload ${name}`),
      `pidfile ${folder}/pid`,
      'database mdb',
      `suffix ${suffix}`,
      `directory ${folder}/db`,
      `rootdn ${rootDn}`,
      'rootpw secret',
      'maxsize 100000000',
      'envflags nosync',
      '',
    ].join('\n'),
  )
  const url = `ldap://${host}:${await freePort()}`
  const client = new Client({ url })
  // -d keeps it in the foreground
  const ask = { file: slapd, args: ['-f', configFile, '-h', url, '-d', '0'], outputFile: join(folder, 'log') }
  await life.start(ask, async () => {
    try {
      await client.bind(rootDn, 'secret')
      return true
    } catch {
      return false
    }
  })
  await client.add(suffix, { objectClass: ['domain'], dc: 'example' })
  describe(title, () => {
    afterAll(async () => {
      await client.unbind()
      await life.end()
    })
    body({ client, suffix, configFile })
  })
}
