import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import type { DirectoryClient } from '../../servers/directory-client.ts'
import { describeServer } from '../../servers/with-server.ts'
import { enterpriseSchema, groupSchema, person, userSchema } from '../../wire/people.ts'
import { idOf, whole } from './people.ts'
import type { LdapPlace } from './place.ts'
import { instead, kinds, ldapPlace } from './place.ts'

/** Bytes that are no text: what would be decoded and encoded again would be others. */
const photo = Buffer.from(Array.from({ length: 1_024 }, (_, i) => (i * 7 + (i >> 3)) % 256))
const certificate = Buffer.from([0x30, 0x82, 0x00, 0xff, 0xfe, 0xc3, 0x28, 0x00])

const rich = (name: string): string => `dn: uid=${name},ou=people,SUFFIX
objectClass: inetOrgPerson
uid: other-${name}
uid: ${name}
cn: First ${name}
cn: Second ${name}
sn: Family
sn: Maiden
givenName: Given
mail: ${name}@one.example
mail: ${name}@two.example
title: Clerk
description: not mapped
description: neither
roomNumber: 17
labeledURI: http://${name}.example
telephoneNumber: +1 1
telephoneNumber: +1 2
jpegPhoto:: ${photo.toString('base64')}
userSMIMECertificate:: ${certificate.toString('base64')}
userPassword: Unchanged-1

`

await describeServer('openldap', 'values that a client does not see', (server) => {
  describe.each(kinds)('%s', (_, overlays) => {
    let place: LdapPlace
    let beside: DirectoryClient
    beforeAll(async () => {
      const names = ['ann', 'bob', 'cid', 'dan', 'eva', 'fay', 'gus']
      place = await ldapPlace(server, {
        overlays,
        ldif: `${names.map(rich).join('')}dn: cn=crew,ou=groups,SUFFIX\nobjectClass: groupOfNames\ncn: crew\ncn: gang\nmember: uid=ann,ou=people,SUFFIX\ndescription: d\n`,
        mapping: instead([
          'title: title',
          'title: title\n      photos[type eq "photo"].value: { slot: jpegPhoto, codec: base64 }',
        ]),
      })
      beside = place.directory.client()
    })
    afterAll(() => place.close())
    const dn = (name: string): string => `uid=${name},ou=people,${place.directory.suffix}`
    const bytes = async (name: string, attribute: string): Promise<Buffer | undefined> => {
      const client = await beside.raw()
      const { searchEntries } = await client.search(dn(name), {
        scope: 'base',
        attributes: [attribute],
        explicitBufferAttributes: [attribute],
      })
      const value = searchEntries[0]?.[attribute]
      return Buffer.isBuffer(value) ? value : undefined
    }
    const stamps = ['entryCSN', 'modifyTimestamp', 'modifiersName']
    const values = async (at: string): Promise<JsonObject> => {
      const { values: all } = await whole(beside, at)
      return Object.fromEntries(
        Object.entries(all).flatMap(([name, of]) => (stamps.includes(name) ? [] : [[name, [...of].sort()]])),
      )
    }

    it('are not shown: of several the one of the name, else one and always the same', async () => {
      const id = await idOf(place.client, 'Users', 'ann')
      const { body } = await place.client.get(`/Users/${id}`)
      expect(body).toMatchObject({
        userName: 'ann',
        displayName: 'First ann',
        emails: [{ value: 'ann@one.example', type: 'work', primary: true }],
        photos: [{ value: photo.toString('base64'), type: 'photo' }],
      })
      expect((await place.client.get(`/Groups/${await idOf(place.client, 'Groups', 'crew')}`)).body).toMatchObject({
        displayName: 'crew',
      })
    })

    it('stay while the shown ones are replaced, by PATCH', async () => {
      const id = await idOf(place.client, 'Users', 'ann')
      const before = await values(dn('ann'))
      const { status } = await place.client.patch(
        `/Users/${id}`,
        { op: 'replace', path: 'emails[type eq "work"].value', value: 'new@one.example' },
        { op: 'replace', path: 'displayName', value: 'New Name' },
        { op: 'replace', path: 'name.familyName', value: 'New Family' },
        { op: 'remove', path: 'title' },
        { op: 'remove', path: 'phoneNumbers' },
      )
      expect(status).toBe(200)
      const { title: _title, ...rest } = before
      expect(await values(dn('ann'))).toEqual({
        ...rest,
        mail: ['ann@two.example', 'new@one.example'],
        cn: ['New Name', 'Second ann'],
        sn: ['Maiden', 'New Family'],
        telephoneNumber: ['+1 2'],
      })
      expect(await bytes('ann', 'jpegPhoto')).toEqual(photo)
      expect(await bytes('ann', 'userSMIMECertificate')).toEqual(certificate)
      expect(await place.directory.canBind(dn('ann'), 'Unchanged-1')).toBe(true)
    })

    it('stay while the shown ones are replaced, by PUT', async () => {
      const id = await idOf(place.client, 'Users', 'bob')
      const before = await values(dn('bob'))
      const { body } = await place.client.put(`/Users/${id}`, {
        schemas: [userSchema],
        userName: 'bob',
        displayName: 'New Name',
        name: { familyName: 'New Family' },
        emails: [{ value: 'new@one.example', type: 'work', primary: true }],
        photos: [{ value: photo.toString('base64'), type: 'photo' }],
      })
      expect(body).toMatchObject({ displayName: 'New Name', name: { familyName: 'New Family' } })
      const { title: _title, givenName: _given, ...rest } = before
      expect(await values(dn('bob'))).toEqual({
        ...rest,
        mail: ['bob@two.example', 'new@one.example'],
        cn: ['New Name', 'Second bob'],
        sn: ['Maiden', 'New Family'],
        telephoneNumber: ['+1 2'],
      })
      expect(await bytes('bob', 'jpegPhoto')).toEqual(photo)
      expect(await bytes('bob', 'userSMIMECertificate')).toEqual(certificate)
      expect(await place.directory.canBind(dn('bob'), 'Unchanged-1')).toBe(true)
    })

    it('stay when the entry gets another name', async () => {
      const id = await idOf(place.client, 'Users', 'cid')
      const before = await values(dn('cid'))
      expect(
        (await place.client.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: 'cyd' })).body,
      ).toMatchObject({ userName: 'cyd' })
      expect(await values(dn('cyd'))).toEqual({ ...before, uid: ['cyd', 'other-cid'], entryDN: [dn('cyd')] })
      const crew = await idOf(place.client, 'Groups', 'crew')
      const at = (name: string): string => `cn=${name},ou=groups,${place.directory.suffix}`
      const group = await values(at('crew'))
      await place.client.patch(`/Groups/${crew}`, { op: 'replace', path: 'displayName', value: 'team' })
      expect(await values(at('team'))).toMatchObject({ ...group, cn: ['gang', 'team'], entryDN: [at('team')] })
      await place.client.patch(`/Groups/${crew}`, { op: 'replace', path: 'displayName', value: 'crew' })
    })

    it('may be what a client asks for: the one that is there already is shown then', async () => {
      const id = await idOf(place.client, 'Users', 'dan')
      const other = { op: 'replace', path: 'emails[type eq "work"].value', value: 'dan@two.example' }
      expect((await place.client.patch(`/Users/${id}`, other)).body).toMatchObject({
        emails: [{ value: 'dan@two.example' }],
      })
      const named = await place.client.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: 'other-dan' })
      expect(named.body).toMatchObject({ id, userName: 'other-dan' })
      expect((await whole(beside, dn('other-dan'))).values['uid']).toEqual(['other-dan'])
    })

    it('and those that it sees have one stamp while nothing changes', async () => {
      const id = await idOf(place.client, 'Users', 'eva')
      const before = await whole(beside, dn('eva'))
      const { body } = await place.client.get(`/Users/${id}`)
      const { groups: _groups, meta: _meta, ...own } = body
      for (const answer of [
        await place.client.put(`/Users/${id}`, own),
        await place.client.put(`/Users/${id}`, body),
        await place.client.patch(`/Users/${id}`, { op: 'replace', value: own }),
        await place.client.patch(`/Users/${id}`, {
          op: 'add',
          path: 'emails',
          value: [{ value: 'eva@one.example', type: 'work', primary: true }],
        }),
        await place.client.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: true }),
        await place.client.patch(`/Users/${id}`, { op: 'remove', path: `${enterpriseSchema}:department` }),
      ]) {
        expect([answer.status, answer.body['meta']]).toEqual([200, body['meta']])
        expect(await whole(beside, dn('eva'))).toEqual(before)
      }
      const crew = await idOf(place.client, 'Groups', 'crew')
      const ann = await idOf(place.client, 'Users', 'ann')
      const at = `cn=crew,ou=groups,${place.directory.suffix}`
      const group = await whole(beside, at)
      const members = [{ value: ann }]
      for (const answer of [
        await place.client.put(`/Groups/${crew}`, { schemas: [groupSchema], displayName: 'crew', members }),
        await place.client.patch(`/Groups/${crew}`, { op: 'replace', path: 'members', value: members }),
        await place.client.patch(`/Groups/${crew}`, { op: 'add', path: 'members', value: members }),
        await place.client.patch(`/Groups/${crew}`, { op: 'replace', value: { displayName: 'crew' } }),
      ]) {
        expect(answer.status).toBeLessThan(300)
        expect(await whole(beside, at)).toEqual(group)
      }
    })

    it('are bytes as they were sent', async () => {
      const id = await idOf(place.client, 'Users', 'fay')
      const other = Buffer.from(photo.toReversed())
      const photos = (value: Buffer) => [{ value: value.toString('base64'), type: 'photo' }]
      const patched = await place.client.patch(`/Users/${id}`, { op: 'replace', path: 'photos', value: photos(other) })
      expect(patched.body['photos']).toMatchObject(photos(other))
      expect(await bytes('fay', 'jpegPhoto')).toEqual(other)
      const before = await whole(beside, dn('fay'))
      await place.client.patch(`/Users/${id}`, { op: 'replace', path: 'photos', value: photos(other) })
      expect(await whole(beside, dn('fay'))).toEqual(before)
      expect(
        (await place.client.patch(`/Users/${id}`, { op: 'remove', path: 'photos' })).body['photos'],
      ).toBeUndefined()
      expect(await bytes('fay', 'jpegPhoto')).toBeUndefined()
    })

    it('that the directory demands get what a new entry would get', async () => {
      const id = await idOf(place.client, 'Users', 'gus')
      await beside.modify(dn('gus'), { replace: { sn: 'Only', cn: 'Only' } })
      const cleared = await place.client.patch(
        `/Users/${id}`,
        { op: 'remove', path: 'name.familyName' },
        { op: 'remove', path: 'displayName' },
      )
      expect(cleared.body).toMatchObject({ displayName: 'gus', name: { familyName: 'gus' } })
      expect((await whole(beside, dn('gus'))).values).toMatchObject({ sn: ['gus'], cn: ['gus'] })
      const put = await place.client.put(`/Users/${id}`, { schemas: [userSchema], userName: 'gus' })
      expect(put.body).toMatchObject({ displayName: 'gus', name: { familyName: 'gus' } })
    })
  })

  describe.each(kinds)('and that the directory demands without a default, %s', (_, overlays) => {
    let place: LdapPlace
    beforeAll(async () => {
      place = await ldapPlace(server, {
        overlays,
        ldif: rich('ann').replace('sn: Maiden\n', ''),
        mapping: instead(["slot: sn, default: '{userName}'", "slot: sn, default: '{preferredLanguage}'"]),
      })
    })
    afterAll(() => place.close())

    it('cannot be cleared, and the answer names them', async () => {
      const id = await idOf(place.client, 'Users', 'ann')
      const beside = place.directory.client()
      const at = `uid=ann,ou=people,${place.directory.suffix}`
      const before = await whole(beside, at)
      for (const answer of [
        await place.client.patch(`/Users/${id}`, { op: 'remove', path: 'name.familyName' }),
        await place.client.patch(`/Users/${id}`, { op: 'remove', path: 'name' }),
        await place.client.put(`/Users/${id}`, { schemas: [userSchema], userName: 'ann' }),
        await place.client.post('/Users', { schemas: [userSchema], userName: 'new' }),
      ]) {
        expect([answer.status, answer.body['scimType']]).toEqual([400, 'invalidValue'])
        expect(answer.body['detail']).toMatch(/name\.familyName/)
      }
      expect(await whole(beside, at)).toEqual(before)
      expect((await place.client.put(`/Users/${id}`, person('ann'))).status).toBe(200)
    })
  })
})
