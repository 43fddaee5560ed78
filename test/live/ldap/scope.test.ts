import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DirectoryClient } from '../../servers/directory-client.ts'
import { describeServer } from '../../servers/with-server.ts'
import { enterpriseSchema, person, team, where } from '../../wire/people.ts'
import { dnOf, everything, groupLdif, idOf, personLdif } from './people.ts'
import type { LdapPlace } from './place.ts'
import { instead, kinds, ldapPlace } from './place.ts'

/** Entries that are no people of this mapping. */
const others = `dn: uid=far,ou=services,SUFFIX
objectClass: inetOrgPerson
uid: far
cn: far
sn: far

dn: cn=printer,ou=people,SUFFIX
objectClass: device
cn: printer

dn: ou=deep,ou=people,SUFFIX
objectClass: organizationalUnit
ou: deep

dn: uid=deeper,ou=deep,ou=people,SUFFIX
objectClass: inetOrgPerson
uid: deeper
cn: deeper
sn: deeper
`

await describeServer('openldap', 'what lies outside of what is offered', (server) => {
  describe.each(kinds)('%s', (_, overlays) => {
    let place: LdapPlace
    let beside: DirectoryClient
    let ids: readonly (readonly [what: string, id: string])[]
    beforeAll(async () => {
      const known = [personLdif('ann'), groupLdif('crew', [dnOf('ann')])]
      place = await ldapPlace(server, { overlays, ldif: [...known, others].join('\n') })
      beside = place.directory.client()
      const { suffix, account } = place.directory
      const uuid = async (dn: string): Promise<string> =>
        (await beside.read(dn, ['entryUUID']))?.values['entryUUID']?.[0] ?? ''
      ids = [
        ['another base', await uuid(`uid=far,ou=services,${suffix}`)],
        ['another class', await uuid(`cn=printer,ou=people,${suffix}`)],
        ['below the children of the base', await uuid(`uid=deeper,ou=deep,ou=people,${suffix}`)],
        ['the base itself', await uuid(`ou=people,${suffix}`)],
        ['the base of the groups', await uuid(`ou=groups,${suffix}`)],
        ['the suffix', await uuid(suffix)],
        ['the account of the bridge', await uuid(account.dn)],
        ['the DN of the account', account.dn],
        ['the DN of somebody', `uid=ann,ou=people,${suffix}`],
        ['the name of somebody', 'ann'],
        ['a DN of the configuration', 'olcDatabase={0}config,cn=config'],
        ['the root', ''.padEnd(36, '0')],
        ['a filter', '*)(objectClass=*'],
        ['anything', '*'],
        ['an id with something behind it', `${await uuid(`uid=ann,ou=people,${suffix}`)})(uid=*`],
        ['a NUL', '\u0000'],
      ]
    })
    afterAll(() => place.close())
    const all = (): ReturnType<typeof everything> => everything(beside, place.directory.suffix)

    it('has no id that leads to it', async () => {
      const { client } = place
      const before = await all()
      const ann = await idOf(client, 'Users', 'ann')
      const crew = await idOf(client, 'Groups', 'crew')
      const paths = [
        ...ids.flatMap(([what, id]) => ['Users', 'Groups'].map((type) => [`${what} as ${type}`, type, id] as const)),
        ['a group as a user', 'Users', crew] as const,
        ['a user as a group', 'Groups', ann] as const,
      ]
      for (const [what, type, id] of paths) {
        const path = `/${type}/${encodeURIComponent(id)}`
        const body = type === 'Users' ? person('ann2') : team('crew2')
        const patch = { op: 'replace', path: type === 'Users' ? 'userName' : 'displayName', value: 'other' }
        for (const [method, answer] of [
          ['GET', await client.get(path)],
          ['PUT', await client.put(path, body)],
          ['PATCH', await client.patch(path, patch)],
          ['DELETE', await client.delete(path)],
        ] as const)
          expect([what, method, answer.status]).toEqual([what, method, 404])
        const found = await client.get(`/${type}${where(`id eq ${JSON.stringify(id)}`)}`)
        expect([what, found.status, found.body['totalResults']]).toEqual([what, 200, 0])
      }
      expect(await all()).toEqual(before)
    })

    it('is no member and no manager', async () => {
      const { client } = place
      const before = await all()
      const ann = await idOf(client, 'Users', 'ann')
      const crew = await idOf(client, 'Groups', 'crew')
      const manager = (value: string) => ({ [enterpriseSchema]: { manager: { value } } })
      for (const [what, value] of [...ids, ['nobody', '10000000-0000-4000-8000-000000000000']] as const)
        for (const [how, answer] of [
          ['add', await client.patch(`/Groups/${crew}`, { op: 'add', path: 'members', value: [{ value }] })],
          ['replace', await client.patch(`/Groups/${crew}`, { op: 'replace', path: 'members', value: [{ value }] })],
          ['PUT', await client.put(`/Groups/${crew}`, team('crew', [ann, value]))],
          ['POST', await client.post('/Groups', team('new', [value]))],
          ['manager', await client.patch(`/Users/${ann}`, { op: 'add', value: manager(value) })],
          ['PUT of a manager', await client.put(`/Users/${ann}`, person('ann', manager(value)))],
          ['POST of a manager', await client.post('/Users', person('new', manager(value)))],
        ] as const)
          expect([what, how, answer.status, answer.body['scimType']]).toEqual([what, how, 400, 'invalidValue'])
      // a group is nobody's manager
      const group = await client.patch(`/Users/${ann}`, { op: 'add', value: manager(crew) })
      expect(group.body).toMatchObject({ status: '400', scimType: 'invalidValue' })
      expect(await all()).toEqual(before)
    })
  })

  describe.each(kinds)('by a filter of the mapping, %s', (_, overlays) => {
    let place: LdapPlace
    let beside: DirectoryClient
    beforeAll(async () => {
      place = await ldapPlace(server, {
        overlays,
        mapping: instead([
          '      objectClasses: [inetOrgPerson]',
          "      objectClasses: [inetOrgPerson]\n      filter: '(&(departmentNumber=*)(!(departmentNumber=secret)))'",
        ]),
        ldif: [
          personLdif('ann', 'departmentNumber: sales'),
          personLdif('eve', 'departmentNumber: secret'),
          personLdif('bob', 'departmentNumber: sales\ntitle: Clerk'),
          groupLdif('crew', [dnOf('ann'), dnOf('eve'), dnOf('bob')]),
        ].join('\n'),
      })
      beside = place.directory.client()
    })
    afterAll(() => place.close())
    const department = (value: string | null): object =>
      value === null
        ? { op: 'remove', path: `${enterpriseSchema}:department` }
        : { op: 'replace', path: `${enterpriseSchema}:department`, value }
    const stripped = async (): Promise<unknown> =>
      (await everything(beside, place.directory.suffix)).map(({ dn, values }) => {
        const { entryCSN: _csn, modifyTimestamp: _time, modifiersName: _who, contextCSN: _context, ...rest } = values
        return [dn, rest]
      })

    it.each([
      ['PATCH', (id: string) => place.client.patch(`/Users/${id}`, department('secret'))],
      ['PATCH remove', (id: string) => place.client.patch(`/Users/${id}`, department(null))],
      [
        'PATCH of several',
        (id: string) =>
          place.client.patch(`/Users/${id}`, { op: 'add', path: 'title', value: 'Spy' }, department('Secret')),
      ],
      [
        'PATCH with another name',
        (id: string) =>
          place.client.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: 'anna' }, department('secret')),
      ],
      [
        'PUT',
        (id: string) =>
          place.client.put(`/Users/${id}`, person('ann', { [enterpriseSchema]: { department: 'secret' } })),
      ],
      ['PUT without it', (id: string) => place.client.put(`/Users/${id}`, person('ann'))],
    ])('is out of reach for a %s', async (_how, request) => {
      const id = await idOf(place.client, 'Users', 'ann')
      const before = await stripped()
      const { status, body } = await request(id)
      expect([status, body['scimType'], body['detail']]).toEqual([
        400,
        'invalidValue',
        'this User would lie outside of what is offered here',
      ])
      expect(await stripped()).toEqual(before)
      expect((await place.client.get(`/Users/${id}`)).body).toMatchObject({ userName: 'ann' })
    })

    it('is out of reach for a POST', async () => {
      const before = await stripped()
      for (const more of [{}, { [enterpriseSchema]: { department: 'secret' } }]) {
        const { status, body } = await place.client.post('/Users', person('new', more))
        expect([status, body['scimType']]).toEqual([400, 'invalidValue'])
      }
      expect(await stripped()).toEqual(before)
    })

    it('costs one operation, and that only where the filter looks at what changes', async () => {
      const bob = await idOf(place.client, 'Users', 'bob')
      const watch = await place.directory.watch()
      await watch.take()
      expect((await place.client.patch(`/Users/${bob}`, { op: 'replace', path: 'title', value: 'Boss' })).status).toBe(
        200,
      )
      const plain = (await watch.take()).map(({ kind }) => kind)
      expect(plain.slice(0, 2)).toEqual(['search', 'modify'])
      expect(plain.filter((kind) => kind !== 'search')).toEqual(['modify'])
      expect((await place.client.patch(`/Users/${bob}`, department('support'))).status).toBe(200)
      const asked = (await watch.take()).map(({ kind }) => kind)
      expect(asked).toEqual(plain.flatMap((kind) => (kind === 'modify' ? [kind, 'search'] : [kind])))
      expect(
        (await beside.read(`uid=bob,ou=people,${place.directory.suffix}`, ['departmentNumber', 'title']))?.values,
      ).toEqual({
        departmentNumber: ['support'],
        title: ['Boss'],
      })
    })

    it('does not show who is there', async () => {
      const { client } = place
      expect((await client.get(`/Users${where('userName eq "eve"')}`)).body).toMatchObject({ totalResults: 0 })
      const crew = await idOf(client, 'Groups', 'crew')
      const members = (await client.get(`/Groups/${crew}`)).body['members'] as readonly unknown[]
      expect(members).toHaveLength(2)
      const eve =
        (await beside.read(`uid=eve,ou=people,${place.directory.suffix}`, ['entryUUID']))?.values['entryUUID']?.[0] ??
        ''
      expect((await client.get(`/Users/${eve}`)).status).toBe(404)
      expect((await client.delete(`/Users/${eve}`)).status).toBe(404)
    })
  })
})
