import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, it } from 'vitest'
import { playgrounds } from '../../src/cli/playgrounds.ts'
import { lockedForGood } from '../../src/cli/private-server/slapd-database.ts'
import { canBind, directoryClient } from '../servers/directory-client.ts'
import type { DirectoryClient } from '../servers/directory-client.ts'
import { describeServer } from '../servers/with-server.ts'
import { folder, mappings } from './process.ts'

interface Started {
  readonly env: Readonly<Record<string, string>>
  readonly url: string
  readonly logFile: string
  /** As the account of the bridge. */
  readonly scim: DirectoryClient
  stop(): Promise<void>
}

async function start(name: string, empty: boolean): Promise<Started> {
  const kind = playgrounds[name]
  if (kind === undefined) throw new Error(`no ${name}`)
  const place = await kind.start({ folder: folder(), mappings, empty, env: {}, say: () => undefined })
  const { url, logFile } = place.backend as Readonly<Record<string, string>>
  const { LDAP_URL = '', LDAP_BIND_DN: dn = '', LDAP_BIND_PASSWORD: password = '' } = place.env
  return {
    env: place.env,
    url: String(url),
    logFile: String(logFile),
    scim: directoryClient(LDAP_URL, { dn, password }),
    stop: () => place.stop(),
  }
}

const base = 'dc=example,dc=com'
const people = `ou=people,${base}`
const groups = `ou=groups,${base}`
const below = { scope: 'one', attributes: ['1.1'] } as const

await describeServer('openldap', 'the place of a playground on OpenLDAP', () => {
  it.each([
    ['openldap', 6, 'memberOf', 2],
    ['openldap-bare', 6, '', 0],
    ['posix', 7, '', 0],
  ])('%s holds what its seed says, and goes', async (name, teams, slot, administrators) => {
    const { env, url, logFile, scim, stop } = await start(name, false)
    expect(env).toMatchObject({ LDAP_URL: url, LDAP_BASE_DN: base, LDAP_CA_FILE: '', LDAP_MEMBEROF: slot })
    expect(await scim.search(people, below)).toHaveLength(40)
    expect(await scim.search(groups, below)).toHaveLength(teams)
    const nightly = await scim.search(people, { filter: `(uid=dome+night)`, attributes: ['memberOf', 'cn'] })
    expect(nightly).toMatchObject([{ dn: `uid=dome\\2Bnight,${people}`, values: { cn: ['Dome + Night Desk'] } }])
    const filter = `(memberOf=cn=administrators,${groups})`
    expect(await scim.search(people, { filter })).toHaveLength(administrators)
    expect(await scim.search(people, { filter: `(pwdAccountLockedTime=${lockedForGood})` })).toHaveLength(2)
    expect(readFileSync(logFile, 'utf8')).toContain(`SRCH base="${people}"`)
    await stop()
    expect(existsSync(dirname(logFile))).toBe(false)
    await expect(scim.read(base)).rejects.toThrow()
  })

  it('names only people and groups that are there, but for one machine and one that is nobody', async () => {
    const { scim, stop } = await start('openldap', false)
    const everywhere = await scim.search(base, { attributes: ['member', 'manager'] })
    const known = new Set(everywhere.map(({ dn }) => dn))
    const named = everywhere.flatMap(({ values }) => [...(values['member'] ?? []), ...(values['manager'] ?? [])])
    expect(named.length).toBeGreaterThan(50)
    expect(named.filter((dn) => !known.has(dn))).toEqual(['cn=empty-membership-placeholder'])
    expect(named.filter((dn) => !dn.endsWith(people) && !dn.endsWith(groups))).toEqual([
      `cn=scim,ou=services,${base}`,
      'cn=empty-membership-placeholder',
    ])
    expect(named.filter((dn) => dn.endsWith(groups))).toHaveLength(3)
    await stop()
  })

  it.each(['openldap', 'openldap-bare', 'posix'])('%s is empty when it is asked for so', async (name) => {
    const { scim, stop } = await start(name, true)
    expect([...(await scim.search(people, below)), ...(await scim.search(groups, below))]).toEqual([])
    await stop()
  })

  it.each(['openldap', 'openldap-bare'])('%s keeps out who is locked, and lets in who is not', async (name) => {
    const { url, scim, stop } = await start(name, true)
    const dn = `uid=ada,${people}`
    await scim.add(dn, {
      objectClass: 'inetOrgPerson',
      uid: 'ada',
      cn: 'Ada',
      sn: 'Ada',
      userPassword: 'correct horse',
    })
    expect(await canBind(url, dn, 'correct horse')).toBe(true)
    await scim.modify(dn, { replace: { pwdAccountLockedTime: lockedForGood } })
    expect(await canBind(url, dn, 'correct horse')).toBe(false)
    await stop()
  })

  it('posix counts', async () => {
    const { scim, stop } = await start('posix', true)
    const at = (name: string): string => `cn=${name},ou=counters,${base}`
    expect((await scim.read(at('gidNext')))?.values['gidNumber']).toEqual(['30000'])
    await scim.modify(at('uidNext'), { delete: { uidNumber: '20000' }, add: { uidNumber: '20001' } })
    expect((await scim.read(at('uidNext')))?.values['uidNumber']).toEqual(['20001'])
    await stop()
  })
})
