import { Attribute, Change, EqualityFilter } from 'ldapts'
import { execFileSync } from 'node:child_process'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Value } from '../../../src/backends/ldap/filter.ts'
import { matchKey, ruleOf } from '../../../src/backends/ldap/matching.ts'
import { prepare } from '../../../src/mapping/dn/prepare.ts'
import { standardSchema } from '../../../src/backends/ldap/standard-schema.ts'
import { describeSlapd } from './slapd.ts'

const bytes = (...values: readonly number[]): Uint8Array => new Uint8Array(values)

/** Rule by rule: pairs that are the same, and pairs that are not. */
const pairs: readonly (readonly [rule: string, same: boolean, one: Value, other: Value])[] = [
  ['caseIgnoreMatch', true, 'Anna', 'aNNA'],
  ['caseIgnoreMatch', true, '  Anna   Smith ', 'anna smith'],
  ['caseIgnoreMatch', true, ' ', '   '],
  ['caseIgnoreMatch', true, 'José', 'Jose\u0301'],
  ['caseIgnoreMatch', true, 'JOSÉ', 'jose\u0301'],
  ['caseIgnoreMatch', false, 'José', 'Jose'],
  ['caseIgnoreMatch', true, 'ﬁ', 'fi'],
  ['caseIgnoreMatch', true, '\u212b', '\u00e5'],
  ['caseIgnoreMatch', true, '１２', '12'],
  ['caseIgnoreMatch', true, 'ＡＢ', 'ab'],
  ['caseIgnoreMatch', false, 'straße', 'STRASSE'],
  ['caseIgnoreMatch', false, 'ẞ', 'ß'],
  ['caseIgnoreMatch', true, 'İ', 'i'],
  ['caseIgnoreMatch', false, 'ı', 'I'],
  ['caseIgnoreMatch', true, 'ΣΟΦΟΣ', 'σοφοσ'],
  ['caseIgnoreMatch', false, 'ΣΟΦΟΣ', 'σοφος'],
  ['caseIgnoreMatch', true, 'a\u00a0b', 'a b'],
  ['caseIgnoreMatch', true, 'a\u00a0\u2003b\u3000', 'a b'],
  ['caseIgnoreMatch', false, 'a\tb', 'a b'],
  ['caseIgnoreMatch', false, 'a\nb', 'a b'],
  ['caseIgnoreMatch', false, 'a\u00adb', 'ab'],
  ['caseIgnoreMatch', false, 'a\u200bb', 'ab'],
  ['caseIgnoreMatch', false, 'Ⅳ', 'ⅳ'],
  ['caseIgnoreMatch', false, 'Ⅳ', 'iv'],
  ['caseIgnoreMatch', true, 'ⅳ', 'IV'.toLowerCase()],
  ['caseIgnoreMatch', true, 'Ж', 'ж'],
  ['caseIgnoreMatch', true, '한', '\u1112\u1161\u11ab'],
  ['caseIgnoreMatch', true, 'ガ', 'ｶﾞ'],
  ['caseIgnoreMatch', false, 'Ⱥ', 'ⱥ'],
  ['caseIgnoreMatch', true, '𐐀', '𐐨'],
  ['caseIgnoreMatch', false, 'ab', 'a b'],
  ['caseExactMatch', false, 'Anna', 'anna'],
  ['caseExactMatch', true, ' Anna  Smith ', 'Anna Smith'],
  ['caseExactMatch', true, 'José', 'Jose\u0301'],
  ['caseExactMatch', true, 'ﬁ', 'fi'],
  ['caseExactMatch', true, '\u212b', '\u00c5'],
  ['caseExactMatch', true, '１２', '12'],
  ['caseExactMatch', false, 'ß', 'ss'],
  ['caseExactMatch', true, 'Ⅳ', 'IV'],
  ['caseIgnoreIA5Match', true, ' A@B  c ', 'a@b C'],
  ['caseIgnoreIA5Match', false, 'a\tb', 'a b'],
  ['caseIgnoreIA5Match', true, '', ''],
  ['caseIgnoreIA5Match', false, '', 'a'],
  ['caseExactIA5Match', false, 'A', 'a'],
  ['caseExactIA5Match', true, ' a  b ', 'a b'],
  ['telephoneNumberMatch', true, '+1 555-123', '+1555123'],
  ['telephoneNumberMatch', true, ' - ', '-'],
  ['telephoneNumberMatch', false, '(555) 1', '5551'],
  ['telephoneNumberMatch', true, 'ext 5', 'ext5'],
  ['telephoneNumberMatch', false, 'EXT 5', 'ext 5'],
  ['numericStringMatch', true, '12 34', '1234'],
  ['numericStringMatch', true, ' ', '  '],
  ['numericStringMatch', false, '0123', '123'],
  ['integerMatch', true, '10', '10'],
  ['integerMatch', false, '10', '-10'],
  ['integerMatch', false, '99999999999999999999999999', '99999999999999999999999998'],
  ['booleanMatch', true, 'TRUE', 'TRUE'],
  ['booleanMatch', false, 'TRUE', 'FALSE'],
  ['generalizedTimeMatch', true, '20240101120000Z', '202401011200Z'],
  ['generalizedTimeMatch', true, '20240101120000Z', '2024010112Z'],
  ['generalizedTimeMatch', true, '20240101120000Z', '20240101120000.000Z'],
  ['generalizedTimeMatch', true, '20240101120000.5Z', '20240101120000,500Z'],
  ['generalizedTimeMatch', false, '20240101120000.5Z', '20240101120000Z'],
  ['generalizedTimeMatch', true, '20240101120000Z', '20240101130000+0100'],
  ['generalizedTimeMatch', true, '20240101000000Z', '20231231233000-0030'],
  ['generalizedTimeMatch', true, '20240101000000.25Z', '20240101013000.25+0130'],
  ['generalizedTimeMatch', false, '20240101120030Z', '202401011200.5Z'],
  ['generalizedTimeMatch', false, '20240101123000Z', '2024010112.5Z'],
  ['generalizedTimeMatch', false, '20240101235960Z', '20240102000000Z'],
  ['UUIDMatch', true, '6d2f3c2a-8f6e-4f3b-9c2b-1a2b3c4d5e6f', '6D2F3C2A-8F6E-4F3B-9C2B-1A2B3C4D5E6F'],
  ['UUIDMatch', false, '6d2f3c2a-8f6e-4f3b-9c2b-1a2b3c4d5e6f', '6d2f3c2a-8f6e-4f3b-9c2b-1a2b3c4d5e6e'],
  ['octetStringMatch', false, 'A', 'a'],
  ['octetStringMatch', false, 'a ', 'a'],
  ['octetStringMatch', true, bytes(0xff, 0), bytes(0xff, 0)],
  ['octetStringMatch', false, bytes(0xff, 0), bytes(0xff)],
  ['octetStringMatch', true, 'é', bytes(0xc3, 0xa9)],
  ['bitStringMatch', true, "'0101'B", "'0101'B"],
  ['bitStringMatch', false, "'0101'B", "'101'B"],
  ['caseIgnoreListMatch', true, 'Street  1$ Town', 'street 1$town'],
  ['caseIgnoreListMatch', false, 'a$b', 'ab'],
  ['caseIgnoreListMatch', false, 'a\\24b', 'a$b'],
  ['objectIdentifierMatch', true, 'inetOrgPerson', 'INETORGPERSON'],
  ['objectIdentifierMatch', true, 'person', '2.5.6.6'],
  ['objectIdentifierMatch', true, 'cn', 'commonName'],
  ['objectIdentifierMatch', false, 'person', 'inetOrgPerson'],
  ['distinguishedNameMatch', true, 'CN=Anna  Smith, DC=X', 'commonName=anna smith,0.9.2342.19200300.100.1.25=x'],
  ['distinguishedNameMatch', true, 'cn=a\\2cb,dc=x', 'cn="A,B";dc=X'],
  ['distinguishedNameMatch', true, 'cn=a+sn=b', 'SN=B+CN=A'],
  ['distinguishedNameMatch', true, 'cn=\\20a\\20', 'cn=a'],
  ['distinguishedNameMatch', true, 'cn=ﬁ', 'cn=FI'],
  ['distinguishedNameMatch', false, 'cn=a,dc=x', 'dc=x,cn=a'],
  ['distinguishedNameMatch', true, 'labeledURI=a', 'labeledURI=a'],
  ['distinguishedNameMatch', false, 'labeledURI=A', 'labeledURI=a'],
  ['distinguishedNameMatch', false, 'homeDirectory=/A', 'homeDirectory=/a'],
  ['distinguishedNameMatch', true, '', ''],
  ['uniqueMemberMatch', true, "CN=A#'01'B", "cn=a#'01'B"],
  ['uniqueMemberMatch', false, "cn=a#'01'B", "cn=a#'10'B"],
  ['uniqueMemberMatch', true, 'cn=a#b', 'CN=A#B'],
]

describe('the keys of a rule', () => {
  it.each(pairs)('%s: %s for %j and %j', (rule, same, one, other) => {
    const keys = [one, other].map((value) => matchKey(rule, value, standardSchema))
    expect(keys).not.toContain(undefined)
    expect(keys[0] === keys[1]).toBe(same)
  })

  it.each([
    ['integerMatch', 'x'],
    ['booleanMatch', 'true'],
    ['generalizedTimeMatch', '20240230000000Z'],
    ['UUIDMatch', 'nonsense'],
    ['distinguishedNameMatch', 'nonsense'],
    ['caseIgnoreMatch', bytes(0xff)],
    ['caseIgnoreMatch', ''],
    ['caseIgnoreIA5Match', 'é'],
    ['nonsenseMatch', 'a'],
    ['__proto__', 'a'],
    ['certificateExactMatch', 'a'],
  ])('%s has none for %j', (rule, value) => expect(matchKey(rule, value)).toBeUndefined())

  it('are those of its ordering and substrings, too, and of its OID', () => {
    expect(matchKey('CASEIGNOREORDERINGMATCH', 'A')).toBe('a')
    expect(matchKey('caseIgnoreSubstringsMatch', 'A')).toBe('a')
    expect(matchKey('2.5.13.2', 'A')).toBe('a')
    expect(matchKey('integerOrderingMatch', '1')).toBe('1')
  })

  it.each([
    ['caseIgnoreMatch', true, true, 'text'],
    ['2.5.13.5', false, true, 'text'],
    ['numericStringMatch', false, true, 'numeric'],
    ['telephoneNumberSubstringsMatch', false, true, 'telephone'],
    ['UUIDOrderingMatch', true, false, 'uuid'],
    ['octetStringMatch', false, false, 'bytes'],
    ['1.2.840.113556.1.4.803', false, false, 'integer'],
    ['1.2.840.113556.1.4.1941', true, true, 'dn'],
    ['CSNMatch', false, false, 'bytes'],
  ])('%s: folds %s, squeezes %s, compares %s', (name, folds, squeezes, compares) =>
    expect(ruleOf(name)).toMatchObject({ folds, squeezes, compares }),
  )
})

const rules = [...new Set(pairs.map(([rule]) => rule))]
const attributeFor = (rule: string): string => `x-${rule}`
const schema = rules
  .map((rule, index) => {
    const syntax = ruleOf(rule)?.syntax
    return `attributetype ( 1.3.6.1.4.1.32473.1.${index} NAME '${attributeFor(rule)}' EQUALITY ${rule} SYNTAX ${syntax} )`
  })
  .join('\n')

await describeSlapd('OpenLDAP agrees', schema, ({ client, suffix, configFile }) => {
  const dn = `cn=holder,${suffix}`
  beforeAll(async () => {
    await client.add(dn, { objectClass: ['device', 'extensibleObject'], cn: 'holder' })
  })

  // what is stored of an OID is another matter than what is asserted
  it.each(rules.filter((rule) => rule !== 'objectIdentifierMatch'))('with %s', async (rule) => {
    const type = attributeFor(rule)
    const answered: (readonly [boolean, Value, Value])[] = []
    const asked = pairs.filter(([name]) => name === rule)
    for (const [, , one, other] of asked) {
      const modification = new Attribute({ type, values: [Buffer.from(one)] })
      await client.modify(dn, new Change({ operation: 'replace', modification }))
      const filter = new EqualityFilter({ attribute: type, value: Buffer.from(other) })
      const { searchEntries } = await client.search(dn, { scope: 'base', filter, attributes: ['1.1'] })
      answered.push([searchEntries.length === 1, one, other])
    }
    expect(answered).toEqual(asked.map(([, same, one, other]) => [same, one, other]))
  })

  it.each([
    ['DEVICE', true],
    ['2.5.6.14', true],
    ['person', false],
  ])('with objectIdentifierMatch: %s', async (value, same) => {
    const filter = new EqualityFilter({ attribute: 'objectClass', value })
    const { searchEntries } = await client.search(dn, { scope: 'base', filter, attributes: ['1.1'] })
    expect(searchEntries.length === 1).toBe(same)
    const [asked, held] = [value, 'device'].map((one) => matchKey('objectIdentifierMatch', one, standardSchema))
    expect(asked === held).toBe(same)
  })

  it.each([
    ['cn', true],
    ['labeledURI', false],
  ])('on every character that could change, in %s', (attribute, folds) => {
    const changing: string[] = []
    for (let code = 0x20; code <= 0x1ffff; code++) {
      if (code >= 0xd800 && code < 0xe000) continue
      const char = String.fromCodePoint(code)
      const text = `x${char}y`
      if (char.toLowerCase() !== char || text.normalize('NFKC') !== text) changing.push(text)
    }
    expect(changing.length).toBeGreaterThan(5000)
    const different: (readonly string[])[] = []
    for (let at = 0; at < changing.length; at += 500) {
      const some = changing.slice(at, at + 500)
      const said = normalized(configFile, attribute, some)
      expect(said).toHaveLength(some.length)
      some.forEach((text, index) => {
        const ours = prepare(text, { folds })
        if (ours !== said[index]) different.push([text, ours, said[index] ?? ''])
      })
    }
    expect(different).toEqual([])
  })
})

/** What slapdn makes of values within a DN. */
function normalized(configFile: string, attribute: string, values: readonly string[]): readonly string[] {
  const hex = (text: string): string => Buffer.from(text).toString('hex').replace(/../g, '\\$&')
  const args = ['-f', configFile, '-N', ...values.map((value) => `${attribute}=${hex(value)}`)]
  const said = execFileSync('/usr/sbin/slapdn', args, { encoding: 'utf8' })
  return said
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .slice(attribute.length + 1)
        .replace(/((?:\\[0-9A-F]{2})+)|\\(.)/g, (_, run: string | undefined, char: string) =>
          run === undefined ? char : Buffer.from(run.replaceAll('\\', ''), 'hex').toString(),
        ),
    )
}
