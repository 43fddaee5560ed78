import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeServer } from '../../servers/with-server.ts'
import type { DirectoryOptions } from '../../servers/fresh-directory.ts'
import { enterpriseSchema, person, team, userSchema } from '../../wire/people.ts'
import type { Life } from './life-mapping.ts'
import { branch, branchRules, houseSchema, lifeMapping, lockedBy, policyLock } from './life-mapping.ts'
import type { Served } from './serve-directory.ts'
import { fine, made, serveDirectory } from './serve-directory.ts'

interface Kind extends Life {
  readonly directory: DirectoryOptions
  /** How the entry of a locked person is told. */
  readonly locked: string
  /** The directory finds `LEFT` where `left` is asked for, and that is another word. */
  readonly isFolded?: boolean
}

const disabled = { access: branchRules('ou=disabled', false), ldif: branch('disabled') }
const nested = {
  access: branchRules('ou=leavers,ou=people', false),
  ldif: branch('leavers', 'ou=people,'),
}
const kinds: Readonly<Record<string, Kind>> = {
  'the lock of the password policy': {
    directory: {},
    locked: '(pwdAccountLockedTime=000001010000Z)',
  },
  'the lock of the policy, with passwords that the bridge hashes': {
    directory: {},
    password: 'ssha',
    locked: '(pwdAccountLockedTime=000001010000Z)',
  },
  'the same attribute with an access rule': {
    directory: { overlays: false },
    locked: '(pwdAccountLockedTime=000001010000Z)',
  },
  'a word in an attribute': {
    directory: { overlays: false, access: [lockedBy('(employeeType=left)')] },
    active:
      '{ slot: employeeType, codec: { values: { left: false }, otherwise: true, absent: true, write: { true: absent } } }',
    locked: '(employeeType=left)',
    isFolded: true,
  },
  'a flag': {
    directory: { overlays: false, schema: houseSchema, access: [lockedBy('(houseEnabled=FALSE)')] },
    classes: 'inetOrgPerson, houseAccount',
    active: '{ slot: houseEnabled, codec: boolean, default: true }',
    locked: '(houseEnabled=FALSE)',
  },
  'a lock that is TRUE or absent': {
    directory: { overlays: false, schema: houseSchema, access: [lockedBy('(nsAccountLock=TRUE)')] },
    classes: 'inetOrgPerson, houseAccount',
    active:
      '{ slot: nsAccountLock, codec: { values: { "TRUE": false }, otherwise: true, absent: true, write: { true: absent, false: "TRUE" } } }',
    locked: '(nsAccountLock=TRUE)',
    isFolded: true,
  },
  'a container beside the other': {
    directory: { overlays: false, ...disabled },
    base: '',
    active: '{ container: { "ou=people,SUFFIX": true, "ou=disabled,SUFFIX": false } }',
    locked: '(entryDN:dnSubtreeMatch:=ou=disabled,SUFFIX)',
  },
  'a container beside the other, with overlays': {
    directory: disabled,
    base: '',
    active: '{ container: { "ou=people,SUFFIX": true, "ou=disabled,SUFFIX": false } }',
    locked: '(entryDN:dnSubtreeMatch:=ou=disabled,SUFFIX)',
  },
  'a container within the other': {
    directory: { overlays: false, ...nested },
    active: '{ container: { "ou=people,SUFFIX": true, "ou=leavers,ou=people,SUFFIX": false } }',
    locked: '(entryDN:dnSubtreeMatch:=ou=leavers,ou=people,SUFFIX)',
  },
}

const writes = ({ text }: { readonly text: string }): boolean => !text.startsWith('SRCH')

await describeServer('openldap', 'whether somebody gets in', (server) => {
  describe.each(Object.entries(kinds))('by %s', (_, { directory, locked, isFolded, ...life }) => {
    let served: Served
    const dnOf = async (id: string): Promise<string> => {
      const [entry] = await served.beside.search(served.directory.suffix, {
        filter: `(entryUUID=${id})`,
        attributes: ['entryCSN'],
      })
      return entry?.dn ?? ''
    }
    const getsIn = async (id: string, password = 'Old-secret-1'): Promise<boolean> =>
      served.directory.canBind(await dnOf(id), password)
    const isLocked = async (id: string): Promise<boolean> => {
      const filter = `(&(entryUUID=${id})${locked.replaceAll('SUFFIX', served.directory.suffix)})`
      return (await served.beside.search(served.directory.suffix, { filter, attributes: ['1.1'] })).length === 1
    }
    const activate = async (id: string, value: boolean) =>
      fine(await served.client.patch(`/Users/${id}`, { op: 'replace', path: 'active', value }))
    const create = async (userName: string, more = {}) =>
      made(await served.client.post('/Users', person(userName, { password: 'Old-secret-1', ...more })))

    beforeAll(async () => {
      served = await serveDirectory(await server.freshDirectory(directory), { resources: lifeMapping(life) })
    })
    afterAll(() => served.stop())

    it('is taken by PATCH and PUT and given back with the old password, and the person stays the same', async () => {
      const id = await create('ann')
      const boss = await create('boss')
      const under = await create('under', {
        schemas: [userSchema, enterpriseSchema],
        [enterpriseSchema]: { manager: { value: id } },
      })
      const group = made(await served.client.post('/Groups', team('all', [id, boss])))
      const steps: readonly [string, () => Promise<unknown>, boolean][] = [
        ['created', () => Promise.resolve(), true],
        ['PATCH false', () => activate(id, false), false],
        ['PUT without a word', async () => fine(await served.client.put(`/Users/${id}`, person('ann'))), false],
        ['PATCH true', () => activate(id, true), true],
        [
          'PUT false',
          async () => fine(await served.client.put(`/Users/${id}`, person('ann', { active: false }))),
          false,
        ],
        ['PUT true', async () => fine(await served.client.put(`/Users/${id}`, person('ann', { active: true }))), true],
      ]
      for (const [step, act, expected] of steps) {
        await act()
        const shown = fine(await served.client.get(`/Users/${id}`))
        expect([step, shown.active, await isLocked(id), await getsIn(id)]).toEqual([
          step,
          expected,
          !expected,
          expected,
        ])
        expect(shown.groups).toMatchObject([{ value: group }])
        expect(fine(await served.client.get(`/Groups/${group}`)).members).toHaveLength(2)
        expect(fine(await served.client.get(`/Users/${under}`))[enterpriseSchema]).toMatchObject({
          manager: { value: id },
        })
      }
    })

    it('is not given to somebody created without it, until it is', async () => {
      const id = await create('late', { active: false })
      expect([fine(await served.client.get(`/Users/${id}`)).active, await getsIn(id)]).toEqual([false, false])
      await activate(id, true)
      expect(await getsIn(id)).toBe(true)
    })

    it('stays taken when a password is set, and is given back with the new one', async () => {
      const id = await create('reset')
      await activate(id, false)
      const set = (value: string, ...more: readonly object[]) =>
        served.client.patch(`/Users/${id}`, { op: 'replace', path: 'password', value }, ...more)
      const both = async (password: string) => [await isLocked(id), await getsIn(id, password)]
      fine(await set('New-secret-2'))
      expect(await both('New-secret-2')).toEqual([true, false])
      fine(await served.client.put(`/Users/${id}`, person('reset', { password: 'New-secret-3' })))
      expect(await both('New-secret-3')).toEqual([true, false])
      fine(await set('New-secret-4', { op: 'replace', path: 'active', value: true }))
      expect(await both('New-secret-4')).toEqual([false, true])
      fine(await set('New-secret-5', { op: 'replace', path: 'active', value: false }))
      expect(await both('New-secret-5')).toEqual([true, false])
      await activate(id, true)
      expect([await getsIn(id, 'New-secret-4'), await getsIn(id, 'New-secret-5')]).toEqual([false, true])
    })

    it('moves nothing when it says what holds already', async () => {
      const id = await create('same')
      const csn = async () => (await served.beside.read(await dnOf(id), ['entryCSN']))?.values.entryCSN
      for (const value of [true, false, true]) {
        await activate(id, value)
        const before = await csn()
        await served.asked()
        expect(await activate(id, value)).toMatchObject({ active: value })
        fine(await served.client.put(`/Users/${id}`, person('same', { active: value })))
        expect((await served.asked()).filter(writes)).toEqual([])
        expect(await csn()).toEqual(before)
      }
    })

    it('is a filter', async () => {
      const [on, off] = [await create('filter.on'), await create('filter.off', { active: false })]
      const both = [on, off].sort()
      const rows: readonly [string, readonly string[]][] = [
        ['active eq true', [on]],
        ['active eq false', [off]],
        ['active ne true', [off]],
        ['not (active eq true)', [off]],
        ['not (active eq false)', [on]],
        ['active pr', both],
        ['active eq false or userName eq "filter.on"', both],
        ['active eq true and active eq false', []],
        ['userName eq "FILTER.OFF" and active eq true', []],
        ['userName eq "FILTER.OFF" and active eq false', [off]],
      ]
      for (const [filter, expected] of rows) {
        const found = await served.found('/Users', `(${filter}) and userName sw "filter."`)
        expect([filter, [...found].sort()]).toEqual([filter, expected])
        const sorted = await served.client.get(
          `/Users?sortBy=userName&count=1&filter=${encodeURIComponent(`userName sw "filter." and (${filter})`)}`,
        )
        expect([filter, sorted.body.totalResults]).toEqual([filter, expected.length])
      }
      // the directory alone selects, and the bridge looks at nobody
      await served.asked()
      const counted = await served.client.get(`/Users?count=0&filter=${encodeURIComponent('active eq false')}`)
      expect(counted.body.totalResults).toBeGreaterThan(0)
      const [asked, ...more] = await served.asked()
      expect(asked?.text).toMatch(/employeeType|houseEnabled|nsAccountLock|pwdAccountLockedTime|dnSubordinateMatch/)
      // of words that are compared without regard to case, whoever matches is looked at once more
      expect(isFolded === true ? [] : more).toEqual([])
    })
  })
})

await describeServer('openldap', 'a lockout of the password policy', (server) => {
  let served: Served
  beforeAll(async () => {
    served = await serveDirectory(await server.freshDirectory(), { resources: lifeMapping({ active: policyLock }) })
  })
  afterAll(() => served.stop())

  it('is none of the bridge: it is not shown, not lifted, and goes with a lock of its own', async () => {
    const id = made(await served.client.post('/Users', person('eve', { password: 'Old-secret-1' })))
    const dn = `uid=eve,ou=people,${served.directory.suffix}`
    for (let i = 0; i < 5; i++) expect(await served.directory.canBind(dn, 'wrong')).toBe(false)
    const state = async () =>
      (await served.beside.read(dn, ['pwdAccountLockedTime', 'pwdFailureTime', 'entryCSN']))?.values
    const locked = await state()
    expect(locked?.pwdAccountLockedTime?.[0]).toMatch(/^20\d{12}/)
    expect(await served.directory.canBind(dn, 'Old-secret-1')).toBe(false)
    expect(fine(await served.client.get(`/Users/${id}`)).active).toBe(true)
    expect(await served.found('/Users', 'active eq true')).toEqual([id])
    await served.asked()
    fine(await served.client.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: true }))
    fine(await served.client.put(`/Users/${id}`, person('eve', { active: true })))
    expect((await served.asked()).filter(writes)).toEqual([])
    expect(await state()).toEqual(locked)

    fine(await served.client.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false }))
    expect((await state())?.pwdAccountLockedTime).toEqual(['000001010000Z'])
    fine(await served.client.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: true }))
    expect((await state())?.pwdAccountLockedTime).toBeUndefined()
  })
})
