import { describe, expect, it } from 'vitest'
import { parseAttributeType, parseObjectClass } from '../../../src/backends/ldap/schema-parse.ts'
import { schemaFrom } from '../../../src/backends/ldap/subschema.ts'

const bare = {
  names: [],
  sup: undefined,
  syntax: undefined,
  equality: undefined,
  ordering: undefined,
  substr: undefined,
  singleValue: false,
  isReadOnly: false,
  isOperational: false,
}

describe('one description', () => {
  it.each([
    ['the least', '( 1.2.3 )', { oid: '1.2.3' }],
    [
      'no spaces where none are needed',
      "(1.2.3 NAME('a' 'b')SINGLE-VALUE)",
      { oid: '1.2.3', names: ['a', 'b'], singleValue: true },
    ],
    ['no space between names', "( 1.2.3 NAME ('a''b') )", { oid: '1.2.3', names: ['a', 'b'] }],
    ['lines and tabs', "(\n\t1.2.3\n\tNAME 'a'\n\tSUP name )", { oid: '1.2.3', names: ['a'], sup: 'name' }],
    [
      'a length',
      '( 1.2.3 SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )',
      { oid: '1.2.3', syntax: '1.3.6.1.4.1.1466.115.121.1.15' },
    ],
    [
      'everything',
      "( 2.5.18.1 NAME 'createTimestamp' DESC 'it''s (a) $ SYNTAX' OBSOLETE SUP time EQUALITY e ORDERING o SUBSTR s SYNTAX 1.2 SINGLE-VALUE COLLECTIVE NO-USER-MODIFICATION USAGE directoryOperation X-ORIGIN ( 'RFC 4512' 'x' ) )",
      {
        oid: '2.5.18.1',
        names: ['createTimestamp'],
        sup: 'time',
        equality: 'e',
        ordering: 'o',
        substr: 's',
        syntax: '1.2',
        singleValue: true,
        isReadOnly: true,
        isOperational: true,
      },
    ],
    [
      'Active Directory: a syntax in quotes',
      "( 1.2.840.113556.1.4.221 NAME 'sAMAccountName' SYNTAX '1.3.6.1.4.1.1466.115.121.1.15' SINGLE-VALUE )",
      {
        oid: '1.2.840.113556.1.4.221',
        names: ['sAMAccountName'],
        syntax: '1.3.6.1.4.1.1466.115.121.1.15',
        singleValue: true,
      },
    ],
    [
      '389-ds: an OID that is none, a supertype in quotes',
      "( memberUid-oid NAME 'memberUid' DESC '' SUP 'name' X-ORIGIN 'user defined' )",
      { oid: 'memberUid-oid', names: ['memberUid'], sup: 'name' },
    ],
    ['an apostrophe within a text', "( 1.2 DESC 'the user's name' NAME 'a' )", { oid: '1.2', names: ['a'] }],
    ['keywords in small letters', "( 1.2 name 'a' single-value )", { oid: '1.2', names: ['a'], singleValue: true }],
    ['a keyword that takes anything', "( 1.2 X-NDS_NAME 'x' X-ORDERED VALUES NAME 'a' )", { oid: '1.2', names: ['a'] }],
    ['what is cut off', "( 1.2 NAME ( 'a'", { oid: '1.2', names: ['a'] }],
    ['application usage', '( 1.2 USAGE userApplications )', { oid: '1.2' }],
  ])('%s', (_, text, found) => expect(parseAttributeType(text)).toEqual({ ...bare, ...found }))

  it.each(['', 'nonsense', '()', '( )', '( $ )', "'a'", '1.2.3'])('%j is none', (text) =>
    expect(parseAttributeType(text)).toBeUndefined(),
  )

  it.each([
    [
      "( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) MAY ( a$b $c ) )",
      'structural',
      ['top'],
      ['sn', 'cn'],
      ['a', 'b', 'c'],
    ],
    ["( 1.1 NAME 'x' SUP ( a $ b ) AUXILIARY MAY c )", 'auxiliary', ['a', 'b'], [], ['c']],
    ["( 2.5.6.0 NAME 'top' ABSTRACT MUST objectClass )", 'abstract', [], ['objectClass'], []],
    ["( 1.1 NAME 'x' SUP 'top' MUST ( 'a' $ 'b' ) )", 'structural', ['top'], ['a', 'b'], []],
    ["( 1.1 NAME 'x' MUST a $ b MAY ( c d ) )", 'structural', [], ['a', 'b'], ['c', 'd']],
    ["( 1.1 NAME 'x' STRUCTURAL MAY ( ) )", 'structural', [], [], []],
  ])('class %s', (text, kind, sup, must, may) => expect(parseObjectClass(text)).toMatchObject({ kind, sup, must, may }))

  it('escapes quotes and backslashes', () => {
    expect(parseAttributeType("( 1.2 NAME 'a\\27b\\5Cc\\5c27' )")?.names).toEqual(["a'b\\c\\27"])
  })

  it('is not slow on an endless one', () => {
    const text = `( 1.2 DESC '${"a'b".repeat(50_000)}`
    expect(parseAttributeType(text)?.oid).toBe('1.2')
  })
})

describe('a subschema', () => {
  const schema = schemaFrom({
    attributeTypes: [
      "( 2.5.4.41 NAME 'name' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} SINGLE-VALUE )",
      "( 2.5.4.3 NAME ( 'cn' 'commonName' ) SUP NAME )",
      "( 1.1 NAME 'exactName' SUP 2.5.4.3 EQUALITY caseExactMatch ORDERING caseExactOrderingMatch )",
      "( 1.2 NAME 'orphan' SUP nowhere )",
      "( 1.3 NAME 'chicken' SUP egg SYNTAX 1.9 )",
      "( 1.4 NAME 'egg' SUP chicken EQUALITY integerMatch )",
      "( 1.5 NAME 'self' SUP self )",
      "( 1.6 NAME 'CN' )",
      'nonsense',
    ],
    objectClasses: [
      "( 2.5.6.0 NAME 'top' ABSTRACT MUST objectClass )",
      "( 1.1 NAME ( 'a' 'alpha' ) SUP top MUST cn MAY ( sn $ mail ) )",
      "( 1.2 NAME 'b' SUP ( ALPHA $ c ) MUST SN MAY ( x $ CN ) )",
      "( 1.3 NAME 'c' SUP b AUXILIARY MAY y )",
    ],
  })

  it.each([
    ['cn', '1.3.6.1.4.1.1466.115.121.1.15', 'caseIgnoreMatch', undefined, 'caseIgnoreSubstringsMatch'],
    [
      'exactName',
      '1.3.6.1.4.1.1466.115.121.1.15',
      'caseExactMatch',
      'caseExactOrderingMatch',
      'caseIgnoreSubstringsMatch',
    ],
    ['orphan', undefined, undefined, undefined, undefined],
    ['egg', '1.9', 'integerMatch', undefined, undefined],
    ['chicken', '1.9', 'integerMatch', undefined, undefined],
    ['self', undefined, undefined, undefined, undefined],
  ])('%s has what its supertypes say', (name, syntax, equality, ordering, substr) => {
    const type = schema.attribute(name)
    expect([type?.syntax, type?.equality, type?.ordering, type?.substr]).toEqual([syntax, equality, ordering, substr])
  })

  it('does not inherit that there is one value', () => expect(schema.attribute('cn')?.singleValue).toBe(false))

  it('has the first of two with one name', () => expect(schema.attribute('CommonName;lang-de')?.oid).toBe('2.5.4.3'))

  it('adds up classes, around a circle too', () => {
    expect(schema.objectClass('B')).toEqual({
      names: ['b'],
      kind: 'structural',
      must: ['SN', 'cn', 'objectClass'],
      may: ['x', 'mail', 'y'],
    })
    expect(schema.objectClass('1.3')?.must).toEqual(['SN', 'cn', 'objectClass'])
    expect(schema.objectClass('d')).toBeUndefined()
    expect(schema.objectClassNames).toEqual(['top', 'a', 'alpha', 'b', 'c'])
  })

  it('takes the rules of a syntax where no rule is named, and the auxiliary classes of a content rule', () => {
    const directory = schemaFrom({
      attributeTypes: [
        "( 2.5.4.3 NAME 'cn' SYNTAX '1.3.6.1.4.1.1466.115.121.1.15' SINGLE-VALUE )",
        "( 1.2.840.113556.1.4.2 NAME 'objectGUID' SYNTAX '1.3.6.1.4.1.1466.115.121.1.40' SINGLE-VALUE NO-USER-MODIFICATION )",
        "( 1.2.840.113556.1.2.120 NAME 'uSNChanged' SYNTAX '1.2.840.113556.1.4.906' SINGLE-VALUE NO-USER-MODIFICATION )",
        "( 2.5.4.31 NAME 'member' SYNTAX '1.3.6.1.4.1.1466.115.121.1.12' )",
      ],
      objectClasses: [
        "( 1.2.840.113556.1.5.9 NAME 'user' SUP top STRUCTURAL MAY (displayName ) )",
        "( 1.2.840.113556.1.5.6 NAME 'securityPrincipal' SUP top AUXILIARY MUST (objectSid $ sAMAccountName ) MAY (accountNameHistory ) )",
      ],
      dITContentRules: [
        "( 1.2.840.113556.1.5.9 NAME 'user' AUX ( securityPrincipal ) MUST (cn ) MAY (mail $ displayName ))",
      ],
    })
    expect(directory.attribute('cn')).toMatchObject({
      equality: 'caseIgnoreMatch',
      ordering: 'caseIgnoreOrderingMatch',
    })
    expect(directory.attribute('objectguid')).toMatchObject({ equality: 'octetStringMatch', isReadOnly: true })
    expect(directory.attribute('uSNChanged')).toMatchObject({ ordering: 'integerOrderingMatch', substr: undefined })
    expect(directory.attribute('member')).toMatchObject({ equality: 'distinguishedNameMatch', ordering: undefined })
    expect(directory.objectClass('user')).toMatchObject({
      must: ['cn', 'objectSid', 'sAMAccountName'],
      may: ['displayName', 'mail', 'accountNameHistory'],
    })
  })
})
