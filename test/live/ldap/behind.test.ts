import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import type { DirectoryClient } from '../../servers/directory-client.ts'
import { describeServer } from '../../servers/with-server.ts'
import { enterpriseSchema, person, team, where } from '../../wire/people.ts'
import { idOf, membersAt, personLdif } from './people.ts'
import type { LdapPlace } from './place.ts'
import { idIn, kinds, ldapPlace } from './place.ts'

await describeServer('openldap', 'what happens behind a warm bridge', (server) => {
  describe.each(kinds)('%s', (_, overlays) => {
    let place: LdapPlace
    let beside: DirectoryClient
    beforeAll(async () => {
      place = await ldapPlace(server, { overlays })
      beside = place.directory.client()
    })
    afterAll(() => place.close())
    const dn = (name: string): string => `uid=${name},ou=people,${place.directory.suffix}`
    const groupDn = (name: string): string => `cn=${name},ou=groups,${place.directory.suffix}`
    const membersOf = async (group: string): Promise<readonly unknown[]> =>
      ((await place.client.get(`/Groups/${group}`)).body['members'] as readonly JsonObject[]).map(({ value }) => value)
    const groupsOf = ({ groups }: JsonObject): unknown[] =>
      ((groups ?? []) as readonly JsonObject[]).map(({ value }) => value)
    const add = (group: string, id: string) =>
      place.client.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: id }] })
    /** The bridge has seen all of it: by id, in a list, as a member and as a manager. */
    const warm = async (): Promise<void> => {
      for (const path of ['/Users?count=200', '/Groups', '/Users?count=1&startIndex=2', '/Users?sortBy=userName'])
        expect((await place.client.get(path)).status).toBe(200)
    }

    it('somebody renamed goes into a group under the new name, and whoever has the old one does not', async () => {
      const { client, directory } = place
      const ann = idIn(await client.post('/Users', person('ann')))
      const old = idIn(await client.post('/Groups', team('old', [ann])))
      const fresh = idIn(await client.post('/Groups', team('fresh')))
      await warm()
      await beside.rename(dn('ann'), `uid=anna,ou=people,${directory.suffix}`)
      // refint does it a while later (slapo-refint(5))
      if (overlays) await expect.poll(() => membersAt(beside, groupDn('old'))).toEqual([dn('anna')])
      await directory.ldif(personLdif('ann'))
      expect((await add(fresh, ann)).status).toBe(204)
      expect(await membersAt(beside, groupDn('fresh'))).toContain(dn('anna'))
      expect(await membersAt(beside, groupDn('fresh'))).not.toContain(dn('ann'))
      const second = await idOf(client, 'Users', 'ann')
      expect(second).not.toBe(ann)
      expect((await client.get(`/Users/${ann}`)).body).toMatchObject({ id: ann, userName: 'anna' })
      expect((await client.get(`/Users/${second}`)).body).toMatchObject({ id: second, userName: 'ann' })
      expect(await membersOf(fresh)).toEqual([ann])
      // what the directory itself holds is what is shown: without referential integrity the name has gone over
      expect(await membersOf(old)).toEqual([overlays ? ann : second])
      // and memberof in a task of the same kind
      const groups = async (): Promise<unknown[]> => groupsOf((await client.get(`/Users/${ann}`)).body).sort()
      await expect.poll(groups).toEqual((overlays ? [old, fresh] : [fresh]).sort())
      expect(groupsOf((await client.get(`/Users/${second}`)).body)).toEqual(overlays ? [] : [old])
      // removed by id, the right one goes
      const gone = await client.patch(`/Groups/${fresh}`, { op: 'remove', path: `members[value eq "${ann}"]` })
      expect(gone.status).toBe(204)
      expect(await membersOf(fresh)).toEqual([])
      const title = await client.patch(`/Users/${ann}`, { op: 'add', path: 'title', value: 'Anna' })
      expect(title.body).toMatchObject({ userName: 'anna', title: 'Anna' })
      expect((await beside.read(dn('ann'), ['title']))?.values).toEqual({})
    })

    it('a group renamed is found, read and changed under its id', async () => {
      const { client, directory } = place
      const bob = idIn(await client.post('/Users', person('bob')))
      const team1 = idIn(await client.post('/Groups', team('team one', [bob])))
      await warm()
      await beside.rename(groupDn('team one'), `cn=team two,ou=groups,${directory.suffix}`)
      const { body } = await client.get(`/Groups/${team1}`)
      expect(body).toMatchObject({ displayName: 'team two', members: [{ value: bob }] })
      expect((await client.patch(`/Groups/${team1}`, { op: 'remove', path: 'members' })).status).toBe(204)
      expect(await membersOf(team1)).toEqual([])
      expect((await add(team1, bob)).status).toBe(204)
      const groups = (await client.get(`/Users/${bob}`)).body['groups']
      expect(groups).toMatchObject([{ value: team1, display: 'team two' }])
    })

    it('somebody deleted is 404, in no list and in no group', async () => {
      const { client } = place
      const cid = idIn(await client.post('/Users', person('cid')))
      const dan = idIn(await client.post('/Users', person('dan', { [enterpriseSchema]: { manager: { value: cid } } })))
      const group = idIn(await client.post('/Groups', team('mixed', [cid, dan])))
      const before = Number((await client.get('/Users?count=0')).body['totalResults'])
      await warm()
      await beside.remove(dn('cid'))
      for (const answer of [
        await client.get(`/Users/${cid}`),
        await client.put(`/Users/${cid}`, person('cid')),
        await client.patch(`/Users/${cid}`, { op: 'add', path: 'title', value: 'x' }),
        await client.delete(`/Users/${cid}`),
      ])
        expect(answer.status).toBe(404)
      expect((await add(group, cid)).body).toMatchObject({ status: '400', scimType: 'invalidValue' })
      expect(await membersOf(group)).toEqual([dan])
      const list = await client.get('/Users?count=200')
      const ids = (list.body['Resources'] as readonly JsonObject[]).map(({ id }) => id)
      expect(ids).not.toContain(cid)
      expect(ids).toContain(dan)
      expect((await client.get(`/Users${where('userName eq "cid"')}`)).body).toMatchObject({ totalResults: 0 })
      expect((await client.get(`/Users/${dan}`)).body[enterpriseSchema]).toBeUndefined()
      // the list is shared for a while; whoever has gone is not in it, and the page is as full as it can be
      expect(ids).toHaveLength(before - 1)
    })

    it('a manager whose name somebody else has got by now is decided upon as the one that is there', async () => {
      const { client, directory } = place
      const fay = idIn(await client.post('/Users', person('fay')))
      const managed = { [enterpriseSchema]: { manager: { value: fay } } }
      const gus = idIn(await client.post('/Users', person('gus', managed)))
      await warm()
      await beside.rename(dn('fay'), `uid=faye,ou=people,${directory.suffix}`)
      const managerOf = async () => (await beside.read(dn('gus'), ['manager']))?.values['manager']
      if (overlays) await expect.poll(managerOf).toEqual([dn('faye')])
      await directory.ldif(personLdif('fay'))
      const set = await client.patch(`/Users/${gus}`, {
        op: 'replace',
        path: `${enterpriseSchema}:manager`,
        value: fay,
      })
      expect(set.body).toMatchObject({ [enterpriseSchema]: { manager: { value: fay } } })
      expect(await managerOf()).toEqual([dn('faye')])
    })

    it('somebody made is there at once for whoever asks by name', async () => {
      const { client, directory } = place
      await warm()
      await directory.ldif(personLdif('eve'))
      const eve = await idOf(client, 'Users', 'eve')
      expect((await client.get(`/Users/${eve}`)).body).toMatchObject({ userName: 'eve' })
      expect((await client.post('/Users', person('eve'))).status).toBe(409)
    })
  })
})
