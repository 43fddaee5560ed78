import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeServer } from '../../servers/with-server.ts'
import { groupSchema, person, team } from '../../wire/people.ts'
import type { Served } from './serve-directory.ts'
import { fine, made, serveDirectory } from './serve-directory.ts'

/** The shipped mapping, save how the directory is reached. */
const shipped = readFileSync(join(import.meta.dirname, '../../../mappings/posix.yaml'), 'utf8')
const resources = shipped
  .slice(shipped.indexOf('\nresources:\n') + '\nresources:\n'.length)
  .replaceAll('${LDAP_BASE_DN}', 'SUFFIX')

const ldif = ['uid', 'gid']
  .map(
    (one) =>
      `dn: cn=${one}Next,ou=counters,SUFFIX\nobjectClass: device\nobjectClass: extensibleObject\ncn: ${one}Next\n${one}Number: 20000\n\n`,
  )
  .join('')

await describeServer('openldap', 'people and groups of Unix machines', (server) => {
  let served: Served
  const peopleBelow = (): string => `ou=people,${served.directory.suffix}`
  const member = (value: string) => ({ op: 'add', path: 'members', value: [{ value }] })
  const create = async (name: string) => made(await served.client.post('/Users', person(name)))
  const group = async (name: string, ids: readonly string[] = []) =>
    made(await served.client.post('/Groups', team(name, ids)))
  const uidsIn = async (name: string) =>
    (await served.beside.read(`cn=${name},ou=groups,${served.directory.suffix}`, ['memberUid']))?.values.memberUid ?? []
  const membersOf = async (id: string) =>
    ((fine(await served.client.get(`/Groups/${id}`)).members ?? []) as { value: string; type: string }[]).map(
      ({ value }) => value,
    )
  const groupsOf = async (id: string) =>
    ((fine(await served.client.get(`/Users/${id}`)).groups ?? []) as { display: string }[]).map(
      ({ display }) => display,
    )

  beforeAll(async () => {
    served = await serveDirectory(await server.freshDirectory({ overlays: false, ldif }), { resources })
  })
  afterAll(() => served.stop())

  it('get numbers that nobody else has, however many are made at once', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `many${i}`)
    const ids = await Promise.all(names.map(create))
    expect(new Set(ids).size).toBe(30)
    const entries = await served.beside.search(peopleBelow(), {
      filter: '(uid=many*)',
      attributes: ['uidNumber', 'gidNumber', 'homeDirectory', 'loginShell', 'gecos', 'objectClass', 'uid'],
    })
    const numbers = entries.map(({ values }) => Number(values.uidNumber?.[0])).sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 30 }, (_, i) => 20000 + i))
    expect(entries.find(({ values }) => values.uid?.[0] === 'many7')?.values).toMatchObject({
      gidNumber: ['10000'],
      homeDirectory: ['/home/many7'],
      loginShell: ['/bin/bash'],
      gecos: ['Given Family'],
      objectClass: ['inetOrgPerson', 'posixAccount'],
    })
    const groups = await Promise.all(Array.from({ length: 10 }, (_, i) => group(`numbers${i}`)))
    expect(new Set(groups).size).toBe(10)
    const gids = await served.beside.search(`ou=groups,${served.directory.suffix}`, {
      filter: '(cn=numbers*)',
      attributes: ['gidNumber'],
    })
    expect(new Set(gids.map(({ values }) => values.gidNumber?.[0])).size).toBe(10)
  })

  it('come and go as members by their logins', async () => {
    const [ann, bob] = [await create('ann'), await create('bob')]
    const staff = await group('staff', [ann])
    expect(await uidsIn('staff')).toEqual(['ann'])
    fine(await served.client.patch(`/Groups/${staff}`, member(bob)))
    expect([await membersOf(staff), await groupsOf(bob)]).toEqual([[ann, bob], ['staff']])
    const before = await served.client.get(`/Groups/${staff}`)
    fine(await served.client.patch(`/Groups/${staff}`, member(bob)))
    expect((await served.client.get(`/Groups/${staff}`)).headers.etag).toBe(before.headers.etag)
    expect(await served.found('/Groups', `members.value eq "${bob}"`)).toEqual([staff])
    expect(await served.found('/Groups', `members[value eq "${ann}"] and displayName eq "STAFF"`)).toEqual([staff])
    fine(await served.client.patch(`/Groups/${staff}`, { op: 'remove', path: `members[value eq "${ann}"]` }))
    expect([await uidsIn('staff'), await groupsOf(ann)]).toEqual([['bob'], []])
    fine(await served.client.patch(`/Groups/${staff}`, { op: 'remove', path: `members[value eq "${bob}"]` }))
    expect([await membersOf(staff), await served.found('/Groups', `members.value eq "${bob}"`)]).toEqual([[], []])
  })

  it('keep their memberships over a rename, and lose them with their entry', async () => {
    const id = await create('old.login')
    const [one, two] = [await group('carried one', [id]), await group('carried two', [id])]
    fine(await served.client.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: 'new.login' }))
    expect([await uidsIn('carried one'), await uidsIn('carried two')]).toEqual([['new.login'], ['new.login']])
    expect([await groupsOf(id), await membersOf(one), await membersOf(two)]).toEqual([
      expect.arrayContaining(['carried one', 'carried two']),
      [id],
      [id],
    ])
    // only in another case: memberUid is compared with regard to it
    fine(await served.client.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: 'New.Login' }))
    expect([await uidsIn('carried one'), await groupsOf(id)]).toEqual([
      ['New.Login'],
      expect.arrayContaining(['carried one', 'carried two']),
    ])
    expect((await served.client.delete(`/Users/${id}`)).status).toBe(204)
    expect([await uidsIn('carried one'), await uidsIn('carried two')]).toEqual([[], []])
  })

  it('inherit nothing from an earlier bearer of the login', async () => {
    const id = await group('stale')
    const dn = `cn=stale,ou=groups,${served.directory.suffix}`
    await served.beside.modify(dn, { add: { memberUid: ['heir', 'nobody'] } })
    expect(await membersOf(id)).toEqual([])
    const heir = await create('heir')
    expect([await groupsOf(heir), await membersOf(id), await uidsIn('stale')]).toEqual([[], [], ['nobody']])
    const other = await create('other')
    fine(await served.client.patch(`/Users/${other}`, { op: 'replace', path: 'userName', value: 'nobody' }))
    expect([await groupsOf(other), await uidsIn('stale')]).toEqual([[], []])
  })

  it('are members by their login as it is spelled', async () => {
    const bob = await create('Rob')
    const id = await group('cases', [bob])
    expect(await uidsIn('cases')).toEqual(['Rob'])
    const dn = `cn=cases,ou=groups,${served.directory.suffix}`
    // to a Unix machine "rob" is somebody else, so it is nobody here
    await served.beside.modify(dn, { replace: { memberUid: ['rob'] } })
    expect([
      await membersOf(id),
      await groupsOf(bob),
      await served.found('/Groups', `members.value eq "${bob}"`),
    ]).toEqual([[], [], []])
    fine(await served.client.patch(`/Groups/${id}`, member(bob)))
    expect([[...(await uidsIn('cases'))].sort(), await membersOf(id), await groupsOf(bob)]).toEqual([
      ['Rob', 'rob'],
      [bob],
      ['cases'],
    ])
    fine(await served.client.patch(`/Groups/${id}`, { op: 'remove', path: `members[value eq "${bob}"]` }))
    expect([await uidsIn('cases'), await membersOf(id)]).toEqual([['rob'], []])
  })

  it('are no members by a login that memberUid cannot hold', async () => {
    const unfit = await served.client.post('/Users', person('zoë'))
    expect([unfit.status, unfit.body.scimType, unfit.body.detail]).toEqual([
      400,
      'invalidValue',
      expect.stringMatching(/^userName: /),
    ])
    await served.beside.add(`uid=zoë,${peopleBelow()}`, {
      objectClass: ['inetOrgPerson', 'posixAccount'],
      ...{ sn: 'Z', cn: 'Zoë', uidNumber: '1', gidNumber: '1', homeDirectory: '/home/zoe' },
    })
    const [zoe = ''] = await served.found('/Users', 'userName eq "ZOË"')
    const id = await group('ascii')
    const refused = await served.client.patch(`/Groups/${id}`, member(zoe))
    expect([refused.status, refused.body.scimType]).toEqual([400, 'invalidValue'])
    expect(await groupsOf(zoe)).toEqual([])
    expect(await served.found('/Groups', `members.value eq "${zoe}"`)).toEqual([])
    expect(await served.found('/Groups', `not (members.value eq "${zoe}") and displayName eq "ascii"`)).toEqual([id])
    const max = await create('max')
    fine(await served.client.patch(`/Groups/${id}`, member(max)))
    const renamed = await served.client.patch(`/Users/${max}`, { op: 'replace', path: 'userName', value: 'mäx' })
    expect([renamed.status, renamed.body.scimType]).toEqual([400, 'invalidValue'])
    expect([await uidsIn('ascii'), await groupsOf(max)]).toEqual([['max'], ['ascii']])
    fine(await served.client.patch(`/Users/${zoe}`, { op: 'replace', path: 'userName', value: 'zoé' }))
    expect((await served.client.delete(`/Users/${zoe}`)).status).toBe(204)
  })

  it('have groups that hold no groups', async () => {
    const inner = await group('inner')
    const refused = await served.client.post('/Groups', team('outer', [inner]))
    expect([refused.status, refused.body.scimType]).toEqual([400, 'invalidValue'])
    const outer = made(await served.client.post('/Groups', { schemas: [groupSchema], displayName: 'outer' }))
    expect((await served.client.patch(`/Groups/${outer}`, member(inner))).status).toBe(400)
    expect(await uidsIn('outer')).toEqual([])
  })
})
