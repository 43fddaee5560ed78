import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commonBase, dnKey, isSameDn, isWithin } from '../../../src/mapping/dn/dn-key.ts'
import { parseDn } from '../../../src/mapping/dn/parse-dn.ts'
import { dnText, parentOf, rdnText } from '../../../src/mapping/dn/dn.ts'
import type { Ava, Dn } from '../../../src/mapping/dn/dn.ts'
import { schemaFrom } from '../../../src/backends/ldap/subschema.ts'

const read = (text: string): Dn => {
  const dn = parseDn(text)
  if (dn === undefined) throw new Error(`no DN: ${text}`)
  return dn
}
const ava = (attribute: string, value: Ava['value']): Ava => ({ attribute, value })

describe('a DN as text', () => {
  it.each<readonly [string, Dn]>([
    ['', []],
    ['   ', []],
    ['UID=jsmith,DC=example,DC=net', [[ava('UID', 'jsmith')], [ava('DC', 'example')], [ava('DC', 'net')]]],
    ['OU=Sales+CN=J.  Smith,DC=net', [[ava('OU', 'Sales'), ava('CN', 'J.  Smith')], [ava('DC', 'net')]]],
    ['CN=James \\"Jim\\" Smith\\, III', [[ava('CN', 'James "Jim" Smith, III')]]],
    ['CN=Before\\0dAfter', [[ava('CN', 'Before\rAfter')]]],
    ['1.3.6.1.4.1.1466.0=#04024869', [[ava('1.3.6.1.4.1.1466.0', 'Hi')]]],
    ['CN=#0C024C75 , dc=x', [[ava('CN', 'Lu')], [ava('dc', 'x')]]],
    ['CN=#0481024869', [[ava('CN', 'Hi')]]],
    ['CN=#0402ff00', [[ava('CN', new Uint8Array([0xff, 0]))]]],
    ['CN=Lu\\C4\\8Di\\C4\\87', [[ava('CN', 'Lučić')]]],
    ['cn=\\ff\\FE', [[ava('cn', new Uint8Array([0xff, 0xfe]))]]],
    [' cn = a b  ;  dc =  x ', [[ava('cn', 'a b')], [ava('dc', 'x')]]],
    ['cn="a, b + c" + sn=d,dc=x', [[ava('cn', 'a, b + c'), ava('sn', 'd')], [ava('dc', 'x')]]],
    ['cn=" a\\" "', [[ava('cn', ' a" ')]]],
    ['cn=""', [[ava('cn', '')]]],
    ['cn=', [[ava('cn', '')]]],
    ['cn=,dc=x', [[ava('cn', '')], [ava('dc', 'x')]]],
    ['OID.2.5.4.3=a', [[ava('2.5.4.3', 'a')]]],
    ['cn=\\ a\\ ', [[ava('cn', ' a ')]]],
    ['cn=\\20a\\20  ', [[ava('cn', ' a ')]]],
    ['cn=\\#a#b=c', [[ava('cn', '#a#b=c')]]],
    ['cn=😀', [[ava('cn', '😀')]]],
  ])('%j is read', (text, dn) => expect(parseDn(text)).toEqual(dn))

  it.each([
    ['no attribute', 'nonsense'],
    ['a separator at the end', 'cn=a,'],
    ['a separator at the start', ',cn=a'],
    ['an empty RDN', 'cn=a,,dc=x'],
    ['a plus at the end', 'cn=a+'],
    ['an odd attribute', 'a b=c'],
    ['an underscore in an attribute', 'a_b=c'],
    ['an OID with a leading nought', '1.02=a'],
    ['a number for an attribute', '1=a'],
    ['a lone backslash', 'cn=a\\'],
    ['an escape of nothing', 'cn=\\zz'],
    ['a bare quote', 'cn=a"b'],
    ['a bare bracket', 'cn=a<b'],
    ['an open quote', 'cn="a'],
    ['text after a quote', 'cn="a"b'],
    ['NUL', 'cn=a\0'],
    ['an odd number of digits', 'cn=#040'],
    ['no digits', 'cn=#'],
    ['a BER value that is cut off', 'cn=#0402'],
    ['a BER value with a tail', 'cn=#04024869ff'],
    ['a BER length of no end', 'cn=#04804869'],
    ['a BER length that is cut off', 'cn=#0482'],
    ['a BER type that is no string', 'cn=#020105'],
  ])('%s is refused', (_, text) => expect(parseDn(text)).toBeUndefined())

  it.each([
    ['a,b', 'cn=a\\2cb'],
    ['a+b;c=d', 'cn=a\\2bb\\3bc\\3dd'],
    ['"\\<>', 'cn=\\22\\5c\\3c\\3e'],
    ['#a#', 'cn=\\23a#'],
    [' a b ', 'cn=\\20a b\\20'],
    [' ', 'cn=\\20'],
    ['  ', 'cn=\\20\\20'],
    ['a\0\n\x7f\x80', 'cn=a\\00\\0a\\7f\\c2\\80'],
    ['Lučić 😀', 'cn=Lučić 😀'],
    [new Uint8Array([0x41, 0xff]), 'cn=\\41\\ff'],
  ])('%j is printed so that nothing can split it', (value, text) => expect(rdnText([ava('cn', value)])).toBe(text))
})

const attribute = fc.oneof(
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,5}$/),
  fc.constantFrom('cn', 'DC', '2.5.4.3', '0.9.2342.19200300.100.1.25'),
)
const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: fc.constantFrom(...' ,+"\\<>;=#\0\n*()2c'), maxLength: 6 }),
)
const bytes = fc
  .uint8Array({ minLength: 1, maxLength: 6 })
  .filter((some) => Buffer.from(Buffer.from(some).toString()).compare(some) !== 0)
const anyAva = fc.record({ attribute, value: fc.oneof(piece, bytes) })
const anyDn: fc.Arbitrary<Dn> = fc.array(fc.array(anyAva, { minLength: 1, maxLength: 3 }), { maxLength: 4 })

describe('laws of DNs', () => {
  it('parse of print is the same DN', () => {
    fc.assert(
      fc.property(anyDn, (dn) => {
        expect(parseDn(dnText(dn))).toEqual(dn)
      }),
    )
  })

  it('a value never breaks out of its RDN, not even for a reader that knows no escapes but the backslash', () => {
    fc.assert(
      fc.property(piece, (value) => {
        const text = rdnText([ava('cn', value)])
        expect(text).toMatch(/^cn=(?:[^,+"\\<>;=\p{Cc}]|\\[0-9a-f]{2})*$/u)
        expect(text).not.toMatch(/^cn=[# ]| $/)
        expect(read(`${text},dc=x`)).toHaveLength(2)
      }),
    )
  })

  it('printing leaves the key as it is, and whatever reading throws is nothing', () => {
    fc.assert(
      fc.property(anyDn, (dn) => {
        expect(dnKey(read(dnText(dn)))).toBe(dnKey(dn))
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ac=,+;"\\# 012\0é'), maxLength: 20 }), (text) => {
        const dn = parseDn(text)
        if (dn !== undefined) expect(parseDn(dnText(dn))).toEqual(dn)
      }),
    )
  })
})

const schema = schemaFrom({
  attributeTypes: [
    "( 2.5.4.3 NAME ( 'cn' 'commonName' ) EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )",
    "( 1.2.3 NAME 'path' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )",
  ],
  objectClasses: [],
})

describe('DNs compared', () => {
  it.each([
    ['case and spaces', 'CN=Anna  Smith,DC=X', 'cn=anna smith, dc=x', true],
    ['escapes', 'cn=a\\,b', 'cn=a\\2cb', true],
    ['quotes', 'cn="a,b"', 'cn=a\\2cb', true],
    ['spaces at the ends', 'cn=\\20a\\20', 'cn=a', true],
    ['the order within an RDN', 'cn=a+sn=b', 'SN=B+CN=A', true],
    ['a decomposed accent', 'cn=Jose\u0301', 'cn=JOSÉ', true],
    ['a name and its alias', 'commonName=a', 'cn=a', true],
    ['a name and its OID', '2.5.4.3=a', 'cn=a', true],
    ['another value', 'cn=a', 'cn=b', false],
    ['an accent', 'cn=jose', 'cn=josé', false],
    ['another order', 'cn=a,dc=x', 'dc=x,cn=a', false],
    ['a plus in a value', 'cn=a\\2bsn\\3db', 'cn=a+sn=b', false],
    ['a comma in a value', 'cn=a\\2cdc\\3dx', 'cn=a,dc=x', false],
    ['case where it counts', 'path=/A', 'path=/a', false],
    ['spaces where case counts', 'path=a  b', 'path=a b', true],
    ['bytes', 'cn=\\ff', 'cn=\\FF', true],
  ] as const)('%s', (_, one, other, same) => {
    expect(isSameDn(read(one), read(other), schema)).toBe(same)
    expect(dnKey(read(one), schema) === dnKey(read(other), schema)).toBe(same)
  })

  it.each([
    ['uid=a,ou=p,dc=x', 'OU=P,DC=x', true, true],
    ['uid=a,ou=q,ou=p,dc=x', 'ou=p,dc=x', false, true],
    ['ou=p,dc=x', 'ou=p,dc=x', false, false],
    ['dc=x', 'ou=p,dc=x', false, false],
    ['uid=a,ou=pp,dc=x', 'ou=p,dc=x', false, false],
    ['uid=a\\2cou\\3dp,dc=x', 'ou=p,dc=x', false, false],
    ['dc=x', '', true, true],
  ] as const)('%s within %s', (dn, base, one, sub) => {
    expect(isWithin(read(dn), read(base), 'one')).toBe(one)
    expect(isWithin(read(dn), read(base), 'sub')).toBe(sub)
  })

  it.each([
    [['ou=a,dc=x', 'ou=b,DC=X'], 'dc=x'],
    [['ou=a,dc=x', 'dc=x'], 'dc=x'],
    [['dc=x', 'ou=b,ou=a,dc=x', 'ou=a,dc=x'], 'dc=x'],
    [['ou=a,dc=x'], 'ou=a,dc=x'],
    [['ou=b,ou=a,dc=x', 'OU=c, OU=A, DC=x'], 'ou=a,dc=x'],
    [['dc=x', 'dc=y'], ''],
    [[], ''],
  ] as const)('the common base of %j is %j', (dns, base) => {
    expect(dnText(commonBase(dns.map(read)))).toBe(base)
  })

  it('has a parent', () => {
    expect(dnText(parentOf(read('cn=a\\2cb,ou=p,dc=x')))).toBe('ou=p,dc=x')
    expect(parentOf(read(''))).toEqual([])
  })
})
