import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DirectoryClient } from '../../servers/directory-client.ts'
import { describeServer } from '../../servers/with-server.ts'
import { enterpriseSchema, person, team } from '../../wire/people.ts'
import type { LdapPlace } from './place.ts'
import { idIn, kinds, ldapPlace } from './place.ts'

const managed = (userName: string, manager: string): object =>
  person(userName, { [enterpriseSchema]: { manager: { value: manager } } })

await describeServer('openldap', 'a name that had another bearer', (server) => {
  describe.each(kinds)('%s', (_, overlays) => {
    let place: LdapPlace
    let beside: DirectoryClient
    beforeAll(async () => {
      place = await ldapPlace(server, { overlays })
      beside = place.directory.client()
    })
    afterAll(() => place.close())
    const dn = (name: string): string => `uid=${name},ou=people,${place.directory.suffix}`

    /** Somebody in two groups, who manages somebody, with a password. */
    const somebody = async (name: string) => {
      const { client, directory } = place
      const first = idIn(await client.post('/Users', person(name, { password: 'First-Secret-1' })))
      const report = idIn(await client.post('/Users', managed(`${name}-report`, first)))
      const alone = idIn(await client.post('/Groups', team(`${name}-alone`, [first])))
      const both = idIn(await client.post('/Groups', team(`${name}-both`, [first, report])))
      expect(await directory.canBind(dn(name), 'First-Secret-1')).toBe(true)
      return { first, report, alone, both }
    }
    const inheritsNothing = async (name: string, before: Awaited<ReturnType<typeof somebody>>): Promise<void> => {
      const { client, directory } = place
      const watch = await directory.watch()
      const created = await client.post('/Users', person(name))
      const second = idIn(created)
      expect(created.status).toBe(201)
      expect(second).not.toBe(before.first)
      // the name was forgotten before anybody could have it
      const log = await watch.take()
      const added = log.findIndex((one) => one.kind === 'add')
      expect(log.findLastIndex((one) => one.kind === 'modify')).toBeLessThan(added)
      expect(created.body['groups'] ?? []).toEqual([])
      const pointing = await beside.search(directory.suffix, { filter: `(|(member=${dn(name)})(manager=${dn(name)}))` })
      expect(pointing).toEqual([])
      for (const group of [before.alone, before.both]) {
        const { body } = await client.get(`/Groups/${group}`)
        const members = body['members'] as readonly { value: string }[]
        expect(members.map(({ value }) => value)).toEqual(group === before.both ? [before.report] : [])
      }
      const { body: report } = await client.get(`/Users/${before.report}`)
      expect(report[enterpriseSchema]).toBeUndefined()
      expect((await client.get(`/Users/${second}`)).body['groups'] ?? []).toEqual([])
      expect(await directory.canBind(dn(name), 'First-Secret-1')).toBe(false)
      expect((await client.get(`/Users/${before.first}`)).status).toBe(404)
    }

    it('brings nothing with it after a delete through SCIM', async () => {
      const before = await somebody('ann')
      expect((await place.client.delete(`/Users/${before.first}`)).status).toBe(204)
      const { body } = await place.client.get(`/Groups/${before.alone}`)
      expect(body['members']).toEqual([])
      expect((await beside.read(dn('ann-report'), ['manager']))?.values).toEqual({})
      await inheritsNothing('ann', before)
    })

    it('brings nothing with it after a delete behind the bridge', async () => {
      const before = await somebody('bob')
      await beside.remove(dn('bob'))
      // refint does it a while later (slapo-refint(5)), and may or may not have when the name is given again
      const left = () => beside.search(place.directory.suffix, { filter: `(member=${dn('bob')})` })
      if (!overlays) expect(await left()).toHaveLength(2)
      await inheritsNothing('bob', before)
    })

    it('brings nothing with it when somebody is renamed to it', async () => {
      const before = await somebody('cid')
      await beside.remove(dn('cid'))
      const other = idIn(await place.client.post('/Users', person('dan')))
      const own = idIn(await place.client.post('/Groups', team('dans', [other])))
      const renamed = await place.client.patch(`/Users/${other}`, { op: 'replace', path: 'userName', value: 'cid' })
      expect(renamed.status).toBe(200)
      const { body } = await place.client.get(`/Users/${other}`)
      expect((body['groups'] as readonly { value: string }[]).map(({ value }) => value)).toEqual([own])
      expect((await place.client.get(`/Users/${before.report}`)).body[enterpriseSchema]).toBeUndefined()
      const pointing = await beside.search(place.directory.suffix, { filter: `(member=${dn('cid')})` })
      expect(pointing.map(({ dn: at }) => at)).toEqual([`cn=dans,ou=groups,${place.directory.suffix}`])
    })

    it('of a group that others hold goes as well', async () => {
      const { client } = place
      const inner = idIn(await client.post('/Groups', team('inner')))
      const outer = idIn(await client.post('/Groups', team('outer', [inner])))
      await beside.remove(`cn=inner,ou=groups,${place.directory.suffix}`)
      const again = idIn(await client.post('/Groups', team('inner')))
      expect(again).not.toBe(inner)
      expect((await client.get(`/Groups/${outer}`)).body['members']).toEqual([])
    })
  })
})
