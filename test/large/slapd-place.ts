import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { program } from '../../src/cli/private-server/programs.ts'
import { run } from '../../src/cli/private-server/run.ts'
import { root } from '../cli/process.ts'
import { give } from '../../src/cli/private-server/folder.ts'
import type { FreshDirectory } from '../servers/fresh-directory.ts'
import type { DirectoryFacts } from '../servers/server.ts'
import { slapdRunAs } from '../servers/slapd.ts'
import type { Own } from '../servers/with-server.ts'
import type { Place, Seeded } from './place.ts'

/** Very many people in a directory, with more for whoever asks it beside the bridge. */
export interface SeededDirectory extends Seeded {
  readonly directory: FreshDirectory
}

const uuid = (kind: number, i: number): string => `${kind}0000000-0000-4000-8000-${i.toString(16).padStart(12, '0')}`

/** The large group, and the one of ten. */
export const groupIds = { Ten: uuid(2, 0), Everybody: uuid(1, 0) } as const

const groupDn = (name: string): string => `cn=${name},ou=groups,SUFFIX`
const personDn = (i: number): string => `uid=p${i},ou=people,SUFFIX`

/** slapadd runs no overlay, so that what memberof keeps is written as well. */
function* entries(count: number, everybody: number): Generator<string> {
  for (let i = 1; i <= count; i++) {
    const title = i % 3 === 0 ? '' : `title: Title ${i % 50}\n`
    const groups = [...(i <= everybody ? [groupDn('Everybody')] : []), ...(i <= 10 ? [groupDn('Ten')] : [])]
    yield `dn: ${personDn(i)}\nobjectClass: inetOrgPerson\nuid: p${i}\nsn: Family ${i % 977}\ncn: Person ${i}\n${title}mail: p${i}@example.com\nentryUUID: ${uuid(9, i)}\n${groups.map((dn) => `memberOf: ${dn}\n`).join('')}\n`
  }
  const members = function* (name: string, of: number, id: number, more: string): Generator<string> {
    yield `dn: ${groupDn(name)}\nobjectClass: groupOfNames\ncn: ${name}\nentryUUID: ${uuid(id, 0)}\n${more}`
    for (let i = 1; i <= of; i++) yield `member: ${personDn(i)}\n`
    yield '\n'
  }
  yield* members('Everybody', everybody, 1, `member: ${groupDn('Ten')}\n`)
  yield* members('Ten', 10, 2, `memberOf: ${groupDn('Everybody')}\n`)
  yield* members('Nobody', 0, 3, 'member: cn=empty-membership-placeholder\n')
}

/** A directory is filled while its server stands still, by the tool that is made for it (slapadd(8)). */
export async function seedDirectory(
  server: Pick<Own<'openldap'>, 'folder' | 'certificates' | 'freshDirectory' | 'stop' | 'start'>,
  count: number,
  everybody = count,
): Promise<SeededDirectory> {
  const directory = await server.freshDirectory()
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-large-slapd-'))
  const file = join(server.folder, 'large.ldif')
  const out = createWriteStream(file, { mode: 0o600 })
  for (const text of entries(count, everybody))
    if (!out.write(text.replaceAll('SUFFIX', directory.suffix))) await once(out, 'drain')
  out.end()
  await once(out, 'close')
  await server.stop()
  await fill(server, directory.suffix, file)
  await server.start()
  const mapping = join(folder, 'people.yaml')
  // alone on its directory, as most are
  const text = readFileSync(join(root, 'test/live/ldap/place.yaml'), 'utf8').replace('shared: true', 'shared: false')
  writeFileSync(mapping, text)
  return {
    directory,
    mapping,
    env: {
      LDAP_URL: directory.url,
      LDAP_BASE_DN: directory.suffix,
      LDAP_BIND_DN: directory.account.dn,
      LDAP_BIND_PASSWORD: directory.account.password,
      LDAP_MEMBEROF: 'memberOf',
    },
    everybody: `/Groups/${groupIds.Everybody}`,
    close: async () => {
      await directory.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function fill({ folder }: Pick<DirectoryFacts, 'folder'>, suffix: string, file: string): Promise<void> {
  const as = slapdRunAs()
  give(file, as)
  await run(program('slapadd'), ['-q', '-F', join(folder, 'slapd.d'), '-b', suffix, '-l', file], { as, cwd: folder })
}

export const slapdPlace = (server: Own<'openldap'>): Place => ({
  name: 'OpenLDAP',
  // the first of everybody is a listing of everybody here
  beside: { path: '/Users?filter=userName%20eq%20"p7"&attributes=userName', total: 1 },
  seed: (count) => seedDirectory(server, count),
})
