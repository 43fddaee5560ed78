import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DirectoryClient } from '../../servers/directory-client.ts'
import { describeServer } from '../../servers/with-server.ts'
import type { Answer } from '../../wire/client.ts'
import { person, team } from '../../wire/people.ts'
import { everything, groupLdif, idOf, personLdif } from './people.ts'
import type { LdapPlace } from './place.ts'
import { idIn, instead, kinds, ldapPlace } from './place.ts'

/** Entries of other classes under names that clients may want. */
const strangers = `dn: uid=printer,ou=people,SUFFIX
objectClass: account
uid: printer
description: belongs to the print server

dn: cn=devices,ou=groups,SUFFIX
objectClass: device
cn: devices
serialNumber: 17
`

const replace = (path: string, value: string): object => ({ op: 'replace', path, value })

await describeServer('openldap', 'names that others have', (server) => {
  describe.each(kinds)('%s', (_, overlays) => {
    let place: LdapPlace
    let beside: DirectoryClient
    beforeAll(async () => {
      const known = [personLdif('ann'), personLdif('bob'), groupLdif('crew', ['uid=ann,ou=people,SUFFIX'])]
      place = await ldapPlace(server, {
        overlays,
        ldif: [...known, groupLdif('staff', ['cn=x']), strangers].join('\n'),
      })
      beside = place.directory.client()
    })
    afterAll(() => place.close())
    /** Refused, with nothing changed anywhere: not a stamp of any entry. */
    const refused = async (request: () => Promise<Answer>): Promise<unknown> => {
      const before = await everything(beside, place.directory.suffix)
      const from = place.told.length
      const { status, body } = await request()
      expect(await everything(beside, place.directory.suffix)).toEqual(before)
      const logged = place.told.slice(from).flatMap((one) => (one.kind === 'request' ? [one.error] : []))
      return { status, scimType: body['scimType'], detail: body['detail'], logged }
    }
    const path = async (type: 'Users' | 'Groups', name: string): Promise<string> =>
      `/${type}/${await idOf(place.client, type, name)}`

    it('outside of what is offered here are 409, and whoever has one is left alone', async () => {
      const { client } = place
      const [ann, crew] = [await path('Users', 'ann'), await path('Groups', 'crew')]
      const user = {
        status: 409,
        scimType: 'uniqueness',
        detail: 'The userName is held by an entry of the directory that is not offered here as a User',
        logged: ['SB401'],
      }
      const group = {
        ...user,
        detail: 'The displayName is held by an entry of the directory that is not offered here as a Group',
      }
      expect(await refused(() => client.post('/Users', person('printer')))).toEqual(user)
      expect(await refused(() => client.post('/Users', person('Printer')))).toEqual(user)
      expect(await refused(() => client.patch(ann, replace('userName', 'printer')))).toEqual(user)
      expect(await refused(() => client.put(ann, person('PRINTER')))).toEqual(user)
      expect(await refused(() => client.post('/Groups', team('devices')))).toEqual(group)
      expect(await refused(() => client.patch(crew, replace('displayName', 'devices')))).toEqual(group)
      expect(await refused(() => client.put(crew, team('Devices')))).toEqual(group)
    })

    it('outside stay in the groups that hold them', async () => {
      const { client } = place
      const printer = `uid=printer,ou=people,${place.directory.suffix}`
      await place.directory.ldif(groupLdif('printers', [printer, 'uid=ann,ou=people,SUFFIX']))
      const ann = await path('Users', 'ann')
      const outside = expect.objectContaining({ status: 409, logged: ['SB401'] })
      expect(await refused(() => client.post('/Users', person('printer')))).toEqual(outside)
      expect(await refused(() => client.patch(ann, replace('userName', 'printer')))).toEqual(outside)
    })

    it('of others whom a client sees are 409 as well, under another code', async () => {
      const { client } = place
      const [ann, crew] = [await path('Users', 'ann'), await path('Groups', 'crew')]
      const user = {
        status: 409,
        scimType: 'uniqueness',
        detail: 'another User has this userName already',
        logged: ['SB400'],
      }
      const group = { ...user, detail: 'another Group has this displayName already' }
      expect(await refused(() => client.post('/Users', person('ANN')))).toEqual(user)
      expect(await refused(() => client.patch(ann, replace('userName', 'Bob')))).toEqual(user)
      expect(await refused(() => client.put(ann, person('bob')))).toEqual(user)
      expect(await refused(() => client.post('/Groups', team('Crew')))).toEqual(group)
      expect(await refused(() => client.patch(crew, replace('displayName', 'STAFF')))).toEqual(group)
    })
  })

  describe.each(kinds)('people whose entries are not named by the userName, %s', (_, overlays) => {
    let place: LdapPlace
    beforeAll(async () => {
      place = await ldapPlace(server, {
        overlays,
        mapping: instead(['uid={userName}', 'cn={displayName}']),
      })
    })
    afterAll(() => place.close())

    it('are told that it is the displayName that somebody else has', async () => {
      const { client } = place
      const john = (userName: string, displayName: string): object => person(userName, { displayName })
      const first = idIn(await client.post('/Users', john('jsmith', 'John Smith')))
      const detail = 'another User has this displayName already, which names its entry'
      const conflict = { status: 409, body: { scimType: 'uniqueness', detail } }
      expect(await client.post('/Users', john('jsmith2', 'John Smith'))).toMatchObject(conflict)
      expect(await client.post('/Users', john('jsmith2', 'john  SMITH'))).toMatchObject(conflict)
      const second = idIn(await client.post('/Users', john('jsmith2', 'John Smith 2')))
      expect(await client.patch(`/Users/${second}`, replace('displayName', 'John Smith'))).toMatchObject(conflict)
      expect(await client.put(`/Users/${second}`, john('jsmith2', 'JOHN SMITH'))).toMatchObject(conflict)
      // and the userName where it is the userName
      const { body } = await client.post('/Users', john('JSmith', 'Somebody Else'))
      expect(body['detail']).toBe('another User has this userName already')
      expect((await client.get(`/Users/${first}`)).body).toMatchObject({
        userName: 'jsmith',
        displayName: 'John Smith',
      })
      expect((await client.get(`/Users/${second}`)).body).toMatchObject({
        userName: 'jsmith2',
        displayName: 'John Smith 2',
      })
    })
  })
})
