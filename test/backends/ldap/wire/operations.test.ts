import { afterAll, beforeAll, expect, it } from 'vitest'
import { equal, nothing } from '../../../../src/backends/ldap/filter.ts'
import type { LdapFilter } from '../../../../src/backends/ldap/filter.ts'
import { valuesOf } from '../../../../src/backends/ldap/operation.ts'
import type { Entry, Operation, Result } from '../../../../src/backends/ldap/operation.ts'
import {
  admin,
  describeSlapd,
  open,
  people,
  person,
  reader,
  search,
  startSlapd,
  suffix,
  unhurried,
  valuesIn,
} from './slapd-fixture.ts'
import type { Opened, Slapd } from './slapd-fixture.ts'

const none: ReadonlySet<string> = new Set()
const dnOf = (uid: string): string => `uid=${uid},${people}`
const bytes = Uint8Array.from({ length: 256 }, (_, at) => at)

describeSlapd('operations over the wire', () => {
  let slapd: Slapd
  let directory: Opened
  beforeAll(async () => {
    slapd = await startSlapd()
    directory = await open({ url: slapd.url, bind: admin })
  })
  afterAll(async () => {
    await directory.close()
    await slapd.stop()
  })

  const ask = (operation: Operation): Promise<Result> => directory.ask(operation)
  const read = async (uid: string, attributes: readonly string[], binary = none): Promise<Entry> => {
    const { entries } = await ask(search({ base: dnOf(uid), scope: 'base', attributes, binary }))
    return entries[0]!
  }
  const add = async (uid: string, more?: Parameters<typeof person>[1]): Promise<void> => {
    expect(await ask(person(uid, more))).toMatchObject({ code: 0 })
  }

  it('asks for no attribute, and keeps what is not there away', async () => {
    const { entries } = await ask(search({ filter: equal('uid', 'user1'), attributes: ['1.1'] }))
    expect(entries.map((one) => [one.dn, one.values.size])).toEqual([[dnOf('user1'), 0]])
    expect((await read('user1', ['uid', 'mail'])).values).toEqual(new Map([['uid', ['user1']]]))
  })

  it('tells a search that was cut off, with what came before', async () => {
    const { code, entries } = await ask(search({ sizeLimit: 3 }))
    expect([code, entries.length]).toEqual([4, 3])
    const limited = await open({ url: slapd.url, bind: reader })
    const cut = await limited.ask(search())
    expect([cut.code, cut.entries.length]).toEqual([4, 5])
    await limited.close()
  })

  it('modifies by every kind of change, and reads back what became of it', async () => {
    await add('mod', [{ attribute: 'mail', values: ['a@x.example', 'b@x.example'] }])
    const { code, read: back } = await ask({
      kind: 'modify',
      dn: dnOf('mod'),
      changes: [
        { op: 'delete', attribute: 'mail', values: ['a@x.example'] },
        { op: 'add', attribute: 'mail', values: ['c@x.example'] },
        { op: 'replace', attribute: 'sn', values: ['Ńew'] },
        { op: 'replace', attribute: 'jpegPhoto', values: [bytes] },
      ],
      postRead: { attributes: ['mail', 'sn', 'jpegPhoto', 'entryUUID'], binary: new Set(['jpegphoto']) },
    })
    expect(code).toBe(0)
    expect(back?.dn).toBe(dnOf('mod'))
    expect(back && valuesOf(back, 'mail').toSorted()).toEqual(['b@x.example', 'c@x.example'])
    expect(back && [valuesOf(back, 'sn'), valuesOf(back, 'jpegPhoto')]).toEqual([['Ńew'], [bytes]])
    expect(back && valuesOf(back, 'entryuuid')).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)])
  })

  it('reads back what an add made', async () => {
    const operation = { ...person('back'), postRead: { attributes: ['entryUUID', 'uid'], binary: none } } as Operation
    const { read: back } = await ask(operation)
    expect(back && valuesOf(back, 'uid')).toEqual(['back'])
    expect(back && valuesOf(back, 'entryUUID')).toHaveLength(1)
  })

  it('increments', async () => {
    expect(
      await ask({
        kind: 'add',
        dn: `cn=counter,${suffix}`,
        attributes: [
          { attribute: 'objectClass', values: ['device', 'posixAccount'] },
          { attribute: 'cn', values: ['counter'] },
          { attribute: 'uid', values: ['counter'] },
          { attribute: 'homeDirectory', values: ['/'] },
          { attribute: 'gidNumber', values: ['1'] },
          { attribute: 'uidNumber', values: ['7'] },
        ],
      }),
    ).toMatchObject({ code: 0 })
    const { code, read: back } = await ask({
      kind: 'modify',
      dn: `cn=counter,${suffix}`,
      changes: [{ op: 'increment', attribute: 'uidNumber', values: ['35'] }],
      postRead: { attributes: ['uidNumber'], binary: none },
    })
    expect([code, back && valuesOf(back, 'uidNumber')]).toEqual([0, ['42']])
  })

  it('writes under an assertion only while it holds', async () => {
    await add('guarded')
    const change = { op: 'replace', attribute: 'description', values: ['seen'] } as const
    const modify = (assert: LdapFilter): Operation => ({
      kind: 'modify',
      dn: dnOf('guarded'),
      changes: [change],
      assert,
    })
    expect(await ask(modify(equal('sn', 'somebody else')))).toMatchObject({ code: 122 })
    expect(valuesOf(await read('guarded', ['description']), 'description')).toEqual([])
    expect(await ask(modify(equal('sn', 'guarded')))).toMatchObject({ code: 0 })
    expect(
      await ask({ kind: 'rename', dn: dnOf('guarded'), rdn: 'uid=g2', superior: undefined, assert: nothing }),
    ).toMatchObject({ code: 122 })
    expect(await ask({ kind: 'delete', dn: dnOf('guarded'), assert: nothing })).toMatchObject({ code: 122 })
    expect(await ask({ kind: 'delete', dn: dnOf('guarded'), assert: equal('description', 'seen') })).toMatchObject({
      code: 0,
    })
  })

  it('renames and moves; the old name goes', async () => {
    await add('old')
    expect(await ask({ kind: 'rename', dn: dnOf('old'), rdn: 'uid=n\\2Cew', superior: undefined })).toMatchObject({
      code: 0,
    })
    const { entries } = await ask(search({ filter: equal('uid', 'n,ew') }))
    expect(valuesIn(entries, 'uid')).toEqual(['n,ew'])
    expect(await ask({ kind: 'rename', dn: entries[0]!.dn, rdn: 'uid=moved', superior: suffix })).toMatchObject({
      code: 0,
    })
    expect((await ask(search({ base: suffix, filter: equal('uid', 'moved') }))).entries[0]?.dn).toBe(
      `uid=moved,${suffix}`,
    )
    expect(await ask({ kind: 'delete', dn: `uid=moved,${suffix}` })).toMatchObject({ code: 0 })
  })

  it('sets a password that the server then takes', async () => {
    await add('login')
    const password = 'Pä(ss)*\\wörd'
    expect(await ask({ kind: 'password', dn: dnOf('login'), password })).toMatchObject({ code: 0 })
    const own = await open({ url: slapd.url, bind: { dn: dnOf('login'), password } })
    await own.ping(unhurried)
    await own.close()
    const [held] = valuesOf(await read('login', ['userPassword']), 'userPassword')
    expect(held).toMatch(/^\{SSHA\}/)
  })

  it('returns only the values that were asked for', async () => {
    const values = Array.from({ length: 50 }, (_, at) => `value ${at}`)
    await add('many', [{ attribute: 'description', values }])
    const { entries } = await ask(
      search({
        filter: equal('uid', 'many'),
        attributes: ['description'],
        valuesMatching: [
          equal('description', 'value 7'),
          equal('description', 'value 42'),
          equal('description', 'none'),
        ],
      }),
    )
    expect(valuesIn(entries, 'description').toSorted()).toEqual(['value 42', 'value 7'])
  })

  it.each<[title: string, operation: Operation, code: number, message: RegExp]>([
    [
      'an entry that is not there',
      search({ base: `ou=nowhere,${suffix}` }),
      32,
      new RegExp(`\\(${suffix} is there\\)`),
    ],
    ['a name that is taken', person('user1'), 68, /^$/],
    [
      'an attribute that nobody knows',
      { kind: 'modify', dn: dnOf('user1'), changes: [{ op: 'add', attribute: 'shoeSize', values: ['1'] }] },
      17,
      /shoeSize/,
    ],
    [
      'a value that is not there',
      { kind: 'modify', dn: dnOf('user1'), changes: [{ op: 'delete', attribute: 'sn', values: ['x'] }] },
      16,
      /no such value/,
    ],
    ['an entry with others below', { kind: 'delete', dn: people }, 66, /./],
  ])('tells %s as a result with the words of the server', async (_, operation, code, message) => {
    const result = await ask(operation)
    expect(result.code).toBe(code)
    expect(result.message).toMatch(message)
  })

  it('says where a referral points to, without the name of an entry', async () => {
    await ask({
      kind: 'add',
      dn: `cn=away,${people}`,
      attributes: [
        { attribute: 'objectClass', values: ['referral', 'extensibleObject'] },
        { attribute: 'cn', values: ['away'] },
        { attribute: 'ref', values: ['ldap://elsewhere.example:1389/cn=secret,dc=there'] },
      ],
    })
    const found = await ask(search())
    expect(found.code).toBe(0)
    expect(found.references).toEqual([expect.stringMatching(/^ldap:\/\/elsewhere\.example:1389\/cn=secret,dc=there/)])
    const refused = await ask({ kind: 'delete', dn: `cn=x,cn=away,${people}` })
    expect(refused.code).toBe(10)
    expect(refused.references).toHaveLength(1)
    expect(directory.told).toEqual(['referral ldap://elsewhere.example:1389'])
  })
})
