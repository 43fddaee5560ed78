import { describe, expect, it } from 'vitest'
import { scimId } from '../../src/base/brand.ts'
import { decodeRecord } from '../../src/mapping/decode.ts'
import type { NativeRecord } from '../../src/mapping/record.ts'
import { catalogOf, typeOf, userFile, userOf } from './compiled.ts'

const record = (fields: NativeRecord['fields'], more: Partial<NativeRecord> = {}): NativeRecord => ({
  id: scimId('7'),
  fields,
  rows: {},
  links: {},
  ...more,
})
const shown = (attributes: string, fields: NativeRecord['fields'], more: Partial<NativeRecord> = {}) => {
  const { id: _id, meta: _meta, ...rest } = decodeRecord(userOf(attributes), record(fields, more))
  return rest
}
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

describe('decodeRecord', () => {
  const cases: readonly (readonly [
    what: string,
    attributes: string,
    fields: NativeRecord['fields'],
    expected: object,
  ])[] = [
    ['plain', 'title: t', { login: 'bob', t: 'Boss' }, { userName: 'bob', title: 'Boss' }],
    ['what was not read is not there', 'title: t', { login: 'bob' }, { userName: 'bob' }],
    [
      'NULL and the empty string are no value',
      'title: t\nnickName: n',
      { login: 'bob', t: null, n: '' },
      { userName: 'bob' },
    ],
    ['complex', 'name.givenName: g\nname.familyName: f', { g: 'Ann', f: null }, { name: { givenName: 'Ann' } }],
    ['no empty complex', 'name.givenName: g', { g: null }, {}],
    ['extension', 'enterprise.department: d', { d: 'Sales' }, { [enterprise]: { department: 'Sales' } }],
    ['no empty extension', 'enterprise.department: d', { d: null }, {}],
    [
      'typed elements',
      'emails[type eq "work" and primary eq true].value: w\nemails[type eq "home"].value: h',
      { w: 'a@x', h: 'b@x' },
      {
        emails: [
          { value: 'a@x', type: 'work', primary: true },
          { value: 'b@x', type: 'home' },
        ],
      },
    ],
    [
      'no element without a value',
      'emails[type eq "work"].value: w\nemails[type eq "home"].value: h',
      { w: null, h: null },
      {},
    ],
    [
      'one element over several slots',
      'addresses[type eq "work"].locality: l\naddresses[type eq "work"].country: c',
      { l: 'Bonn', c: null },
      { addresses: [{ locality: 'Bonn', type: 'work' }] },
    ],
    [
      'a list in one slot',
      'emails[type eq "other"].value: { slot: o, many: true, list: json }',
      { o: ['a', '', 'b'] },
      {
        emails: [
          { value: 'a', type: 'other' },
          { value: 'b', type: 'other' },
        ],
      },
    ],
    ['side store', 'externalId: { store: side }', { 'side:externalId': 'x1' }, { externalId: 'x1' }],
    [
      'a template over what is there',
      'name.givenName: g\nname.familyName: f\ndisplayName: { template: "{name.givenName} {name.familyName}" }',
      { g: 'Ann', f: 'Berg' },
      { name: { givenName: 'Ann', familyName: 'Berg' }, displayName: 'Ann Berg' },
    ],
    [
      'a template with one of two names',
      'name.givenName: g\nname.familyName: f\ndisplayName: { template: "{name.givenName} {name.familyName}" }',
      { g: null, f: 'Berg' },
      { name: { familyName: 'Berg' }, displayName: 'Berg' },
    ],
    [
      'a template inside a complex attribute',
      'name.familyName: f\nname.formatted: { template: "Dr. {name.familyName}" }',
      { f: 'Berg' },
      { name: { familyName: 'Berg', formatted: 'Dr. Berg' } },
    ],
    [
      'no half-filled template',
      'name.familyName: f\nname.formatted: { template: "Dr. {name.familyName}" }',
      { f: null },
      {},
    ],
    [
      'a split name',
      'name: { slot: full, template: "{familyName}, {givenName}", lossy: accepted }',
      { full: 'Berg, Anna Maria' },
      { name: { familyName: 'Berg', givenName: 'Anna Maria' } },
    ],
    [
      'a split name with a double forename',
      'name: { slot: full, template: "{givenName} {familyName}", lossy: accepted }',
      { full: 'Anna Maria Berg' },
      { name: { givenName: 'Anna Maria', familyName: 'Berg' } },
    ],
    [
      'a split name of one piece',
      'name: { slot: full, template: "{familyName}, {givenName}", lossy: accepted }',
      { full: 'Berg' },
      { name: { familyName: 'Berg' } },
    ],
    [
      'active over several slots',
      'active: { all: [ { slot: a, is: 1 }, { slot: b, is: 0, onTrue: keep } ] }',
      { a: 1, b: 0 },
      { active: true },
    ],
    [
      'active over several slots, one false',
      'active: { all: [ { slot: a, is: 1 }, { slot: b, is: 0, onTrue: keep } ] }',
      { a: 1, b: 1 },
      { active: false },
    ],
    [
      'active over several slots, one NULL',
      'active: { all: [ { slot: a, is: 1 }, { slot: b, is: 0 } ] }',
      { a: 1, b: null },
      { active: false },
    ],
    [
      'active over several slots, one not read',
      'active: { all: [ { slot: a, is: 1 }, { slot: b, is: 0 } ] }',
      { a: 1 },
      {},
    ],
    [
      'a lock attribute',
      'active: { slot: lock, codec: { values: { "TRUE": false }, absent: true, write: { true: absent, false: "TRUE" } } }',
      { lock: null },
      { active: true },
    ],
    ['a password is never shown', 'password: { slot: p, codec: ssha }', { p: '{SSHA}x' }, {}],
    ['names of Object are slots like others', 'title: constructor', { login: 'b' }, { userName: 'b' }],
  ]
  it.each(cases)('%s', (_, attributes, fields, expected) => {
    expect(shown(attributes, fields)).toEqual(expected)
  })

  it('says id, type and the mapped part of meta', () => {
    const mapping = userOf('meta.created: { slot: c, codec: epoch, access: readOnly }')
    expect(decodeRecord(mapping, record({ login: 'bob', c: 0 }))).toEqual({
      id: '7',
      userName: 'bob',
      meta: { resourceType: 'User', created: '1970-01-01T00:00:00Z' },
    })
  })

  it('makes elements of rows, with one primary at most', () => {
    const attributes = `emails:
  rows: { table: mail, foreignKey: pid, key: mid }
  value: v
  type: { slot: k, codec: { values: { W: work }, otherwise: other, write: { other: O } } }
  primary: { slot: m, codec: boolean }`
    const rows = [
      { fields: { v: 'a@x', k: 'W', m: 1 }, rowKey: 1 },
      { fields: { v: 'b@x', k: 'Z', m: 1 }, rowKey: 2 },
      { fields: { v: null, k: null, m: null } },
    ]
    expect(shown(attributes, {}, { rows: { 'emails:mail': rows } })).toEqual({
      emails: [
        { value: 'a@x', type: 'work', primary: true },
        { value: 'b@x', type: 'other', primary: false },
        { type: 'other' },
      ],
    })
    expect(shown(attributes, {}, { rows: { 'emails:mail': [] } })).toEqual({})
  })

  it('takes an element of constants only for none', () => {
    const attributes = 'emails: { rows: { table: mail, foreignKey: pid }, value: v, type: { constant: work } }'
    const rows = [{ fields: { v: 'a@x' } }, { fields: { v: null } }]
    expect(shown(attributes, {}, { rows: { 'emails:mail': rows } })).toEqual({
      emails: [{ value: 'a@x', type: 'work' }],
    })
  })

  it('shows links by what the attribute has', () => {
    const catalog = catalogOf(
      userFile(
        'enterprise.manager: { reference: User, slot: m }\ngroups: { reverse: Group.members, nested: true }',
        undefined,
        `  Group:
    table: { name: g, key: id }
    id: { prefix: g-, column: id }
    onDelete: delete
    attributes: { displayName: n, members: { reference: User, through: { table: gm, from: g, to: u } } }
`,
      ),
    )
    const user = decodeRecord(
      typeOf(catalog),
      record(
        {},
        {
          links: {
            [`User.${enterprise}:manager`]: [{ type: 'User', id: scimId('9'), display: 'Boss' }],
            'User.groups': [
              { type: 'Group', id: scimId('g-1'), display: 'All' },
              { type: 'Group', id: scimId('g-2'), indirect: true },
            ],
          },
        },
      ),
    )
    expect(user[enterprise]).toEqual({ manager: { value: '9', displayName: 'Boss' } })
    expect(user['groups']).toEqual([
      { value: 'g-1', display: 'All', type: 'direct' },
      { value: 'g-2', type: 'indirect' },
    ])
    const group = decodeRecord(
      typeOf(catalog, 'Group'),
      record({ n: 'All' }, { links: { 'Group.members': [{ type: 'User', id: scimId('7'), display: 'Bob' }] } }),
    )
    expect(group['members']).toEqual([{ value: '7', type: 'User', display: 'Bob' }])
    expect(decodeRecord(typeOf(catalog, 'Group'), record({ n: 'All' }))).not.toHaveProperty('members')
  })
})
