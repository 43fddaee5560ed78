import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import type { DirectoryClient, Found } from '../../servers/directory-client.ts'
import { describeServer } from '../../servers/with-server.ts'
import type { Answer } from '../../wire/client.ts'
import { enterpriseSchema, person, team, where } from '../../wire/people.ts'
import { groupLdif, membersAt } from './people.ts'
import type { LdapPlace } from './place.ts'
import { idIn, kinds, ldapPlace } from './place.ts'

const to = (userName: string): object => ({ op: 'replace', path: 'userName', value: userName })
const valuesIn = (list: unknown): readonly unknown[] =>
  ((list ?? []) as readonly JsonObject[]).map(({ value }) => value)

/** What names are made of that a DN or a filter would take for something else (RFC 4514 section 2.4, RFC 4515 section 3). */
const odd: readonly string[] = [
  'a,b+c"d\\e<f>g;h=i#j',
  '#hash',
  '   ',
  ' leading',
  'trailing ',
  'in  between',
  '(paren) *star* \\28',
  '\\2a',
  'cn=x,dc=test',
  'Zoë',
  'Zoe\u0308 combining',
  '\u{1f600} emoji \u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '\u0130stanbul',
  '\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2',
  'stra\u00dfe',
  '\u6f22\u5b57',
  'a/b?c%2fd&e',
  '__proto__',
  'x'.repeat(200),
]

await describeServer('openldap', 'another name for somebody', (server) => {
  describe.each(kinds)('%s', (_, overlays) => {
    let place: LdapPlace
    let beside: DirectoryClient
    let count = 0
    const locked = (what: string, rights: string): string =>
      `to ${what} by dn.exact="cn=scim,ou=services,SUFFIX" ${rights} by * none`
    beforeAll(async () => {
      place = await ldapPlace(server, {
        overlays,
        access: [
          locked('dn.exact="cn=read only,ou=groups,SUFFIX" attrs=member', 'read'),
          locked('dn.exact="cn=add only,ou=groups,SUFFIX" attrs=member', '=arscd'),
          locked('dn.regex="^uid=[^,]*-bound,ou=people,SUFFIX$" attrs=manager', 'read'),
          locked('dn.regex="^uid=[^,]*untitled,ou=people,SUFFIX$" attrs=title', 'read'),
        ],
      })
      beside = place.directory.client()
    })
    afterAll(() => place.close())
    const dnOf = (name: string): string => `uid=${name},ou=people,${place.directory.suffix}`

    const groupDn = (name: string): string => `cn=${name},ou=groups,${place.directory.suffix}`

    /** Somebody in two groups who manages two, one of whom is a group's only other member. */
    const somebody = async (name: string) => {
      const { client } = place
      const id = idIn(await client.post('/Users', person(name)))
      const prefix = `s${++count}`
      const report = idIn(
        await client.post('/Users', person(`${prefix}-report`, { [enterpriseSchema]: { manager: { value: id } } })),
      )
      const alone = idIn(await client.post('/Groups', team(`${prefix}-alone`, [id])))
      const both = idIn(await client.post('/Groups', team(`${prefix}-both`, [report, id])))
      return { id, report, alone, both, prefix }
    }
    type Somebody = Awaited<ReturnType<typeof somebody>>
    const isWhole = async ({ id, report, alone, both }: Somebody, userName: string): Promise<void> => {
      const { client } = place
      const { body } = await client.get(`/Users/${id}`)
      expect(body).toMatchObject({ id, userName })
      expect(valuesIn(body['groups']).slice().sort()).toEqual([alone, both].sort())
      expect(valuesIn((await client.get(`/Groups/${alone}`)).body['members'])).toEqual([id])
      expect(
        valuesIn((await client.get(`/Groups/${both}`)).body['members'])
          .slice()
          .sort(),
      ).toEqual([id, report].sort())
      const managed = (await client.get(`/Users/${report}`)).body[enterpriseSchema]
      expect(managed).toMatchObject({ manager: { value: id } })
    }
    /** Names that nobody has any more: none may be left in a group or as somebody's manager. */
    const nobodyDangles = async (): Promise<void> => {
      const all = await beside.search(place.directory.suffix, { attributes: ['member', 'manager'] })
      const named = all.flatMap(({ values }) => [...(values['member'] ?? []), ...(values['manager'] ?? [])])
      for (const one of new Set(named))
        if (!/^cn=empty/.test(one)) expect([one, await beside.read(one, ['1.1'])]).toEqual([one, expect.anything()])
    }

    it.each([
      ['PATCH', (id: string, name: string) => place.client.patch(`/Users/${id}`, to(name))],
      ['PUT', (id: string, name: string) => place.client.put(`/Users/${id}`, person(name))],
    ])('keeps the id, the memberships and those who are managed, by %s', async (how, rename) => {
      const one = await somebody(`ann-${how}`)
      const renamed = await rename(one.id, `anna-${how}`)
      expect(renamed.body).toMatchObject({ id: one.id, userName: `anna-${how}` })
      await isWhole(one, `anna-${how}`)
      expect(await beside.read(dnOf(`ann-${how}`))).toBeUndefined()
      expect((await beside.read(dnOf(`anna-${how}`), ['uid']))?.values['uid']).toEqual([`anna-${how}`])
      await nobodyDangles()
    })

    it('keeps the members of a group, and the groups it is in', async () => {
      const { client } = place
      const one = await somebody('gil')
      const outer = idIn(await client.post('/Groups', team('outer', [one.alone])))
      const named = await client.patch(`/Groups/${one.alone}`, { op: 'replace', path: 'displayName', value: 'Other' })
      expect(named.status).toBeLessThan(300)
      expect(valuesIn((await client.get(`/Groups/${outer}`)).body['members'])).toEqual([one.alone])
      expect((await client.get(`/Groups/${one.alone}`)).body).toMatchObject({ displayName: 'Other' })
      expect(valuesIn((await client.get(`/Groups/${one.alone}`)).body['members'])).toEqual([one.id])
      await nobodyDangles()
    })

    it('may differ in case only', async () => {
      const one = await somebody('bob')
      expect((await place.client.patch(`/Users/${one.id}`, to('BOB'))).body).toMatchObject({ userName: 'BOB' })
      await isWhole(one, 'BOB')
      expect((await place.client.put(`/Users/${one.id}`, person('Bob'))).body).toMatchObject({ userName: 'Bob' })
      await isWhole(one, 'Bob')
    })

    it.each(odd)('may be %j, to the letter', async (name) => {
      const { client } = place
      const one = await somebody(`plain-${++count}`)
      const renamed = await client.patch(`/Users/${one.id}`, to(name))
      expect(renamed.body).toMatchObject({ id: one.id, userName: name })
      await isWhole(one, name)
      const found = await client.get(`/Users${where(`userName eq ${JSON.stringify(name)}`)}`)
      expect(valuesIn((found.body['Resources'] as JsonObject[]).map(({ id }) => ({ value: id })))).toEqual([one.id])
      expect((await client.post('/Users', person(name))).body).toMatchObject({ scimType: 'uniqueness' })
      expect((await client.patch(`/Groups/${one.alone}`, { op: 'remove', path: 'members' })).status).toBe(204)
      expect(
        (await client.patch(`/Groups/${one.alone}`, { op: 'add', path: 'members', value: [{ value: one.id }] })).status,
      ).toBe(204)
      await client.patch(`/Users/${one.id}`, to(`back-${++count}`))
      await isWhole(one, `back-${count}`)
      expect((await client.delete(`/Users/${one.id}`)).status).toBe(204)
      const again = await client.post('/Users', person(name))
      expect(again.body).toMatchObject({ userName: name })
      expect((await client.delete(`/Users/${idIn(again)}`)).status).toBe(204)
      await nobodyDangles()
    })

    /** Refused, and nobody sees a difference. */
    const asBefore = async (one: Somebody, name: string, request: Promise<Answer>, status: number): Promise<void> => {
      expect((await request).status).toBe(status)
      await isWhole(one, name)
      expect(await beside.read(dnOf(name))).toBeDefined()
      await nobodyDangles()
    }

    it.each([
      ['a NUL', 'a\u0000b', 400],
      ['nothing', '', 400],
      ['longer than the directory can name', 'x'.repeat(300), 400],
      ['half of a surrogate pair', 'a\ud800b', 400],
    ])('may not be %s', async (_name, name, status) => {
      const one = await somebody(`kept-${++count}`)
      const own = `kept-${count - 1}`
      const members = (): Promise<readonly Found[]> =>
        beside.search(place.directory.suffix, { attributes: ['*', 'memberOf', 'entryUUID'] })
      const before = await members()
      await asBefore(one, own, place.client.patch(`/Users/${one.id}`, to(name)), status)
      expect(await members()).toEqual(before)
      expect((await place.client.post('/Users', person(name))).status).toBe(status)
      expect(await members()).toEqual(before)
    })

    it('is not taken where a group may not be written', async () => {
      const one = await somebody('cid')
      await place.directory.ldif(groupLdif('read only', [dnOf('cid')]))
      expect((await place.client.patch(`/Users/${one.id}`, to('cid2'))).status).toBe(403)
      await nobodyDangles()
      await beside.remove(groupDn('read only'))
      await isWhole(one, 'cid')
      expect((await place.client.patch(`/Users/${one.id}`, to('cid2'))).status).toBe(200)
      await isWhole(one, 'cid2')
    })

    it('goes back when the old one cannot be taken out of a group', async () => {
      const one = await somebody('dan')
      await place.directory.ldif(groupLdif('add only', [dnOf('dan')]))
      expect((await place.client.patch(`/Users/${one.id}`, to('dan2'))).status).toBe(403)
      expect(await membersAt(beside, groupDn('add only'))).toContain(dnOf('dan'))
      await beside.remove(groupDn('add only'))
      await isWhole(one, 'dan')
      await nobodyDangles()
    })

    it('goes back when somebody who is managed cannot be told', async () => {
      const { client } = place
      const one = await somebody('eva')
      const bound = idIn(await client.post('/Users', person('eva-bound')))
      await beside.modify(dnOf('eva-bound'), { add: { manager: dnOf('eva') } })
      expect((await client.patch(`/Users/${one.id}`, to('eva2'))).status).toBe(403)
      await isWhole(one, 'eva')
      expect((await client.get(`/Users/${bound}`)).body[enterpriseSchema]).toMatchObject({ manager: { value: one.id } })
      await nobodyDangles()
    })

    it('goes back when the rest of the request is refused', async () => {
      const { client } = place
      const one = await somebody('fay-untitled')
      const patch = client.patch(`/Users/${one.id}`, to('gus-untitled'), { op: 'add', path: 'title', value: 'T' })
      await asBefore(one, 'fay-untitled', patch, 403)
    })
  })
})
