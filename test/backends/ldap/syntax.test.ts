import { Attribute, Change, EqualityFilter, NotFilter } from 'ldapts'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Value } from '../../../src/backends/ldap/filter.ts'
import { ruleOf } from '../../../src/backends/ldap/matching.ts'
import { standardSchema } from '../../../src/backends/ldap/standard-schema.ts'
import { fits, isBinary, isBinaryType, isText, syntaxes } from '../../../src/backends/ldap/syntax.ts'
import { describeSlapd } from './slapd.ts'

/** An attribute of each syntax; what fits, and what does not. */
const table: readonly (readonly [attribute: string, good: readonly Value[], bad: readonly Value[]])[] = [
  [
    'entryUUID',
    ['6d2f3c2a-8f6e-4f3b-9c2b-1a2b3c4d5e6f', '6D2F3C2A-8F6E-4F3B-9C2B-1A2B3C4D5E6F'],
    [
      ...['', 'nonsense', '6d2f3c2a8f6e4f3b9c2b1a2b3c4d5e6f', '{6d2f3c2a-8f6e-4f3b-9c2b-1a2b3c4d5e6f}'],
      ...[' 6d2f3c2a-8f6e-4f3b-9c2b-1a2b3c4d5e6f', '6d2f3c2a-8f6e-4f3b-9c2b-1a2b3c4d5e6g', '0123456789abcdef'],
      '6d2f3c2a-8f6e-4f3b-9c2b-1a2b3c4d5e6f\n',
    ],
  ],
  [
    'uidNumber',
    ['0', '1', '-1', '99999999999999999999999999'],
    ['', '-0', '+1', '01', '00', '-01', '1.0', ' 1', '1 ', '-', 'x', '1e3', '1\n', '٣'],
  ],
  ['pwdReset', ['TRUE', 'FALSE'], ['', 'true', 'True', '1', ' TRUE', 'TRUE ']],
  [
    'pwdAccountLockedTime',
    [
      ...['20240101000000Z', '202401010000Z', '2024010100Z', '20240101000000.5Z', '20240101000000,5Z'],
      ...['20240101000000.50Z', '20240101000000.123456789012Z', '2024010100.5Z', '202401010000.5Z'],
      ...['20240101000000+0100', '20240101000000+01', '20240101000000-0000', '20240101000000+2359'],
      ...['20240229000000Z', '20000229000000Z', '20240101235960Z', '00000101000000Z', '99991231235959Z'],
    ],
    [
      ...['', '20240101Z', '20240101000000', '20240101000000.Z', '20240101000000+2400', '20240101000000+0060'],
      ...['20240101000000+1', '20240101000000+010', '20230229000000Z', '19000229000000Z', '20240431000000Z'],
      ...['20241301000000Z', '20240001000000Z', '20240100000000Z', '20240101240000Z', '20240101235961Z'],
      ...['20240101006000Z', '20240101000000z', ' 20240101000000Z', '240101000000Z', '2024-01-01T00:00:00Z'],
    ],
  ],
  ['mail', ['', ' ', 'a@b', '\t', '\0', 'a\x7f'], ['é', 'a\x80', new Uint8Array([0xff])]],
  [
    'cn',
    [' ', 'a', 'é', '\0', 'a\0b', '😀', '\n', '\uffff'],
    [
      '',
      new Uint8Array([0xff]),
      new Uint8Array([0xc0, 0x80]),
      new Uint8Array([0xe0, 0x80, 0xaf]),
      new Uint8Array([0xc3]),
    ],
  ],
  [
    'manager',
    [
      ...['', 'cn=a', 'CN=a , DC=x', '2.5.4.3=a', 'cn=a+sn=b', 'cn="a,b"', 'cn=a;dc=x', 'cn=a\\,b', ' cn = a '],
      ...['cn=a#b', 'cn=a=b', 'cn=\\#a', 'cn=\\ a\\ ', 'uidNumber=1'],
    ],
    [
      ...['nonsense', 'foo=a', '1.2.3.4=a', 'cn=', 'cn=a,', ',cn=a', 'cn=a+sn=', 'cn=\\', 'cn=\\zz', 'cn=\\ff'],
      ...[
        'cn=a"b',
        'cn=a<b',
        'cn=a\0',
        'cn="a"b',
        'mail=é',
        'uidNumber=x',
        'cn=a+cn=b',
        'entryUUID=x',
        'a_b=c',
        'cn=#',
      ],
    ],
  ],
  ['uniqueMember', ['', 'cn=a', "cn=a#'0101'B", "cn=a#''B", 'cn=a#b'], ['nonsense', 'foo=a', "foo=a#'01'B"]],
  ['dnQualifier', [' ', 'abc', "a'()+,-./:?="], ['', 'é']],
  ['x121Address', ['123', '1 2', ' '], ['', 'a', '-1', '١']],
  [
    'telephoneNumber',
    [' ', '-', '+', '+1 (555) 1-2', 'abc', "a/b.c,d:e?'=f"],
    ['', 'é', '+1 555 x*', 'a_b', 'a@b', '555 #5', '1"', '1\t2'],
  ],
  ['x500UniqueIdentifier', ["'0101'B", "''B"], ['', "'01", "'012'B", '0101', "'01'b"]],
  ['userPassword', ['', 'a', new Uint8Array([0xff]), '\0'], []],
  ['postalAddress', ['', ' ', 'a$b', '$', 'a\\24b\\5C', 'é', '\0'], ['a\\b', 'a\\', new Uint8Array([0xff])]],
  // the class has to be known, which only a schema says
  ['objectClass', ['person', 'PERSON', '2.5.6.6'], ['', 'per son', '1', '1.', '01.2', '1.02', 'a_b', '-a', '1..2']],
]
const ruleSyntax = (attribute: string): string | undefined =>
  ruleOf(standardSchema.attribute(attribute)?.equality ?? '')?.syntax

describe.each(table)('%s', (attribute, good, bad) => {
  const syntax = attribute === 'dnQualifier' ? syntaxes.printableString : ruleSyntax(attribute)
  it.each(good)('%j fits', (value) => expect(fits(syntax, value, standardSchema)).toBe(true))
  it.each(bad)('%j does not', (value) => expect(fits(syntax, value, standardSchema)).toBe(false))
})

describe('syntaxes', () => {
  it.each([
    ['half a character', syntaxes.directoryString, '\ud800', false],
    ['half a character in an address', syntaxes.postalAddress, 'a\udc00', false],
    ['a country', syntaxes.countryString, 'DE', true],
    ['a country of three letters', syntaxes.countryString, 'DEU', false],
    ['a DN whose types nobody knows, without a schema', syntaxes.dn, 'foo=a', true],
    ['a large integer', syntaxes.adLargeInteger, '133000000000000000', true],
    ['no large integer', syntaxes.adLargeInteger, 'x', false],
    ['anything of a syntax unknown here', '1.2.3', '\ud800', true],
    ['anything of none', undefined, '', true],
    ['octets', syntaxes.octetString, new Uint8Array([0xff]), true],
    ['a photo', syntaxes.jpeg, new Uint8Array([0xff, 0xd8]), true],
  ] as const)('%s', (_, syntax, value, fitting) => expect(fits(syntax, value)).toBe(fitting))

  it.each(['jpegPhoto', 'userCertificate', 'userSMIMECertificate', 'photo', 'audio'])('%s is binary', (name) => {
    const syntax = standardSchema.attribute(name)?.syntax
    expect([isBinary(syntax), isText(syntax)]).toEqual([true, false])
  })
  it.each(['cn', 'mail', 'member', 'uidNumber', 'entryUUID', 'createTimestamp', 'facsimileTelephoneNumber'])(
    '%s is text',
    (name) => expect(isText(standardSchema.attribute(name)?.syntax)).toBe(true),
  )
})

it.each([
  ['userPassword', false],
  ['jpegPhoto', true],
  ['cn', false],
])('%s comes as bytes: %s', (name, binary) => {
  const type = standardSchema.attribute(name)
  expect(type && isBinaryType(type)).toBe(binary)
})

await describeSlapd('OpenLDAP agrees', '', ({ client, suffix }) => {
  const octets = (value: Value): Buffer => Buffer.from(value)
  const isDefined = async (attribute: string, value: Value): Promise<boolean> => {
    const filter = new NotFilter({ filter: new EqualityFilter({ attribute, value: octets(value) }) })
    const { searchEntries } = await client.search(suffix, { scope: 'base', filter, attributes: ['1.1'] })
    return searchEntries.length === 1
  }
  const dn = `cn=holder,${suffix}`
  beforeAll(async () => {
    await client.add(dn, { objectClass: ['device', 'extensibleObject'], cn: 'holder' })
  })

  it.each(table.filter(([attribute]) => attribute !== 'dnQualifier'))(
    'with what makes a filter Undefined: %s',
    async (attribute, good, bad) => {
      const asked = [...good, ...bad]
      const defined = await Promise.all(asked.map((value) => isDefined(attribute, value)))
      expect(asked.filter((_, index) => defined[index])).toEqual(good)
    },
  )

  const written = table.filter(([attribute]) => !['entryUUID', 'objectClass', 'cn'].includes(attribute))
  it.each(written)('with what can be stored: %s', async (attribute, good, bad) => {
    const store = async (value: Value): Promise<boolean> => {
      const modification = new Attribute({ type: attribute, values: [octets(value)] })
      try {
        await client.modify(dn, new Change({ operation: 'replace', modification }))
        return true
      } catch {
        return false
      }
    }
    const stored: Value[] = []
    for (const value of [...good, ...bad]) if (await store(value)) stored.push(value)
    expect(stored).toEqual(good)
  })

  it('asks the syntax of the rule, not that of the attribute', async () => {
    expect(standardSchema.attribute('serialNumber')?.syntax).toBe(syntaxes.printableString)
    expect(await isDefined('serialNumber', 'é')).toBe(fits(ruleSyntax('serialNumber'), 'é'))
    expect(await isDefined('c', 'Germany')).toBe(fits(ruleSyntax('c'), 'Germany'))
  })
})
