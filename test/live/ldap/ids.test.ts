import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeServer } from '../../servers/with-server.ts'
import type { JsonObject } from '../../../src/base/json.ts'
import { enterpriseSchema, person, team, userSchema } from '../../wire/people.ts'
import { houseSchema, lifeMapping } from './life-mapping.ts'
import type { Served } from './serve-directory.ts'
import { fine, made, serveDirectory } from './serve-directory.ts'

const house = 'inetOrgPerson, houseAccount'
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const kinds = {
  'the UUID with a prefix': { more: 'id: { prefix: u-, attribute: entryUUID }', id: /^u-[0-9a-f-]{36}$/ },
  'a UUID that the bridge makes': { more: 'id: { attribute: houseUuid, generate: uuid }', id: uuid },
  'a number that the client gives': {
    more: 'id: employeeNumber',
    group: 'id: { prefix: group-, attribute: entryUUID }',
    attributes: ['enterprise.employeeNumber: { slot: employeeNumber, access: immutable }'],
    id: /^E-\d$/,
  },
}

await describeServer('openldap', 'the id of a person', (server) => {
  describe.each(Object.entries(kinds))('is %s', (kind, { id: form, ...life }) => {
    let served: Served
    const isGiven = kind.includes('number')
    const numbered = (name: string, number: number, more: JsonObject = {}) =>
      person(name, {
        schemas: [userSchema, enterpriseSchema],
        ...more,
        ...(isGiven && { [enterpriseSchema]: { employeeNumber: `E-${number}` } }),
      })
    beforeAll(async () => {
      const directory = await server.freshDirectory({ overlays: false, schema: houseSchema })
      served = await serveDirectory(directory, { resources: lifeMapping({ classes: house, ...life }) })
    })
    afterAll(() => served.stop())

    it('and finds, links, renames and deletes', async () => {
      const ann = made(await served.client.post('/Users', numbered('ann', 1)))
      const bob = made(await served.client.post('/Users', numbered('bob', 2)))
      expect([ann, bob]).toEqual([expect.stringMatching(form), expect.stringMatching(form)])
      expect(fine(await served.client.get(`/Users/${ann}`))).toMatchObject({ id: ann, userName: 'ann' })
      expect(await served.found('/Users', `id eq "${ann}"`)).toEqual([ann])
      expect(await served.found('/Users', `not (id eq "${ann}")`)).toEqual([bob])
      const group = made(await served.client.post('/Groups', team('all', [ann, bob])))
      expect(fine(await served.client.get(`/Groups/${group}`)).members).toMatchObject([{ value: ann }, { value: bob }])
      expect(await served.found('/Groups', `members.value eq "${bob}"`)).toEqual([group])
      const path = `${enterpriseSchema}:manager`
      fine(await served.client.patch(`/Users/${bob}`, { op: 'replace', path, value: { value: ann } }))
      expect(await served.found('/Users', `${enterpriseSchema}:manager.value eq "${ann}"`)).toEqual([bob])
      fine(await served.client.patch(`/Users/${ann}`, { op: 'replace', path: 'userName', value: 'anna' }))
      expect(fine(await served.client.get(`/Users/${ann}`))).toMatchObject({ id: ann, userName: 'anna' })
      expect(fine(await served.client.put(`/Users/${ann}`, numbered('ann', 1, { title: 'T' })))).toMatchObject({
        id: ann,
        title: 'T',
      })
      expect(fine(await served.client.get(`/Groups/${group}`)).members).toHaveLength(2)
      expect((await served.client.delete(`/Users/${ann}`)).status).toBe(204)
      expect((await served.client.get(`/Users/${ann}`)).status).toBe(404)
      expect(fine(await served.client.get(`/Groups/${group}`)).members).toMatchObject([{ value: bob }])
    })

    it('and in no other spelling', async () => {
      const id = made(await served.client.post('/Users', numbered('cay', 3)))
      for (const other of [id.toUpperCase() === id ? id.toLowerCase() : id.toUpperCase(), `${id} `, id.slice(1), `*`]) {
        expect([other, (await served.client.get(`/Users/${encodeURIComponent(other)}`)).status]).toEqual([other, 404])
        expect([other, await served.found('/Users', `id eq "${other}"`)]).toEqual([other, []])
        const refused = await served.client.post('/Groups', team('odd', [other]))
        expect([other, refused.status]).toEqual([other, 400])
      }
    })

    if (!isGiven) return

    it('and of nobody else, of nobody without one, and for good', async () => {
      const id = made(await served.client.post('/Users', numbered('dee', 4)))
      const twin = await served.client.post('/Users', numbered('twin', 4))
      expect([twin.status, twin.body.scimType]).toEqual([409, 'uniqueness'])
      const none = await served.client.post('/Users', person('none'))
      expect([none.status, none.body.scimType]).toEqual([400, 'invalidValue'])
      expect(await served.found('/Users', 'userName eq "twin" or userName eq "none"')).toEqual([])
      const path = `${enterpriseSchema}:employeeNumber`
      expect((await served.client.patch(`/Users/${id}`, { op: 'replace', path, value: 'E-9' })).status).toBe(400)
      expect((await served.client.patch(`/Users/${id}`, { op: 'remove', path })).status).toBe(400)
      expect(fine(await served.client.get(`/Users/${id}`))).toMatchObject({ id })
    })
  })

  it('is nothing that a client may change', async () => {
    const attributes = ['enterprise.employeeNumber: employeeNumber']
    const { more, group } = kinds['a number that the client gives']
    await expect(
      serveDirectory(await server.freshDirectory(), { resources: lifeMapping({ more, group, attributes }) }),
    ).rejects.toThrow(/employeeNumber, and an id never changes/)
  })

  it('is made of bytes, as objectGUID is', async () => {
    const guids = { ann: randomBytes(16), bob: Buffer.from('00ff0a2a285c0000ffffffffffffffff', 'hex') }
    const entry = (name: 'ann' | 'bob') =>
      `dn: uid=${name},ou=people,SUFFIX\nobjectClass: inetOrgPerson\nobjectClass: houseAccount\nuid: ${name}\nsn: S\ncn: ${name}\nhouseGuid:: ${guids[name].toString('base64')}\n\n`
    const directory = await server.freshDirectory({ schema: houseSchema, ldif: entry('ann') + entry('bob') })
    const served = await serveDirectory(directory, {
      resources: lifeMapping({ classes: house, more: 'id: houseGuid\n    allow: [read, update, delete]' }),
    })
    const [ann, bob] = [guids.ann.toString('hex'), guids.bob.toString('hex')]
    expect([...(await served.found('/Users'))].sort()).toEqual([ann, bob].sort())
    expect(fine(await served.client.get(`/Users/${bob}`))).toMatchObject({ id: bob, userName: 'bob' })
    expect((await served.client.get(`/Users/${bob.toUpperCase()}`)).status).toBe(404)
    expect((await served.client.get(`/Users/${bob.slice(2)}`)).status).toBe(404)
    expect(await served.found('/Users', `id eq "${bob}"`)).toEqual([bob])
    expect(await served.found('/Users', `id eq "${bob}zz" or id eq "${ann}"`)).toEqual([ann])
    const group = made(await served.client.post('/Groups', team('all', [ann, bob])))
    expect(fine(await served.client.get(`/Groups/${group}`)).members).toHaveLength(2)
    expect(await served.found('/Groups', `members.value eq "${bob}"`)).toEqual([group])
    fine(await served.client.patch(`/Groups/${group}`, { op: 'remove', path: `members[value eq "${bob}"]` }))
    fine(await served.client.patch(`/Users/${bob}`, { op: 'replace', path: 'userName', value: 'robert' }))
    expect(fine(await served.client.get(`/Users/${bob}`))).toMatchObject({ id: bob, userName: 'robert' })
    const page = fine(await served.client.get('/Users?count=1&startIndex=2&sortBy=id'))
    expect(page).toMatchObject({ totalResults: 2, Resources: [{ id: [ann, bob].sort()[1] }] })
    expect((await served.client.delete(`/Users/${ann}`)).status).toBe(204)
    expect(fine(await served.client.get(`/Groups/${group}`)).members ?? []).toEqual([])
    await served.stop()
  })
})
