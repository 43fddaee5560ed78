import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import type { DirectoryClient } from '../../servers/directory-client.ts'
import { describeServer } from '../../servers/with-server.ts'
import { person, team } from '../../wire/people.ts'
import { dnOf, groupLdif, idOf, membersAt, personLdif, whole } from './people.ts'
import type { LdapPlace } from './place.ts'
import { idIn, instead, kinds, ldapPlace } from './place.ts'

/** Nobody whom a client sees: elsewhere, gone, of another kind inside of the base, and what holds an empty group's place. */
const hidden = [
  'uid=far,ou=services,SUFFIX',
  'uid=gone,ou=people,SUFFIX',
  'cn=printer,ou=people,SUFFIX',
  'cn=placeholder',
] as const

const elsewhere = `dn: uid=far,ou=services,SUFFIX
objectClass: inetOrgPerson
uid: far
cn: far
sn: far

dn: cn=printer,ou=people,SUFFIX
objectClass: device
cn: printer
`

await describeServer('openldap', 'members that no client sees', (server) => {
  describe.each(kinds)('%s', (_, overlays) => {
    let place: LdapPlace
    let beside: DirectoryClient
    let ids: Readonly<Record<'ann' | 'bob' | 'cid', string>>
    let count = 0
    beforeAll(async () => {
      const ldif = [...['ann', 'bob', 'cid'].map((name) => personLdif(name)), elsewhere].join('\n')
      place = await ldapPlace(server, { overlays, ldif })
      beside = place.directory.client()
      const [ann, bob, cid] = await Promise.all(['ann', 'bob', 'cid'].map((name) => idOf(place.client, 'Users', name)))
      ids = { ann: ann ?? '', bob: bob ?? '', cid: cid ?? '' }
    })
    afterAll(() => place.close())
    const here = (dns: readonly string[]): readonly string[] =>
      dns.map((dn) => dn.replace('SUFFIX', place.directory.suffix)).sort()
    const shownIn = (body: JsonObject): readonly string[] =>
      (body['members'] as readonly { value: string }[]).map(({ value }) => value).sort()
    const group = async (members: readonly string[]): Promise<{ path: string; dn: string; name: string }> => {
      const name = `g${++count}`
      await place.directory.ldif(groupLdif(name, members))
      return {
        path: `/Groups/${await idOf(place.client, 'Groups', name)}`,
        dn: `cn=${name},ou=groups,${place.directory.suffix}`,
        name,
      }
    }

    it.each([
      ['PUT', ['ann', 'cid'], (name: string) => team(name, [ids.ann, ids.cid])],
      ['PUT of nobody', [], (name: string) => team(name)],
      ['PATCH replace', ['cid'], () => ({ op: 'replace', path: 'members', value: [{ value: ids.cid }] })],
      ['PATCH replace without a path', ['bob'], () => ({ op: 'replace', value: { members: [{ value: ids.bob }] } })],
      ['PATCH replace by nobody', [], () => ({ op: 'replace', path: 'members', value: [] })],
      ['PATCH remove of one', ['bob'], () => ({ op: 'remove', path: `members[value eq "${ids.ann}"]` })],
      ['PATCH remove of all', [], () => ({ op: 'remove', path: 'members' })],
      ['PATCH remove with values', ['ann'], () => ({ op: 'remove', path: 'members', value: [{ value: ids.bob }] })],
    ] as const)('stay where they are through %s', async (how, left, words) => {
      const { path, dn, name } = await group([...hidden, dnOf('ann'), dnOf('bob')])
      const body = words(name)
      const answer = how.startsWith('PUT') ? await place.client.put(path, body) : await place.client.patch(path, body)
      expect(answer.status).toBeLessThan(300)
      expect(await membersAt(beside, dn)).toEqual(here([...hidden, ...left.map(dnOf)]))
      const { body: shown, text } = await place.client.get(path)
      expect(shownIn(shown)).toEqual(left.map((one) => ids[one]).sort())
      expect(text).not.toMatch(/placeholder|printer|gone|far/)
    })

    it('are shown by no list and found by no filter', async () => {
      const { path, name } = await group([...hidden, dnOf('ann')])
      const { body } = await place.client.get(`/Groups?filter=${encodeURIComponent(`displayName eq "${name}"`)}`)
      expect(shownIn((body['Resources'] as readonly JsonObject[])[0] ?? {})).toEqual([ids.ann])
      const { path: empty } = await group(hidden)
      const present = await place.client.get(`/Groups?filter=${encodeURIComponent('members pr')}`)
      const found = (present.body['Resources'] as readonly JsonObject[]).map(({ id }) => `/Groups/${String(id)}`)
      expect(found).toContain(path)
      expect(found).not.toContain(empty)
    })

    it('make way for nothing: the placeholder is put when the last one goes, and nobody sees it', async () => {
      for (const last of [
        (path: string) => place.client.patch(path, { op: 'remove', path: 'members' }),
        (path: string) => place.client.patch(path, { op: 'remove', path: `members[value eq "${ids.ann}"]` }),
        (path: string) => place.client.patch(path, { op: 'replace', path: 'members', value: [] }),
        (path: string, name: string) => place.client.put(path, team(name)),
      ]) {
        const { path, dn, name } = await group([dnOf('ann')])
        expect((await last(path, name)).status).toBeLessThan(300)
        const [placeholder, ...others] = await membersAt(beside, dn)
        expect([placeholder, others]).toEqual(['cn=empty-membership-placeholder', []])
        expect(shownIn((await place.client.get(path)).body)).toEqual([])
        await place.client.patch(path, { op: 'add', path: 'members', value: [{ value: ids.bob }] })
        expect(await membersAt(beside, dn)).toContain(here([dnOf('bob')])[0])
        expect(shownIn((await place.client.get(path)).body)).toEqual([ids.bob])
      }
    })

    it('are not needed for a group that is made without members', async () => {
      const own = idIn(await place.client.post('/Groups', team('made empty')))
      expect(await membersAt(beside, `cn=made empty,ou=groups,${place.directory.suffix}`)).toHaveLength(1)
      expect(shownIn((await place.client.get(`/Groups/${own}`)).body)).toEqual([])
    })

    it('keep the place of a member that is deleted', async () => {
      const dan = idIn(
        await place.client.post('/Users', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'dan' }),
      )
      const { path, dn } = await group([dnOf('dan')])
      expect(shownIn((await place.client.get(path)).body)).toEqual([dan])
      expect((await place.client.delete(`/Users/${dan}`)).status).toBe(204)
      expect(shownIn((await place.client.get(path)).body)).toEqual([])
      expect((await membersAt(beside, dn)).join()).not.toContain('dan')
    })
  })

  describe.each(kinds)('groups that may not be empty, %s', (_, overlays) => {
    let place: LdapPlace
    beforeAll(async () => {
      place = await ldapPlace(server, {
        overlays,
        ldif: [personLdif('ann'), groupLdif('one', [dnOf('ann')])].join('\n'),
        mapping: instead(['emptyGroup: placeholder', 'emptyGroup: refuse']),
      })
    })
    afterAll(() => place.close())

    it('keep their last member, and say so', async () => {
      const dn = `cn=one,ou=groups,${place.directory.suffix}`
      const beside = place.directory.client()
      const ann = await idOf(place.client, 'Users', 'ann')
      const path = `/Groups/${await idOf(place.client, 'Groups', 'one')}`
      const before = await whole(beside, dn)
      for (const answer of [
        await place.client.patch(path, { op: 'remove', path: 'members' }),
        await place.client.patch(path, { op: 'remove', path: `members[value eq "${ann}"]` }),
        await place.client.patch(path, { op: 'replace', path: 'members', value: [] }),
        await place.client.put(path, team('one')),
        await place.client.post('/Groups', team('none')),
      ]) {
        expect(answer.status).toBe(400)
        expect(answer.body['detail']).toBe('members: the directory holds no entry of this kind without any')
        expect(await whole(beside, dn)).toEqual(before)
      }
      expect(await beside.read(`cn=none,ou=groups,${place.directory.suffix}`)).toBeUndefined()
    })

    it('keep whoever would be deleted as well, and so do the groups that could spare it', async () => {
      const { client, directory } = place
      const beside = directory.client()
      const bob = idIn(await client.post('/Users', person('bob')))
      const cid = idIn(await client.post('/Users', person('cid')))
      for (const [name, ids] of [
        ['a-pair', [bob, cid]],
        ['b-alone', [bob]],
        ['c-pair', [bob, cid]],
      ] as const)
        idIn(await client.post('/Groups', team(name, ids)))
      const members = () =>
        Promise.all(
          ['a-pair', 'b-alone', 'c-pair'].map((name) => membersAt(beside, `cn=${name},ou=groups,${directory.suffix}`)),
        )
      const before = await members()
      const refused = await client.delete(`/Users/${bob}`)
      expect([refused.status, refused.body['detail']]).toEqual([
        400,
        'members: the directory holds no entry of this kind without any',
      ])
      expect((await client.get(`/Users/${bob}`)).body['groups']).toHaveLength(3)
      expect(await members()).toEqual(before)

      const alone = await idOf(client, 'Groups', 'b-alone')
      const add = { op: 'add', path: 'members', value: [{ value: cid }] }
      expect((await client.patch(`/Groups/${alone}`, add)).status).toBeLessThan(300)
      expect((await client.delete(`/Users/${bob}`)).status).toBe(204)
      expect((await members()).flat().join()).not.toContain('bob')
    })
  })
})
