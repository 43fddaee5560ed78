import { afterAll, beforeAll, expect, it } from 'vitest'
import { equal, everything, not, nothing } from '../../../../src/backends/ldap/filter.ts'
import type { LdapFilter } from '../../../../src/backends/ldap/filter.ts'
import { valuesOf } from '../../../../src/backends/ldap/operation.ts'
import type { Entry, Operation, Result } from '../../../../src/backends/ldap/operation.ts'
import { admin, describeSlapd, open, people, person, search, startSlapd, valuesIn } from './slapd-fixture.ts'
import type { Opened, Slapd } from './slapd-fixture.ts'

const none: ReadonlySet<string> = new Set()
const dnOf = (uid: string): string => `uid=${uid},${people}`
const bytes = Uint8Array.from({ length: 256 }, (_, at) => at)

describeSlapd('values and filters over the wire', () => {
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

  const filters: readonly (readonly [title: string, filter: LdapFilter, found: readonly string[]])[] = [
    ['equality', equal('uid', 'user3'), ['user3']],
    ['equality by bytes', equal('uid', Buffer.from('user3')), ['user3']],
    ['and', { kind: 'and', of: [equal('uid', 'user3'), equal('sn', 'S3')] }, ['user3']],
    ['or', { kind: 'or', of: [equal('uid', 'user3'), equal('sn', 'S4')] }, ['user3', 'user4']],
    ['not', { kind: 'and', of: [equal('uid', 'user3'), not(equal('sn', 'S3'))] }, []],
    ['substrings', { kind: 'substrings', attribute: 'uid', initial: 'us', any: ['er'], final: '12' }, ['user12']],
    ['initial alone', { kind: 'substrings', attribute: 'cn', initial: 'User 7', any: [], final: undefined }, ['user7']],
    ['final alone', { kind: 'substrings', attribute: 'cn', initial: undefined, any: [], final: 'r 7' }, ['user7']],
    [
      'substrings of nothing',
      {
        kind: 'and',
        of: [
          equal('uid', 'user1'),
          { kind: 'substrings', attribute: 'sn', initial: undefined, any: [], final: undefined },
        ],
      },
      ['user1'],
    ],
    ['a matching rule', { kind: 'extensibleMatch', attribute: 'uid', rule: '2.5.13.5', value: 'user3' }, ['user3']],
    [
      'a matching rule that minds case',
      { kind: 'extensibleMatch', attribute: 'uid', rule: '2.5.13.5', value: 'USER3' },
      [],
    ],
    ['nothing', nothing, []],
    ['everything, and more', { kind: 'and', of: [everything, equal('uid', 'user5')] }, ['user5']],
  ]

  it.each(filters)('finds by %s', async (_, filter, found) => {
    const { code, entries } = await ask(search({ filter }))
    expect(code).toBe(0)
    expect(valuesIn(entries, 'uid').toSorted()).toEqual(found)
  })

  it.each([
    ['parentheses and asterisks', 'a(b)*c\\d'],
    ['other alphabets', 'Žofie Ærø 名前 🦊'],
    ['what an escape looks like', '\\2a\\28'],
  ])('finds %s by what they are', async (_, value) => {
    const uid = `v${value.length}`
    await add(uid, [{ attribute: 'description', values: [value, `${value}x`] }])
    const { entries } = await ask(search({ filter: equal('description', value), attributes: ['description'] }))
    expect(entries.map((one) => one.dn)).toEqual([dnOf(uid)])
    expect(valuesIn(entries, 'description')).toEqual([value, `${value}x`])
    const part = await ask(
      search({
        filter: { kind: 'substrings', attribute: 'description', initial: undefined, any: [value.slice(1)], final: 'x' },
      }),
    )
    expect(part.entries).toHaveLength(1)
  })

  it('carries bytes as bytes, and text that is none as bytes', async () => {
    await add('bytes', [
      { attribute: 'jpegPhoto', values: [bytes] },
      { attribute: 'audio', values: [Buffer.from('plain text')] },
      { attribute: 'userPassword', values: [bytes] },
      { attribute: 'description', values: ['\uFEFFwith a mark'] },
    ])
    const entry = await read('bytes', ['jpegPhoto', 'audio', 'description'], new Set(['audio']))
    expect(valuesOf(entry, 'jpegPhoto')).toEqual([bytes])
    expect(valuesOf(entry, 'AUDIO')).toEqual([Uint8Array.from(Buffer.from('plain text'))])
    expect(valuesOf(entry, 'description')).toEqual(['\uFEFFwith a mark'])
    expect(valuesOf(await read('bytes', ['audio']), 'audio')).toEqual(['plain text'])
    const byOctets = await ask(search({ filter: equal('userPassword', bytes) }))
    expect(byOctets.entries.map((one) => one.dn)).toEqual([dnOf('bytes')])
  })

  it('takes values of any length', async () => {
    const sizes = [127, 128, 255, 256, 65_535, 65_536, 524_288, 3_000_000]
    await add('long', [{ attribute: 'jpegPhoto', values: sizes.map((size) => Buffer.alloc(size, size % 251)) }])
    const held = valuesOf(await read('long', ['jpegPhoto'], new Set(['jpegphoto'])), 'jpegPhoto')
    expect(held.map((one) => one.length)).toEqual(sizes)
  })
})
