import { describe, expect, it } from 'vitest'
import { scimId } from '../../src/base/brand.ts'
import { digestOf, digestParts } from '../../src/mapping/digest.ts'
import type { NativeRecord } from '../../src/mapping/record.ts'
import { catalogOf, typeOf, userFile } from './compiled.ts'

const catalog = catalogOf(
  userFile(
    'title: t\npassword: { slot: p, codec: ssha }\nexternalId: { store: side }\nenterprise.manager: { reference: User, slot: m }\ngroups: { reverse: Group.members }\nemails: { rows: { table: mail, foreignKey: pid }, value: v, type: k }',
    undefined,
    `  Group:
    table: { name: g, key: id }
    id: { prefix: g-, column: id }
    onDelete: delete
    attributes: { displayName: n, members: { reference: User, through: { table: gm, from: g, to: u }, size: large } }
`,
  ),
)
const user = typeOf(catalog)
const manager = 'User.urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager'

const base: NativeRecord = {
  id: scimId('1'),
  fields: { login: 'bob', t: 'x', p: 'h', 'side:externalId': 'e' },
  rows: { 'emails:mail': [{ fields: { v: 'a', k: 'w' } }, { fields: { v: 'b', k: null } }] },
  links: {
    [manager]: [{ type: 'User', id: scimId('2'), display: 'Boss' }],
    'User.groups': [{ type: 'Group', id: scimId('g-1') }],
  },
}
const field = (name: string, value: NativeRecord['fields'][string]): NativeRecord => ({
  ...base,
  fields: { ...base.fields, [name]: value },
})

describe('digestOf', () => {
  it('is a weak entity tag', () => {
    expect(digestOf(user, base)).toMatch(/^W\/"[\w-]{20,}"$/)
  })

  const same: readonly (readonly [string, NativeRecord])[] = [
    ['rows in another order', { ...base, rows: { 'emails:mail': [...(base.rows['emails:mail'] ?? [])].reverse() } }],
    [
      'columns in another order',
      { ...base, rows: { 'emails:mail': [{ fields: { k: 'w', v: 'a' } }, { fields: { k: null, v: 'b' } }] } },
    ],
    ['another password', field('p', 'other')],
    ['a slot that nobody maps', field('zzz', 1)],
    ['groups', { ...base, links: { ...base.links, 'User.groups': [] } }],
    ['the name of the manager', { ...base, links: { ...base.links, [manager]: [{ type: 'User', id: scimId('2') }] } }],
  ]
  it.each(same)('stays the same with %s', (_, record) => {
    expect(digestOf(user, record)).toBe(digestOf(user, base))
  })
  it('takes a bigint for the number it is', () => {
    expect(digestOf(user, field('t', 5))).toBe(digestOf(user, field('t', 5n)))
  })

  const other: readonly (readonly [string, NativeRecord])[] = [
    ['another value', field('t', 'y')],
    ['NULL', field('t', null)],
    ['the empty string', field('t', '')],
    ['a number for its text', field('t', 1)],
    ['the text of a number', field('t', '1')],
    ['bytes', field('t', new TextEncoder().encode('x'))],
    ['a list', field('t', ['x'])],
    ['a value of the side store', field('side:externalId', 'f')],
    ['a row less', { ...base, rows: { 'emails:mail': (base.rows['emails:mail'] ?? []).slice(1) } }],
    ['another manager', { ...base, links: { ...base.links, [manager]: [{ type: 'User', id: scimId('3') }] } }],
    ['another record', { ...base, id: scimId('9') }],
  ]
  it('differs for everything else', () => {
    const tags = [base, ...other.map(([, record]) => record)].map((record) => digestOf(user, record))
    expect(new Set(tags).size).toBe(tags.length)
  })
})

describe('digestParts', () => {
  it('leaves out passwords, reverse sides and large references', () => {
    const { slots, rows, links } = digestParts(user)
    expect(slots.map((slot) => slot.key)).toEqual(['login', 'side:externalId', 't'])
    expect(rows.map((one) => one.key)).toEqual(['emails:mail'])
    expect(links.map((one) => one.key)).toEqual([manager])
    expect(digestParts(typeOf(catalog, 'Group')).links).toEqual([])
  })
})
