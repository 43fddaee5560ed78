import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeServer } from '../../servers/with-server.ts'
import { enterpriseSchema, groupSchema, person, team } from '../../wire/people.ts'
import { branch, lifeMapping } from './life-mapping.ts'
import type { Served } from './serve-directory.ts'
import { fine, made, serveDirectory } from './serve-directory.ts'

const deep =
  branch('north', 'ou=people,') +
  branch('lab', 'ou=north,ou=people,') +
  ['ou=north', 'ou=lab,ou=north']
    .map(
      (at, i) =>
        `dn: uid=deep${i},${at},ou=people,SUFFIX\nobjectClass: inetOrgPerson\nuid: deep${i}\nsn: S\ncn: Deep\n\n`,
    )
    .join('')

await describeServer('openldap', 'people in a tree of branches', (server) => {
  describe.each([true, false])('with overlays: %s', (overlays) => {
    let served: Served
    const people = (at = ''): string => `${at}ou=people,${served.directory.suffix}`
    beforeAll(async () => {
      served = await serveDirectory(await server.freshDirectory({ overlays, ldif: deep }), { resources: lifeMapping() })
    })
    afterAll(() => served.stop())

    it('are found wherever they lie, and stay there', async () => {
      const [id = ''] = await served.found('/Users', 'userName eq "DEEP1"')
      const top = made(await served.client.post('/Users', person('top')))
      expect(await served.beside.read(`uid=top,${people()}`, ['uid'])).toBeDefined()
      expect(await served.found('/Users', 'userName sw "deep"')).toHaveLength(2)
      const group = made(await served.client.post('/Groups', team('all', [id, top])))
      fine(
        await served.client.patch(
          `/Users/${id}`,
          { op: 'replace', path: 'userName', value: 'deeper, "x"' },
          { op: 'replace', path: 'title', value: 'T' },
        ),
      )
      const entry = await served.beside.search(people('ou=lab,ou=north,'), { scope: 'one', attributes: ['title'] })
      expect(entry).toMatchObject([{ values: { title: ['T'] } }])
      expect(fine(await served.client.get(`/Users/${id}`))).toMatchObject({
        userName: 'deeper, "x"',
        groups: [{ value: group }],
      })
      expect(fine(await served.client.get(`/Groups/${group}`)).members).toHaveLength(2)
      expect((await served.client.delete(`/Users/${id}`)).status).toBe(204)
      expect(fine(await served.client.get(`/Groups/${group}`)).members).toMatchObject([{ value: top }])
    })

    it('have one login, however deep its bearer lies', async () => {
      const refused = await served.client.post('/Users', person('Deep0'))
      expect([refused.status, refused.body.scimType]).toEqual([409, 'uniqueness'])
      const id = made(await served.client.post('/Users', person('other')))
      const renamed = await served.client.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: 'DEEP0' })
      expect([renamed.status, renamed.body.scimType]).toEqual([409, 'uniqueness'])
    })

    it('are no branches', async () => {
      const [north] = await served.beside.search(people('ou=north,'), { scope: 'base', attributes: ['entryUUID'] })
      const id = north?.values.entryUUID?.[0] ?? ''
      expect((await served.client.get(`/Users/${id}`)).status).toBe(404)
      expect((await served.client.delete(`/Users/${id}`)).status).toBe(404)
      expect((await served.client.post('/Groups', team('branches', [id]))).status).toBe(400)
    })
  })
})

const shared = lifeMapping().replace('base: "ou=groups,SUFFIX", scope: one', 'base: "ou=people,SUFFIX"')

await describeServer('openldap', 'people and groups in one branch', (server) => {
  describe.each([true, false])('with overlays: %s', (overlays) => {
    let served: Served
    beforeAll(async () => {
      served = await serveDirectory(await server.freshDirectory({ overlays }), { resources: shared })
    })
    afterAll(() => served.stop())

    it('are told apart by their object classes', async () => {
      const ann = made(await served.client.post('/Users', person('ann')))
      const inner = made(await served.client.post('/Groups', team('inner', [ann])))
      const outer = made(await served.client.post('/Groups', team('outer', [ann, inner])))
      expect(await served.found('/Users')).toEqual([ann])
      expect([...(await served.found('/Groups'))].sort()).toEqual([inner, outer].sort())
      expect((await served.client.get(`/Users/${inner}`)).status).toBe(404)
      expect((await served.client.get(`/Groups/${ann}`)).status).toBe(404)
      expect((await served.client.delete(`/Users/${inner}`)).status).toBe(404)
      expect((await served.client.patch(`/Users/${inner}`, { op: 'replace', path: 'title', value: 'T' })).status).toBe(
        404,
      )
      const members = fine(await served.client.get(`/Groups/${outer}`)).members as { value: string; type: string }[]
      expect(members.map(({ value, type }) => [type, value]).sort()).toEqual([
        ['Group', inner],
        ['User', ann],
      ])
      expect(await served.found('/Groups', `members.value eq "${inner}"`)).toEqual([outer])
      expect(fine(await served.client.get(`/Users/${ann}`)).groups).toHaveLength(2)
      // a manager is a person
      const path = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager'
      const boss = await served.client.patch(`/Users/${ann}`, { op: 'replace', path, value: { value: inner } })
      expect([boss.status, boss.body.scimType]).toEqual([400, 'invalidValue'])
      fine(await served.client.patch(`/Groups/${outer}`, { op: 'remove', path: `members[value eq "${inner}"]` }))
      expect(await served.found('/Groups', `members.value eq "${inner}"`)).toEqual([])
      expect(await served.found('/Groups', `members.value eq "${ann}"`)).toHaveLength(2)
      fine(await served.client.patch(`/Users/${ann}`, { op: 'replace', path: 'userName', value: 'anna' }))
      expect(await served.found('/Groups', `members.value eq "${ann}"`)).toHaveLength(2)
      expect((await served.client.delete(`/Groups/${inner}`)).status).toBe(204)
    })

    it('have a name that is another one', async () => {
      made(await served.client.post('/Users', person('same')))
      made(await served.client.post('/Groups', team('same')))
      expect(await served.found('/Users', 'displayName eq "same"')).toHaveLength(1)
      expect(await served.found('/Groups', 'displayName eq "same"')).toHaveLength(1)
    })
  })

  it('and a third type may share the classes of another, told by a filter', async () => {
    const robots = `
  Robot:
    schema: User
    entry: { base: "ou=people,SUFFIX", objectClasses: [inetOrgPerson], rdn: "uid={userName}", filter: (employeeType=robot), set: { create: { employeeType: robot } } }
    attributes:
      userName: uid
      name.familyName: { slot: sn, default: "{userName}" }
      displayName: { slot: cn, default: "{userName}" }
`
    const people = shared
      .replace('rdn: "uid={userName}" }', 'rdn: "uid={userName}", filter: (!(employeeType=robot)) }')
      .replace('reference: [User, Group]', 'reference: [User, Group, Robot]')
    const served = await serveDirectory(await server.freshDirectory({ overlays: false }), {
      resources: people + robots,
    })
    const ann = made(await served.client.post('/Users', person('ann')))
    const arm = made(await served.client.post('/Robots', person('arm')))
    expect([await served.found('/Users'), await served.found('/Robots')]).toEqual([[ann], [arm]])
    const group = made(
      await served.client.post('/Groups', {
        schemas: [groupSchema],
        displayName: 'both',
        members: [{ value: ann }, { value: arm }],
      }),
    )
    const members = fine(await served.client.get(`/Groups/${group}`)).members as { value: string; type: string }[]
    expect(members.map(({ type, value }) => [type, value]).sort()).toEqual([
      ['Robot', arm],
      ['User', ann],
    ])
    // the name is taken, by something that a User cannot see
    const taken = await served.client.post('/Users', person('arm'))
    expect([taken.status, taken.body.scimType]).toEqual([409, 'uniqueness'])
    expect((await served.client.delete(`/Robots/${arm}`)).status).toBe(204)
    expect(fine(await served.client.get(`/Groups/${group}`)).members).toMatchObject([{ value: ann }])
    await served.stop()
  })
})

await describeServer('openldap', 'a department that is a branch', (server) => {
  it('is shown, searched and changed by where a person lies', async () => {
    const department =
      'enterprise.department: { container: { "ou=Sales,ou=people,SUFFIX": Sales, "ou=East,ou=Sales,ou=people,SUFFIX": East, "ou=people,SUFFIX": None }, default: None }'
    const ldif =
      branch('Sales', 'ou=people,') +
      branch('East', 'ou=Sales,ou=people,') +
      branch('deep', 'ou=East,ou=Sales,ou=people,')
    const served = await serveDirectory(await server.freshDirectory({ overlays: false, ldif }), {
      resources: lifeMapping({ attributes: [department] }),
    })
    const path = `${enterpriseSchema}:department`
    const at = async (name: string, branches: string): Promise<string> => {
      await served.beside.add(`uid=${name},${branches}ou=people,${served.directory.suffix}`, {
        objectClass: 'inetOrgPerson',
        ...{ sn: 'S', cn: name },
      })
      return (await served.found('/Users', `userName eq "${name}"`))[0] ?? ''
    }
    const none = await at('none', '')
    const sales = await at('sales', 'ou=Sales,')
    const east = await at('east', 'ou=East,ou=Sales,')
    const deep = await at('deep', 'ou=deep,ou=East,ou=Sales,')
    const rows: readonly [string, readonly string[]][] = [
      [`${path} eq "Sales"`, [sales]],
      [`${path} eq "east"`, [east, deep]],
      [`${path} eq "None"`, [none]],
      [`${path} ne "Sales"`, [none, east, deep]],
      [`not (${path} eq "East")`, [none, sales]],
      [`${path} co "a"`, [sales, east, deep]],
      [`${path} sw "n" or ${path} eq "Sales"`, [none, sales]],
      [`${path} pr`, [none, sales, east, deep]],
      [`${path} eq "Elsewhere"`, []],
    ]
    for (const [filter, expected] of rows)
      expect([filter, [...(await served.found('/Users', filter))].sort()]).toEqual([filter, [...expected].sort()])
    const move = async (id: string, op: object) => fine(await served.client.patch(`/Users/${id}`, { path, ...op }))
    expect(await move(deep, { op: 'replace', value: 'Sales' })).toMatchObject({ id: deep })
    expect(await served.found('/Users', `${path} eq "Sales"`)).toHaveLength(2)
    // whoever lies deeper than the branch lies in it, and is not moved
    await served.asked()
    await at('deeper', 'ou=deep,ou=East,ou=Sales,')
    const [deeper = ''] = await served.found('/Users', 'userName eq "deeper"')
    await move(deeper, { op: 'replace', value: 'East' })
    expect((await served.asked()).filter(({ text }) => /^MOD/.test(text))).toEqual([])
    expect(await served.beside.read(`uid=none,ou=people,${served.directory.suffix}`, ['uid'])).toBeDefined()
    await served.stop()
  })
})
