import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import type { DirectoryClient } from '../../servers/directory-client.ts'
import { describeServer } from '../../servers/with-server.ts'
import { enterpriseSchema, person, team, where } from '../../wire/people.ts'
import { everything, groupLdif, idOf, personLdif, whole } from './people.ts'
import type { LdapPlace } from './place.ts'
import { idIn, kinds, ldapPlace } from './place.ts'

const referral = `dn: uid=elsewhere,ou=people,SUFFIX
objectClass: referral
objectClass: extensibleObject
uid: elsewhere
ref: ldap://127.0.0.1:1/uid=elsewhere,o=secret-place
`

/** What no client sees beside the people of the base. */
const strange = `dn: uid=alias,ou=people,SUFFIX
objectClass: alias
objectClass: extensibleObject
uid: alias
aliasedObjectName: uid=far,ou=services,SUFFIX

dn: cn=alias,ou=groups,SUFFIX
objectClass: alias
objectClass: extensibleObject
cn: alias
aliasedObjectName: cn=crew,ou=groups,SUFFIX

dn: cn=sub,ou=people,SUFFIX
objectClass: subentry
objectClass: extensibleObject
cn: sub
uid: sub
subtreeSpecification: {}

dn: uid=far,ou=services,SUFFIX
objectClass: inetOrgPerson
uid: far
cn: far
sn: far

${referral}`

/** People, if of an uncommon shape. */
const odd = `dn: cn=odd,ou=people,SUFFIX
objectClass: inetOrgPerson
cn: odd
uid: named-otherwise
sn: odd

dn: uid=two+cn=parts,ou=people,SUFFIX
objectClass: inetOrgPerson
uid: two
cn: parts
sn: two

dn: uid=many,ou=people,SUFFIX
objectClass: inetOrgPerson
objectClass: extensibleObject
uid: first
uid: many
uid: last
cn: many
sn: many
manager: uid=far,ou=services,SUFFIX
manager: uid=ann,ou=people,SUFFIX
manager: uid=bob,ou=people,SUFFIX
`

const garbage = [
  'uid=far,ou=services,SUFFIX',
  'uid=alias,ou=people,SUFFIX',
  'uid=elsewhere,ou=people,SUFFIX',
  'ou=people,SUFFIX',
  'SUFFIX',
  'cn=config',
  'cn=placeholder',
  'uid=ann,ou=people,SUFFIX',
  'UID=Bob , OU=people, SUFFIX',
  'uid=nobody+cn=nobody,ou=people,SUFFIX',
  'uid=x\\2Cou=people,SUFFIX',
  'o=\\0a\\2c',
  'cn=odd,ou=people,SUFFIX',
  'cn=parts+uid=two,ou=people,SUFFIX',
]

await describeServer('openldap', 'entries of an uncommon kind', (server) => {
  describe.each(kinds)('%s', (_, overlays) => {
    let place: LdapPlace
    let beside: DirectoryClient
    beforeAll(async () => {
      const known = [personLdif('ann'), personLdif('bob'), odd, groupLdif('crew', garbage)]
      place = await ldapPlace(server, { overlays, ldif: [...known, strange].join('\n') })
      beside = place.directory.client()
    })
    afterAll(() => place.close())
    const userNames = ({ body }: { readonly body: JsonObject }): readonly unknown[] =>
      (body['Resources'] as readonly JsonObject[]).map(({ userName }) => userName).toSorted()
    const everybody = ['ann', 'bob', 'many', 'named-otherwise', 'two']

    it('are followed nowhere, and break no list', async () => {
      for (const path of [
        '/Users',
        '/Users?sortBy=userName',
        `/Users${where('userName pr')}`,
        '/Users?startIndex=1&count=500',
      ])
        expect(userNames(await place.client.get(path))).toEqual(everybody)
      for (const name of ['alias', 'elsewhere', 'sub', 'far', 'first', 'last']) {
        const { status, body } = await place.client.get(`/Users${where(`userName eq "${name}"`)}`)
        expect([name, status]).toEqual([name, 200])
        expect([name, (body['Resources'] as readonly JsonObject[]).map(({ userName }) => userName)]).toEqual([
          name,
          // whoever has several names is found by any of them
          ['first', 'last'].includes(name) ? ['many'] : [],
        ])
      }
      const groups = await place.client.get('/Groups')
      expect((groups.body['Resources'] as readonly JsonObject[]).map(({ displayName }) => displayName)).toEqual([
        'crew',
      ])
      expect(JSON.stringify(place.told)).not.toContain('secret-place')
    })

    it('are members where they are people of the base, and otherwise stay unseen', async () => {
      const crew = await idOf(place.client, 'Groups', 'crew')
      const ids = await Promise.all(
        ['ann', 'bob', 'named-otherwise', 'two'].map((name) => idOf(place.client, 'Users', name)),
      )
      const { body } = await place.client.get(`/Groups/${crew}`)
      expect((body['members'] as readonly JsonObject[]).map(({ value }) => value).toSorted()).toEqual(ids.toSorted())
      const many = await place.client.get(`/Users/${await idOf(place.client, 'Users', 'many')}`)
      expect(many.body[enterpriseSchema]).toMatchObject({ manager: { value: ids[0] } })
      for (const id of ids)
        expect((await place.client.get(`/Users/${String(id)}`)).body['groups']).toMatchObject([{ value: crew }])
    })

    it('are 409 where somebody would get their name, and stay as they are', async () => {
      const before = await everything(beside, place.directory.suffix)
      const ann = await idOf(place.client, 'Users', 'ann')
      for (const name of ['alias', 'elsewhere'])
        for (const answer of [
          await place.client.post('/Users', person(name)),
          await place.client.patch(`/Users/${ann}`, { op: 'replace', path: 'userName', value: name }),
        ]) {
          expect([name, answer.status, answer.body['scimType']]).toEqual([name, 409, 'uniqueness'])
          expect(answer.text).not.toContain('secret-place')
        }
      expect((await place.client.post('/Groups', team('alias', [ann]))).status).toBe(409)
      expect(await everything(beside, place.directory.suffix)).toEqual(before)
    })

    it('keep their form when they are written', async () => {
      const named = await idOf(place.client, 'Users', 'named-otherwise')
      const two = await idOf(place.client, 'Users', 'two')
      const crew = `cn=crew,ou=groups,${place.directory.suffix}`
      const members = (await whole(beside, crew)).values['member']?.length
      for (const [id, dn, name] of [
        [named, 'cn=odd', 'renamed-otherwise'],
        [two, 'uid=two+cn=parts', undefined],
      ] as const) {
        const answer = await place.client.patch(
          `/Users/${id}`,
          { op: 'replace', path: 'title', value: 'Clerk' },
          ...(name === undefined ? [] : [{ op: 'replace', path: 'userName', value: name }]),
        )
        expect(answer.status, answer.text).toBe(200)
        const held = await whole(beside, `${dn},ou=people,${place.directory.suffix}`)
        expect(held.values).toMatchObject({ title: ['Clerk'], ...(name !== undefined && { uid: [name] }) })
      }
      // the one of the name cannot go by itself, and that is said
      const refused = await place.client.patch(`/Users/${two}`, { op: 'replace', path: 'userName', value: 'three' })
      expect([refused.status, refused.body['scimType']]).toEqual([400, 'invalidValue'])
      expect((await place.client.get(`/Users/${two}`)).body).toMatchObject({ userName: 'two', title: 'Clerk' })
      expect((await whole(beside, crew)).values['member']).toHaveLength(members ?? 0)
    })

    it('show the manager that was said last, and keep the others behind', async () => {
      const many = await idOf(place.client, 'Users', 'many')
      const path = `${enterpriseSchema}:manager`
      const at = (rdn: string, ou = 'people') => `${rdn},ou=${ou},${place.directory.suffix}`
      // nobody whom no client sees is touched
      const far = at('uid=far', 'services')
      for (const [name, managers] of [
        ['two', [far, at('cn=parts+uid=two'), at('uid=bob')]],
        ['bob', [far, at('uid=bob')]],
        ['ann', [far, at('uid=ann')]],
      ] as const) {
        const value = await idOf(place.client, 'Users', name)
        const said = { op: 'replace', path, value: { value } }
        const { body } = await place.client.patch(`/Users/${many}`, said)
        expect([name, body[enterpriseSchema]]).toMatchObject([name, { manager: { value } }])
        expect((await place.client.get(`/Users/${many}`)).body).toEqual(body)
        const held = await whole(beside, at('uid=many'))
        expect([...(held.values['manager'] ?? [])].sort()).toEqual([...managers].sort())
        expect((await place.client.patch(`/Users/${many}`, said)).status).toBe(200)
        expect(await whole(beside, at('uid=many'))).toEqual(held)
      }
    })

    it('bring no id of the bridge back with a name', async () => {
      const first = idIn(await place.client.post('/Users', person('again', { externalId: 'hr-1' })))
      expect((await place.client.delete(`/Users/${first}`)).status).toBe(204)
      const second = idIn(await place.client.post('/Users', person('again')))
      expect(second).not.toBe(first)
      expect((await place.client.get(`/Users/${second}`)).body['externalId']).toBeUndefined()
      expect((await place.client.get(`/Users${where('externalId eq "hr-1"')}`)).body['totalResults']).toBe(0)
      await beside.remove(`uid=again,ou=people,${place.directory.suffix}`)
      const third = idIn(await place.client.post('/Users', person('again', { externalId: 'hr-1' })))
      expect((await place.client.get(`/Users${where('externalId eq "hr-1"')}`)).body['Resources']).toMatchObject([
        { id: third },
      ])
    })
  })
})
