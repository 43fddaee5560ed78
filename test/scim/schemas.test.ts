import { describe, expect, it } from 'vitest'
import type { Attribute } from '../../src/scim/schema.ts'
import { commonAttributes } from '../../src/scim/schemas/common.ts'
import { enterpriseUserSchema } from '../../src/scim/schemas/enterprise-user.ts'
import { groupSchema } from '../../src/scim/schemas/group.ts'
import { userSchema } from '../../src/scim/schemas/user.ts'

const every = [
  ...commonAttributes,
  ...[userSchema, groupSchema, enterpriseUserSchema].flatMap((schema) => schema.attributes),
]

/** One line for each attribute: the name, and what differs from the defaults of RFC 7643 section 2.2. */
const outline = (attribute: Attribute, indent = ''): readonly string[] => [
  [
    `${indent}${attribute.name}${attribute.multiValued ? '[]' : ''}:`,
    attribute.type,
    attribute.required ? 'required' : '',
    attribute.caseExact ? 'exact' : '',
    attribute.mutability === 'readWrite' ? '' : attribute.mutability,
    attribute.returned === 'default' ? '' : `returned-${attribute.returned}`,
    attribute.uniqueness === 'none' ? '' : `unique-${attribute.uniqueness}`,
    attribute.canonicalValues.length > 0 ? `{${attribute.canonicalValues.join('|')}}` : '',
    attribute.referenceTypes.length > 0 ? `-> ${attribute.referenceTypes.join('|')}` : '',
  ]
    .filter((part) => part !== '')
    .join(' '),
  ...attribute.subAttributes.flatMap((sub) => outline(sub, `${indent}  `)),
]

const outlines = (attributes: readonly Attribute[]): string =>
  `\n${attributes.flatMap((attribute) => outline(attribute)).join('\n')}\n`

describe('the schemas of RFC 7643 sections 3 and 4', () => {
  it('common', () => {
    expect(outlines(commonAttributes)).toMatchInlineSnapshot(`
      "
      schemas[]: reference required exact returned-always -> uri
      id: string exact readOnly returned-always unique-server
      externalId: string exact
      meta: complex readOnly
        resourceType: string exact readOnly
        created: dateTime readOnly
        lastModified: dateTime readOnly
        location: reference exact readOnly -> uri
        version: string exact readOnly
      "
    `)
  })
  it('User', () => {
    expect(outlines(userSchema.attributes)).toMatchInlineSnapshot(`
      "
      userName: string required unique-server
      name: complex
        formatted: string
        familyName: string
        givenName: string
        middleName: string
        honorificPrefix: string
        honorificSuffix: string
      displayName: string
      nickName: string
      profileUrl: reference exact -> external
      title: string
      userType: string
      preferredLanguage: string
      locale: string
      timezone: string
      active: boolean
      password: string writeOnly returned-never
      emails[]: complex
        value: string
        display: string
        type: string {work|home|other}
        primary: boolean
      phoneNumbers[]: complex
        value: string
        display: string
        type: string {work|home|mobile|fax|pager|other}
        primary: boolean
      ims[]: complex
        value: string
        display: string
        type: string {aim|gtalk|icq|xmpp|msn|skype|qq|yahoo|other}
        primary: boolean
      photos[]: complex
        value: reference exact -> external
        display: string
        type: string {photo|thumbnail}
        primary: boolean
      addresses[]: complex
        formatted: string
        streetAddress: string
        locality: string
        region: string
        postalCode: string
        country: string
        type: string {work|home|other}
        primary: boolean
      groups[]: complex readOnly
        value: string exact readOnly
        $ref: reference exact readOnly -> User|Group
        display: string readOnly
        type: string readOnly {direct|indirect}
      entitlements[]: complex
        value: string
        display: string
        type: string
        primary: boolean
      roles[]: complex
        value: string
        display: string
        type: string
        primary: boolean
      x509Certificates[]: complex
        value: binary exact
        display: string
        type: string
        primary: boolean
      "
    `)
  })
  it('Group', () => {
    expect(outlines(groupSchema.attributes)).toMatchInlineSnapshot(`
      "
      displayName: string required unique-server
      members[]: complex
        value: string exact immutable
        $ref: reference exact immutable -> User|Group
        display: string readOnly
        type: string immutable {User|Group}
      "
    `)
  })
  it('EnterpriseUser', () => {
    expect(outlines(enterpriseUserSchema.attributes)).toMatchInlineSnapshot(`
      "
      employeeNumber: string
      costCenter: string
      organization: string
      division: string
      department: string
      manager: complex
        value: string exact
        $ref: reference exact -> User
        displayName: string readOnly
      "
    `)
  })

  it('describe every attribute and nest no further than one level', () => {
    for (const top of every) {
      for (const each of [top, ...top.subAttributes]) expect([each.name, each.description]).not.toContain('')
      expect(top.subAttributes.length > 0).toBe(top.type === 'complex')
      expect(top.subAttributes.flatMap((sub) => sub.subAttributes)).toEqual([])
    }
  })

  it('have no name twice, whatever the case', () => {
    for (const list of [
      [...commonAttributes, ...userSchema.attributes],
      [...commonAttributes, ...groupSchema.attributes],
      enterpriseUserSchema.attributes,
      ...every.map((attribute) => attribute.subAttributes),
    ]) {
      const names = list.map((attribute) => attribute.name.toLowerCase())
      expect(new Set(names).size).toBe(names.length)
    }
  })
})
