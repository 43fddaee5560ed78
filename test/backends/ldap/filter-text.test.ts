import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isFilterProblem, parseLdapFilter } from '../../../src/backends/ldap/filter-parse.ts'
import { filterText, filterWithPlaceholders } from '../../../src/backends/ldap/filter-text.ts'
import { equal, everything, not, nothing, present } from '../../../src/backends/ldap/filter.ts'
import type { LdapFilter } from '../../../src/backends/ldap/filter.ts'

const substrings = (initial: string | undefined, any: readonly string[], final: string | undefined): LdapFilter => ({
  kind: 'substrings',
  attribute: 'cn',
  initial,
  any,
  final,
})
const bits: LdapFilter = {
  kind: 'extensibleMatch',
  attribute: 'userAccountControl',
  rule: '1.2.840.113556.1.4.803',
  value: '2',
}
const both: LdapFilter = { kind: 'and', of: [equal('objectClass', 'person'), { kind: 'not', of: bits }] }

describe('a filter as text', () => {
  it.each<readonly [LdapFilter, string, string, readonly unknown[]]>([
    [everything, '(&)', '(&)', []],
    [nothing, '(|)', '(|)', []],
    [present('mail'), '(mail=*)', '(mail=*)', []],
    [equal('cn', 'Babs (*) \\'), '(cn=Babs \\28\\2a\\29 \\5c)', '(cn=?)', ['Babs (*) \\']],
    [equal('cn', 'Lučić\0\n'), '(cn=Lučić\\00\\0a)', '(cn=?)', ['Lučić\0\n']],
    [equal('g', new Uint8Array([0x41, 0xff])), '(g=\\41\\ff)', '(g=?)', [new Uint8Array([0x41, 0xff])]],
    [equal('g', new Uint8Array([0x41, 0x42])), '(g=AB)', '(g=?)', [new Uint8Array([0x41, 0x42])]],
    [{ kind: 'greaterOrEqual', attribute: 'n', value: '1' }, '(n>=1)', '(n>=?)', ['1']],
    [{ kind: 'lessOrEqual', attribute: 'n', value: '1' }, '(n<=1)', '(n<=?)', ['1']],
    [substrings('a', [], undefined), '(cn=a*)', '(cn=?*)', ['a']],
    [substrings(undefined, ['*'], undefined), '(cn=*\\2a*)', '(cn=*?*)', ['*']],
    [substrings('a', ['b', 'c'], 'd'), '(cn=a*b*c*d)', '(cn=?*?*?*?)', ['a', 'b', 'c', 'd']],
    [
      both,
      '(&(objectClass=person)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))',
      '(&(objectClass=?)(!(userAccountControl:1.2.840.113556.1.4.803:=?)))',
      ['person', '2'],
    ],
  ])('%j', (filter, text, withPlaceholders, params) => {
    expect(filterText(filter)).toBe(text)
    expect(filterWithPlaceholders(filter)).toEqual({ text: withPlaceholders, params })
  })
})

describe('a filter that is read', () => {
  it.each<readonly [string, LdapFilter]>([
    ['(cn=Babs Jensen)', equal('cn', 'Babs Jensen')],
    ['(!(cn=Tim Howes))', { kind: 'not', of: equal('cn', 'Tim Howes') }],
    ['(o=univ*of*mich*)', { ...substrings('univ', ['of', 'mich'], undefined), attribute: 'o' } as LdapFilter],
    ['(seeAlso=)', equal('seeAlso', '')],
    ['(cn:caseExactMatch:=Fred)', { kind: 'extensibleMatch', attribute: 'cn', rule: 'caseExactMatch', value: 'Fred' }],
    ['(cn:=Betty)', equal('cn', 'Betty')],
    [
      '(o=Parens R Us \\28for all your parenthetical needs\\29)',
      equal('o', 'Parens R Us (for all your parenthetical needs)'),
    ],
    ['(cn=*\\2A*)', substrings(undefined, ['*'], undefined)],
    ['(filename=C:\\5cMyFile)', equal('filename', 'C:\\MyFile')],
    ['(bin=\\00\\00\\00\\04)', equal('bin', '\0\0\0\x04')],
    ['(sn=Lu\\c4\\8di\\c4\\87)', equal('sn', 'Lučić')],
    ['(g=\\d7\\41)', equal('g', new Uint8Array([0xd7, 0x41]))],
    ['(cn;lang-en=a)', equal('cn;lang-en', 'a')],
    ['(2.5.4.3=a)', equal('2.5.4.3', 'a')],
    ['(cn=a=b<c>d~e:f)', equal('cn', 'a=b<c>d~e:f')],
    ['(cn= a )', equal('cn', ' a ')],
    ['(cn=**)', present('cn')],
    ['(cn=a**b)', substrings('a', [], 'b')],
    ['(createTimestamp>=2024)', { kind: 'greaterOrEqual', attribute: 'createTimestamp', value: '2024' }],
    ['(&)', everything],
    ['(|)', nothing],
    [
      '\n( &\n  (a=1)\n  ( | (b=2) (c=3) )\n)\n',
      { kind: 'and', of: [equal('a', '1'), { kind: 'or', of: [equal('b', '2'), equal('c', '3')] }] },
    ],
    [
      `${'(!'.repeat(31)}(a=1)${')'.repeat(31)}`,
      Array.from({ length: 31 }).reduce<LdapFilter>((of) => ({ kind: 'not', of }), equal('a', '1')),
    ],
  ])('%s', (text, filter) => expect(parseLdapFilter(text)).toEqual(filter))

  it.each([
    ['', 0, 'expected "("'],
    ['cn=a', 0, 'expected "("'],
    ['(cn=a', 0, 'never closed'],
    ['(cn=a))', 6, 'expected the end'],
    ['(cn=a)(cn=b)', 6, 'expected the end'],
    ['(&(cn=a)', 0, 'never closed'],
    ['(&(cn=a)x)', 8, 'expected ")"'],
    ['(&cn=a)', 2, 'expected ")"'],
    ['(!(a=1)(b=2))', 7, 'expected ")"'],
    ['(!)', 2, 'expected "("'],
    ['()', 1, 'expected an attribute'],
    ['(cn)', 1, 'expected an attribute'],
    ['((cn=a))', 1, 'expected an attribute'],
    ['(=a)', 1, 'not the name of an attribute'],
    ['(c n=a)', 1, '"c n" is not the name'],
    ['(cn =a)', 1, '"cn " is not the name'],
    ['(cn=a(b)', 5, '\\28'],
    ['(cn=a\\b)', 5, 'two hex digits'],
    ['(cn=a\\)', 5, 'two hex digits'],
    ['(cn=a\0)', 5, '\\00'],
    ['(cn>=a*)', 6, '\\2a'],
    ['(cn:caseExactMatch:=a*)', 21, '\\2a'],
    ['(cn:=a*)', 6, '\\2a'],
    ['(cn=\\ff*)', 4, 'UTF-8'],
    ['(cn~=a)', 3, '"~="'],
    ['(:caseExactMatch:=a)', 1, 'needs an attribute'],
    ['(cn:dn:=a)', 3, ':dn'],
    ['(cn:dn:2.4.6.8.10:=a)', 3, ':dn'],
    ['(cn:a b:=a)', 3, 'no operator'],
    ['(cn<>=a)', 3, 'no operator'],
    [`${'(!'.repeat(32)}(a=1)${')'.repeat(32)}`, 64, 'deeper than 32'],
  ])('%j is refused at %i', (text, at, problem) => {
    expect(parseLdapFilter(text)).toEqual({ at, problem: expect.stringContaining(problem) })
  })
})

it.each([
  ['parentheses', '(', 1],
  ['conjunctions', '(&', 64],
  ['negations', '( ! ', 128],
])('does not drown in %s', (_, piece, at) => expect(parseLdapFilter(piece.repeat(100_000))).toMatchObject({ at }))

const attribute = fc.constantFrom('cn', 'userCertificate;binary', '2.5.4.3', 'x-y')
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: fc.constantFrom(...'*()\\\0 2a=:&|!'), maxLength: 6 }),
)
const bytes = fc
  .uint8Array({ minLength: 1, maxLength: 6 })
  .filter((some) => Buffer.from(Buffer.from(some).toString()).compare(some) !== 0)
const value = fc.oneof(text, bytes)
const some = text.filter((one) => one !== '')
const leaf: fc.Arbitrary<LdapFilter> = fc.oneof(
  attribute.map(present),
  fc.record({
    kind: fc.constantFrom('equalityMatch' as const, 'greaterOrEqual' as const, 'lessOrEqual' as const),
    attribute,
    value,
  }),
  fc
    .record({
      kind: fc.constant('substrings' as const),
      attribute,
      initial: fc.option(some, { nil: undefined }),
      any: fc.array(some, { maxLength: 3 }),
      final: fc.option(some, { nil: undefined }),
    })
    .filter(({ initial, any, final }) => initial !== undefined || final !== undefined || any.length > 0),
  fc.record({
    kind: fc.constant('extensibleMatch' as const),
    attribute,
    rule: fc.constantFrom('caseExactMatch', '1.2.840.113556.1.4.803'),
    value,
  }),
)
const { tree } = fc.letrec<{ tree: LdapFilter }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    leaf,
    tie('tree').map((of): LdapFilter => ({ kind: 'not', of })),
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), of: fc.array(tie('tree'), { maxLength: 3 }) }),
  ),
}))

describe('laws of filters', () => {
  it('parse of print is the same filter', () => {
    fc.assert(
      fc.property(tree, (filter) => {
        expect(parseLdapFilter(filterText(filter))).toEqual(filter)
      }),
    )
  })

  it('no value shows in the text with placeholders', () => {
    fc.assert(
      fc.property(tree, (filter) => {
        const { text: said, params } = filterWithPlaceholders(filter)
        expect(said.match(/\?/g) ?? []).toHaveLength(params.length)
        expect(said).toMatch(/^[-A-Za-z0-9.;:=<>*?()&|!]*$/)
      }),
    )
  })

  it('every text is a filter or a problem within it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'()&|!=*\\2a:<>~ c'), maxLength: 30 }), (said) => {
        const parsed = parseLdapFilter(said)
        if (!isFilterProblem(parsed)) expect(parseLdapFilter(filterText(parsed))).toEqual(parsed)
        else expect(parsed.at).toBeLessThanOrEqual(said.length)
      }),
    )
  })

  it('negates what is negated back', () => expect(filterText(not(not(both)))).toBe(filterText(both)))
})
