import { describe, expect, it } from 'vitest'
import { describeServer } from '../../servers/with-server.ts'
import { enterpriseSchema, person, team, userSchema } from '../../wire/people.ts'
import { branch, branchRules, lifeMapping } from './life-mapping.ts'
import type { Served } from './serve-directory.ts'
import { fine, made, serveDirectory } from './serve-directory.ts'

const lock = 'pwdAccountLockedTime: "000001010000Z"'

/** How a type says it; whether the person is seen afterwards, has its memberships, and is in the directory at all. */
const rules: Readonly<Record<string, readonly [string, { seen: boolean; left: boolean; there: boolean }]>> = {
  'really deletes': ['onDelete: delete', { seen: false, left: true, there: false }],
  marks: [`onDelete: { set: { employeeType: gone, ${lock} } }`, { seen: true, left: false, there: true }],
  'marks and hides': [
    `onDelete: { set: { employeeType: gone, ${lock} }, hide: { employeeType: gone } }`,
    { seen: false, left: false, there: true },
  ],
  'marks, hides and takes out of everything': [
    `onDelete: { set: { employeeType: gone, description: now, ${lock} }, hide: { employeeType: gone }, leave: all }`,
    { seen: false, left: true, there: true },
  ],
}

await describeServer('openldap', 'a delete', (server) => {
  describe.each(Object.entries(rules))('that %s', (_, [rule, { seen, left, there }]) => {
    it.each([true, false])('with overlays: %s', async (overlays) => {
      const served: Served = await serveDirectory(await server.freshDirectory({ overlays }), {
        resources: lifeMapping({ more: rule }),
      })
      const dn = `uid=eve,ou=people,${served.directory.suffix}`
      const id = made(await served.client.post('/Users', person('eve', { password: 'Old-secret-1' })))
      const ann = made(
        await served.client.post(
          '/Users',
          person('ann', { schemas: [userSchema, enterpriseSchema], [enterpriseSchema]: { manager: { value: id } } }),
        ),
      )
      const group = made(await served.client.post('/Groups', team('all', [id, ann])))
      const named = async () => [
        ...(await served.beside.search(served.directory.suffix, { filter: `(member=${dn})`, attributes: ['1.1'] })),
        ...(await served.beside.search(served.directory.suffix, { filter: `(manager=${dn})`, attributes: ['1.1'] })),
      ]
      expect(await named()).toHaveLength(2)
      expect((await served.client.delete(`/Users/${id}`)).status).toBe(204)

      expect(await served.directory.canBind(dn, 'Old-secret-1')).toBe(false)
      expect((await served.client.get(`/Users/${id}`)).status).toBe(seen ? 200 : 404)
      expect([...(await served.found('/Users'))].sort()).toEqual((seen ? [ann, id] : [ann]).sort())
      expect(await served.found('/Users', 'userName eq "eve"')).toEqual(seen ? [id] : [])
      expect(await served.found('/Users', 'not (userName eq "ann")')).toEqual(seen ? [id] : [])
      expect((await named()).length).toBe(left ? 0 : 2)
      const members = fine(await served.client.get(`/Groups/${group}`)).members
      const ids = (members as { value: string }[]).map(({ value }) => value)
      expect(ids.sort()).toEqual((seen ? [id, ann] : [ann]).sort())
      expect(fine(await served.client.get(`/Users/${ann}`))[enterpriseSchema]).toEqual(
        seen ? { manager: expect.objectContaining({ value: id }) } : undefined,
      )
      expect((await served.beside.read(dn, ['uid'])) !== undefined).toBe(there)
      expect((await served.client.delete(`/Users/${id}`)).status).toBe(seen ? 204 : 404)

      const again = await served.client.post('/Users', person('eve'))
      expect([again.status, again.body.scimType]).toEqual(there ? [409, 'uniqueness'] : [201, undefined])
      // whoever gets the name gets neither the password nor a membership
      expect(await served.directory.canBind(dn, 'Old-secret-1')).toBe(false)
      if (!there) expect([String(again.body.id) === id, await named()]).toEqual([false, []])
      await served.stop()
    })
  })

  it('in a disabled branch, too', async () => {
    const directory = await server.freshDirectory({
      overlays: false,
      access: branchRules('ou=disabled', false),
      ldif: branch('disabled'),
    })
    const served = await serveDirectory(directory, {
      resources: lifeMapping({
        base: '',
        active: '{ container: { "ou=people,SUFFIX": true, "ou=disabled,SUFFIX": false } }',
        more: 'onDelete: { set: { employeeType: gone }, hide: { employeeType: gone }, leave: all }',
      }),
    })
    const id = made(await served.client.post('/Users', person('eve', { active: false })))
    const group = made(await served.client.post('/Groups', team('all', [id])))
    expect((await served.client.delete(`/Users/${id}`)).status).toBe(204)
    expect(fine(await served.client.get(`/Groups/${group}`)).members ?? []).toEqual([])
    expect(await served.found('/Users', 'active eq false')).toEqual([])
    expect(await served.beside.read(`uid=eve,ou=disabled,${directory.suffix}`, ['uid'])).toBeDefined()
    // the name is free again, save where the entry that nobody sees has it
    const again = made(await served.client.post('/Users', person('eve', { password: 'Old-secret-1' })))
    const moved = await served.client.patch(`/Users/${again}`, { op: 'replace', path: 'active', value: false })
    expect([moved.status, moved.body.scimType]).toEqual([409, 'uniqueness'])
    expect(fine(await served.client.get(`/Users/${again}`)).active).toBe(true)
    expect(await directory.canBind(`uid=eve,ou=people,${directory.suffix}`, 'Old-secret-1')).toBe(true)
    await served.stop()
  })
})
