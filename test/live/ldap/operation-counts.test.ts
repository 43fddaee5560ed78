import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makers } from '../../golden/example.ts'
import { add, drop, enterprise, replace } from '../../golden/example.ts'
import { idOf, priors } from '../../golden/ldap-people.ts'
import { ldapThemes } from '../../golden/ldap-requests.ts'
import type { LdapExample } from '../../golden/ldap-requests.ts'
import type { LoggedOperation } from '../../servers/slapd-log.ts'
import { describeServer } from '../../servers/with-server.ts'
import { goldenDirectory } from './golden-stand.ts'
import type { GoldenBridge, GoldenDirectory } from './golden-stand.ts'

/**
 * What the usual requests cost, counted by the server. Every number is one of a bridge that has served before: it holds
 * its connections and the names of managers and, where the server keeps memberOf, of groups.
 */
const ldap = makers('openldap')
const user = (uid: string): string => `/Users/${idOf(uid)}`
const group = (cn: string): string => `/Groups/${idOf(cn)}`
const member = (uid: string) => ({ value: idOf(uid) })

/** The director is in a group and has no manager; Jonah has one. */
const requests = {
  'a user by userName': ldap.get('', '/Users?filter=userName eq "ines.halloran"'),
  'a user by id': ldap.get('', user('ines.halloran')),
  'a user by id, who has a manager': ldap.get('', user('j.pell')),
  'a user by userName, a miss': ldap.get('', '/Users?filter=userName eq "nobody"'),
  'a user by id, no groups asked for': ldap.get('', `${user('ines.halloran')}?excludedAttributes=groups`),
  'a group by id, without members': ldap.get('', `${group('astronomers')}?excludedAttributes=members`),
  'a group by name, without members': ldap.get(
    '',
    '/Groups?filter=displayName eq "astronomers"&excludedAttributes=members',
  ),
  'PATCH title': ldap.patch('', user('ines.halloran'), replace('title', 'Head')),
  'PATCH title, of somebody who has a manager': ldap.patch('', user('j.pell'), replace('title', 'Watch')),
  'PATCH active false': ldap.patch('', user('ines.halloran'), replace('active', false)),
  'PATCH that changes nothing': ldap.patch('', user('ines.halloran'), replace('active', true)),
  'PATCH manager': ldap.patch('', user('ines.halloran'), add(`${enterprise}:manager`, member('greta.v'))),
  'PATCH adds a member': ldap.patch('', group('astronomers'), add('members', [member('cher')])),
  'PATCH adds ten members': ldap.patch(
    '',
    group('Night shift, dome B'),
    add(
      'members',
      ['r.castel', 'eleni.p', 'jiho.park', 'layla.h', 'noam.b', 'pritam.d', 'cher', 'lulu', 'iris.b', 'ravi.c'].map(
        member,
      ),
    ),
  ),
  'PATCH removes a member': ldap.patch('', group('astronomers'), drop(`members[value eq "${idOf('r.castel')}"]`)),
  'POST a user': ldap.post('', 'User', { userName: 'ada' }),
  'POST a group': ldap.post('', 'Group', { displayName: 'Choir' }),
  'DELETE a user whom nobody names': ldap.remove('', user('cher')),
} as const satisfies Readonly<Record<string, unknown>>

type Count = Readonly<Record<keyof typeof requests, number>>

const withOverlays: Count = {
  'a user by userName': 1,
  'a user by id': 1,
  'a user by id, who has a manager': 1,
  'a user by userName, a miss': 1,
  'a user by id, no groups asked for': 1,
  'a group by id, without members': 1,
  'a group by name, without members': 1,
  'PATCH title': 2,
  'PATCH title, of somebody who has a manager': 2,
  'PATCH active false': 2,
  'PATCH that changes nothing': 2,
  'PATCH manager': 2,
  'PATCH adds a member': 2,
  'PATCH adds ten members': 2,
  'PATCH removes a member': 2,
  'POST a user': 3,
  'POST a group': 3,
  'DELETE a user whom nobody names': 4,
}

/** One search more for each answer that shows groups. */
const bare: Count = {
  ...withOverlays,
  'a user by userName': 2,
  'a user by id': 2,
  'a user by id, who has a manager': 2,
  'PATCH title': 3,
  'PATCH title, of somebody who has a manager': 3,
  'PATCH active false': 3,
  'PATCH that changes nothing': 3,
  'PATCH manager': 3,
  'POST a user': 4,
}

const example = (one: (typeof requests)[keyof typeof requests]): LdapExample => ({ ...one, answer: '' })

await describeServer('openldap', 'OpenLDAP is asked so often', (server) => {
  describe.each([true, false])('with overlays: %s', (overlays) => {
    let golden: GoldenDirectory
    let bridge: GoldenBridge
    beforeAll(async () => {
      golden = await goldenDirectory(server, 'openldap', overlays)
      bridge = await golden.open()
    }, 60_000)
    afterAll(() => bridge.close())

    async function ask(request: LdapExample): Promise<readonly LoggedOperation[]> {
      await golden.watch.take()
      const { told } = await bridge.run(request)
      expect(told).not.toMatch(/^(?:internal|unavailable|timeout|busy)/)
      return golden.watch.take()
    }

    const warm = async (): Promise<void> => {
      for (const path of ['/Users?count=1', '/Groups?count=1', '/Users?count=100'])
        await bridge.run(example(ldap.get('', path) as never))
    }

    it.each(Object.entries(overlays ? withOverlays : bare))('%s: %i', async (name, count) => {
      await golden.reset()
      await warm()
      const log = await ask(example(requests[name as keyof typeof requests]))
      expect(log.map(({ text }) => text)).toHaveLength(count)
    })

    it('never binds again, whatever is asked', async () => {
      await golden.reset()
      await warm()
      await golden.watch.take()
      let count = 0
      for (const one of Object.values(ldapThemes).flatMap(({ examples }): readonly LdapExample[] => examples))
        if (one.mapping === 'openldap') {
          await bridge.run(one)
          count++
        }
      const log = await golden.watch.take()
      expect(log.length).toBeGreaterThan(count)
      expect(log.filter(({ kind }) => kind === 'bind')).toEqual([])
      expect(priors.size).toBeGreaterThan(0)
    }, 60_000)
  })

  it.each([true, false])('a page of 100 users and one of 200 alike, with overlays: %s', async (overlays) => {
    const golden = await goldenDirectory(server, 'openldap', overlays)
    const { directory } = golden
    const { suffix } = directory
    const people = Array.from({ length: 250 }, (_, i) => `uid=p${i},ou=people,${suffix}`)
    await directory.ldif(
      [
        ...people.map(
          (dn, i) =>
            `dn: ${dn}\nobjectClass: inetOrgPerson\nuid: p${i}\ncn: P ${i}\nsn: P\nmanager: ${people[i % 40] ?? ''}`,
        ),
        ...Array.from(
          { length: 20 },
          (_, g) =>
            `dn: cn=g${g},ou=groups,${suffix}\nobjectClass: groupOfNames\ncn: g${g}\n${people
              .filter((__, i) => i % 20 === g)
              .map((dn) => `member: ${dn}`)
              .join('\n')}`,
        ),
      ].join('\n\n'),
    )
    const counts = []
    for (const count of [100, 200]) {
      // a bridge that knows no list yet
      const bridge = await golden.open()
      await golden.watch.take()
      const { body } = await bridge.run(example(ldap.get('', `/Users?count=${count}&startIndex=50`) as never))
      expect(body?.['Resources']).toHaveLength(count)
      expect(JSON.stringify(body)).toContain('"groups":[{')
      const log = (await golden.watch.take()).filter(({ kind }) => kind !== 'bind')
      counts.push(log.length)
      await bridge.close()
    }
    // the attempt, the walk, the page, its managers and its groups
    expect(counts).toEqual([5, 5])
  })
})
