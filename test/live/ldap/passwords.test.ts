import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CommandIo } from '../../../src/cli/command.ts'
import { main } from '../../../src/cli/main.ts'
import { describeServer } from '../../servers/with-server.ts'
import { groupSchema, patchOf, person, where } from '../../wire/people.ts'
import { lifeMapping } from './life-mapping.ts'
import type { Served } from './serve-directory.ts'
import { fine, made, serveDirectory } from './serve-directory.ts'

const attributes = ['externalId: { store: side }']

await describeServer('openldap', 'passwords that the directory hashes itself', (server) => {
  describe.each([true, false])('with overlays: %s', (overlays) => {
    let served: Served
    const dnOf = (name: string): string => `uid=${name},ou=people,${served.directory.suffix}`
    const getsIn = (name: string, password: string) => served.directory.canBind(dnOf(name), password)
    const create = async (name: string, more = {}) =>
      made(await served.client.post('/Users', person(name, { password: 'Secret-first-1', ...more })))
    beforeAll(async () => {
      served = await serveDirectory(await server.freshDirectory({ overlays }), {
        resources: lifeMapping({ attributes }),
      })
    })
    afterAll(() => served.stop())

    it('let somebody in after a create, a PATCH and a PUT, and nobody with the one before', async () => {
      const id = await create('in')
      expect(await getsIn('in', 'Secret-first-1')).toBe(true)
      fine(await served.client.patch(`/Users/${id}`, { op: 'replace', path: 'password', value: 'Secret-second-2' }))
      expect([await getsIn('in', 'Secret-first-1'), await getsIn('in', 'Secret-second-2')]).toEqual([false, true])
      fine(await served.client.put(`/Users/${id}`, person('in', { password: 'Secret-third-3' })))
      expect([await getsIn('in', 'Secret-second-2'), await getsIn('in', 'Secret-third-3')]).toEqual([false, true])
      fine(await served.client.put(`/Users/${id}`, person('in', { title: 'T' })))
      expect(await getsIn('in', 'Secret-third-3')).toBe(true)
      const held = await served.beside.read(dnOf('in'), ['userPassword'])
      expect(held?.values.userPassword).toEqual([expect.stringMatching(/^\{SSHA\}/)])
    })

    it('go with a rename, and with anything else in one request', async () => {
      const id = await create('before')
      const changed = await served.client.patch(
        `/Users/${id}`,
        { op: 'replace', path: 'userName', value: 'after' },
        { op: 'replace', path: 'title', value: 'Chief' },
        { op: 'replace', path: 'password', value: 'Secret-second-2' },
      )
      expect(fine(changed)).toMatchObject({ id, userName: 'after', title: 'Chief' })
      expect(await getsIn('after', 'Secret-second-2')).toBe(true)
      expect(changed.headers.etag).toBe((await served.client.get(`/Users/${id}`)).headers.etag)
    })

    it('are neither shown nor searched', async () => {
      const id = await create('hidden')
      const secret = 'Secret-hidden-9'
      const answers = [
        await served.client.patch(`/Users/${id}`, { op: 'replace', path: 'password', value: secret }),
        await served.client.get(`/Users/${id}`),
        await served.client.get(`/Users/${id}?attributes=password`),
        await served.client.get(`/Users${where('userName eq "hidden"', '&attributes=userName,password')}`),
        await served.client.put(`/Users/${id}`, person('hidden', { password: secret })),
        await served.client.post('/Users', person('hidden', { password: secret })),
        await served.client.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: '', password: secret }),
      ]
      for (const answer of answers) expect(answer.text).not.toMatch(/Secret-|\{SSHA\}|"password"\s*:/)
      for (const filter of [`password eq "${secret}"`, 'password pr', `password sw "S"`]) {
        const refused = await served.client.get(`/Users${where(filter)}`)
        expect([filter, refused.status, refused.body.scimType]).toEqual([filter, 400, 'invalidFilter'])
        expect(refused.text).not.toContain(secret)
      }
      expect((await served.client.get('/Users?sortBy=password')).status).toBe(400)
      expect(served.told()).not.toMatch(/Secret-/)
      const asked = (await served.asked()).map(({ text }) => text).join('\n')
      expect(asked).toContain('PASSMOD')
      expect(asked).not.toMatch(/Secret-/)
      expect(asked).not.toMatch(/userPassword/i)
    })
  })
})

await describeServer('openldap', 'a password that the policy refuses', (server) => {
  let served: Served
  const short = 'Short-1'
  const dnOf = (name: string): string => `uid=${name},ou=people,${served.directory.suffix}`
  const getsIn = (name: string, password: string) => served.directory.canBind(dnOf(name), password)
  const refused = { status: 400, body: { scimType: 'invalidValue', detail: expect.stringContaining('password') } }
  beforeAll(async () => {
    served = await serveDirectory(await server.freshDirectory(), {
      resources: lifeMapping({ attributes: [...attributes, 'phoneNumbers: { slot: telephoneNumber, many: true }'] }),
    })
  })
  afterAll(() => served.stop())

  it('leaves no entry behind a create', async () => {
    const answer = await served.client.post('/Users', person('none', { password: short, externalId: 'x-none' }))
    expect(answer).toMatchObject(refused)
    expect(answer.text).not.toContain(short)
    expect(await served.beside.read(dnOf('none'))).toBeUndefined()
    expect(await served.found('/Users', 'externalId eq "x-none"')).toEqual([])
    made(await served.client.post('/Users', person('none', { password: 'Long-enough-1', externalId: 'x-none' })))
  })

  it('leaves everything else of the request undone', async () => {
    const boss = made(await served.client.post('/Users', person('boss')))
    const id = made(
      await served.client.post(
        '/Users',
        person('whole', {
          password: 'Long-enough-1',
          title: 'Old',
          emails: [{ value: 'old@example.com', type: 'work' }],
          phoneNumbers: [{ value: '+1 555 1' }, { value: '+1 555 2' }],
          externalId: 'x-old',
        }),
      ),
    )
    const group = made(
      await served.client.post('/Groups', { schemas: [groupSchema], displayName: 'g', members: [{ value: id }] }),
    )
    await served.beside.modify(dnOf('whole'), { add: { title: 'Second' } })
    const state = async () => [
      fine(await served.client.get(`/Users/${id}?excludedAttributes=meta,phoneNumbers`)),
      // the values of a list have no order
      { ...(await served.beside.read(dnOf('whole')))?.values, telephoneNumber: undefined },
      (await served.beside.read(dnOf('whole')))?.values.telephoneNumber?.toSorted(),
      fine(await served.client.get(`/Groups/${group}`)).members,
    ]
    const before = await state()
    const rest = [
      { op: 'replace', path: 'title', value: 'New' },
      { op: 'remove', path: 'emails' },
      { op: 'add', path: 'phoneNumbers', value: [{ value: '+1 555 3' }] },
      { op: 'remove', path: 'phoneNumbers[value eq "+1 555 1"]' },
      { op: 'replace', path: 'active', value: false },
      { op: 'replace', path: 'externalId', value: 'x-new' },
      {
        op: 'add',
        path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager',
        value: { value: boss },
      },
    ]
    const password = { op: 'replace', path: 'password', value: short }
    expect(await served.client.patch(`/Users/${id}`, ...rest, password)).toMatchObject(refused)
    expect(await state()).toEqual(before)
    expect(
      await served.client.patch(`/Users/${id}`, ...rest, password, {
        op: 'replace',
        path: 'userName',
        value: 'elsewhere',
      }),
    ).toMatchObject(refused)
    expect(await state()).toEqual(before)
    expect(await served.client.put(`/Users/${id}`, person('whole', { password: short }))).toMatchObject(refused)
    expect(await state()).toEqual(before)
    expect(await getsIn('whole', 'Long-enough-1')).toBe(true)
    expect(served.told()).not.toContain(short)
  })

  it('is in no explanation', async () => {
    const id = made(await served.client.post('/Users', person('told', { password: 'Long-enough-1' })))
    const file = join(dirname(served.file), 'body.json')
    const requests = [
      ['POST', '/Users', person('other', { password: 'Secret-told-1' })],
      ['PUT', `/Users/${id}`, person('told', { password: 'Secret-told-1' })],
      ['PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'password', value: 'Secret-told-1' })],
    ] as const
    for (const [method, path, body] of requests)
      for (const how of [[], ['--live'], ['--dry-run']]) {
        writeFileSync(file, JSON.stringify(body))
        const said: string[] = []
        const print = (text: string) => said.push(text)
        const side = ['--side-store', join(dirname(served.file), 'explained.db')]
        const argv = ['explain', ...how, ...(how.length > 0 ? side : []), '--body', file, served.file, method, path]
        const exit = await main(argv, { env: served.env, print, complain: print } as unknown as CommandIo)
        expect([exit, method, how, said.join('\n')]).toEqual([0, method, how, expect.stringContaining('password')])
        expect(said.join('\n')).not.toContain('Secret-')
      }
    expect(await served.beside.read(dnOf('other'))).toBeUndefined()
    expect(await getsIn('told', 'Long-enough-1')).toBe(true)
  })
})

/** slapd-pw-sha2(5) is a module of its own. */
const sha2 = 'dn: cn=module,cn=config\nobjectClass: olcModuleList\ncn: module\nolcModuleLoad: pw-sha2\n'

await describeServer('openldap', 'passwords that the bridge hashes', (server) => {
  const module = '/usr/lib/ldap/pw-sha2.so'
  beforeAll(async () => {
    if (existsSync(module)) await server.freshDirectory({ schema: sha2 })
  })
  describe.each([
    ['ssha', /^\{SSHA\}/],
    ['ssha256', /^\{SSHA256\}/],
    ['ssha512', /^\{SSHA512\}/],
    ['plain', /^Secret-first-1$|^Secret-second-2$/],
  ] as const)('%s', (form, stored) => {
    const isKnown = !/256|512/.test(form) || existsSync(module)
    let served: Served
    beforeAll(async () => {
      served = await serveDirectory(await server.freshDirectory({ overlays: false }), {
        resources: lifeMapping({ password: form }),
      })
    })
    afterAll(() => served.stop())

    it('lets somebody in', async ({ skip }) => {
      if (!isKnown) skip(`this slapd knows no ${form}: slapd-contrib is not installed`)
      const dn = `uid=ann,ou=people,${served.directory.suffix}`
      const held = async () => (await served.beside.read(dn, ['userPassword']))?.values.userPassword
      const id = made(await served.client.post('/Users', person('ann', { password: 'Secret-first-1' })))
      expect(await held()).toEqual([expect.stringMatching(stored)])
      expect(await served.directory.canBind(dn, 'Secret-first-1')).toBe(true)
      fine(await served.client.patch(`/Users/${id}`, { op: 'replace', path: 'password', value: 'Secret-second-2' }))
      expect(await held()).toEqual([expect.stringMatching(stored)])
      expect(await served.directory.canBind(dn, 'Secret-second-2')).toBe(true)
      expect(await served.directory.canBind(dn, 'Secret-first-1')).toBe(false)
      const shown = await served.client.get(`/Users/${id}?attributes=password`)
      expect(shown.text).not.toMatch(/password"\s*:|Secret/)
      expect(served.told()).not.toMatch(/Secret-/)
    })
  })
})
