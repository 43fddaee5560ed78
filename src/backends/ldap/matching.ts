import { never } from '../../base/errors.ts'
import { dnKey } from '../../mapping/dn/dn-key.ts'
import { parseDn } from '../../mapping/dn/parse-dn.ts'
import { printable } from '../../mapping/dn/value.ts'
import type { Value } from './filter.ts'
import { utcOf } from './generalized-time.ts'
import { asciiLower, prepare, squeezed } from '../../mapping/dn/prepare.ts'
import type { Schema } from './schema.ts'
import { fits, syntaxes } from './syntax.ts'

export type Compares =
  'text' | 'integer' | 'time' | 'boolean' | 'bytes' | 'dn' | 'uuid' | 'numeric' | 'telephone' | 'list' | 'oid'

export interface MatchingRule {
  readonly name: string
  readonly oid: string
  readonly compares: Compares
  /** Case makes no difference. */
  readonly folds: boolean
  /** Some spaces make none. */
  readonly squeezes: boolean
  /** Of the values that it can assert: what does not fit makes a filter Undefined, whatever syntax the attribute has. */
  readonly syntax: string
}

const spaced: ReadonlySet<Compares> = new Set(['text', 'numeric', 'telephone', 'list', 'dn'])

const rule = (name: string, oid: string, compares: Compares, syntax: string, folds = false): MatchingRule => ({
  ...{ name, oid, compares, syntax, folds },
  squeezes: spaced.has(compares),
})

const x500 = (number: number): string => `2.5.13.${number}`
const text = syntaxes.directoryString
const ia5 = syntaxes.ia5String

/** RFC 4517 section 4.2, RFC 4530 section 2, and what OpenLDAP and Active Directory have besides. */
const rules: readonly MatchingRule[] = [
  rule('objectIdentifierMatch', x500(0), 'oid', syntaxes.oid, true),
  rule('distinguishedNameMatch', x500(1), 'dn', syntaxes.dn, true),
  rule('caseIgnoreMatch', x500(2), 'text', text, true),
  rule('caseIgnoreOrderingMatch', x500(3), 'text', text, true),
  rule('caseIgnoreSubstringsMatch', x500(4), 'text', text, true),
  rule('caseExactMatch', x500(5), 'text', text),
  rule('caseExactOrderingMatch', x500(6), 'text', text),
  rule('caseExactSubstringsMatch', x500(7), 'text', text),
  rule('numericStringMatch', x500(8), 'numeric', syntaxes.numericString),
  rule('numericStringOrderingMatch', x500(9), 'numeric', syntaxes.numericString),
  rule('numericStringSubstringsMatch', x500(10), 'numeric', syntaxes.numericString),
  rule('caseIgnoreListMatch', x500(11), 'list', syntaxes.postalAddress, true),
  rule('caseIgnoreListSubstringsMatch', x500(12), 'list', syntaxes.postalAddress, true),
  rule('booleanMatch', x500(13), 'boolean', syntaxes.boolean),
  rule('integerMatch', x500(14), 'integer', syntaxes.integer),
  rule('integerOrderingMatch', x500(15), 'integer', syntaxes.integer),
  rule('bitStringMatch', x500(16), 'bytes', syntaxes.bitString),
  rule('octetStringMatch', x500(17), 'bytes', syntaxes.octetString),
  rule('octetStringOrderingMatch', x500(18), 'bytes', syntaxes.octetString),
  rule('octetStringSubstringsMatch', x500(19), 'bytes', syntaxes.octetString),
  // RFC 4517 section 4.2.29 ignores case, OpenLDAP does not
  rule('telephoneNumberMatch', x500(20), 'telephone', syntaxes.telephoneNumber),
  rule('telephoneNumberSubstringsMatch', x500(21), 'telephone', syntaxes.telephoneNumber),
  rule('uniqueMemberMatch', x500(23), 'dn', syntaxes.nameAndOptionalUid, true),
  rule('generalizedTimeMatch', x500(27), 'time', syntaxes.generalizedTime),
  rule('generalizedTimeOrderingMatch', x500(28), 'time', syntaxes.generalizedTime),
  rule('caseExactIA5Match', '1.3.6.1.4.1.1466.109.114.1', 'text', ia5),
  rule('caseIgnoreIA5Match', '1.3.6.1.4.1.1466.109.114.2', 'text', ia5, true),
  rule('caseIgnoreIA5SubstringsMatch', '1.3.6.1.4.1.1466.109.114.3', 'text', ia5, true),
  rule('caseExactIA5SubstringsMatch', '1.3.6.1.4.1.4203.1.2.1', 'text', ia5),
  rule('UUIDMatch', '1.3.6.1.1.16.2', 'uuid', syntaxes.uuid, true),
  rule('UUIDOrderingMatch', '1.3.6.1.1.16.3', 'uuid', syntaxes.uuid, true),
  rule('CSNMatch', '1.3.6.1.4.1.4203.666.11.2.2', 'bytes', syntaxes.csn),
  rule('CSNOrderingMatch', '1.3.6.1.4.1.4203.666.11.2.3', 'bytes', syntaxes.csn),
  rule('integerBitAndMatch', '1.2.840.113556.1.4.803', 'integer', syntaxes.integer),
  rule('integerBitOrMatch', '1.2.840.113556.1.4.804', 'integer', syntaxes.integer),
  // LDAP_MATCHING_RULE_TRANSITIVE_EVAL ([MS-ADTS] section 3.1.1.3.4.4.3)
  rule('inChainMatch', '1.2.840.113556.1.4.1941', 'dn', syntaxes.dn, true),
]

const byName: ReadonlyMap<string, MatchingRule> = new Map(
  rules.flatMap((one) => [
    [one.name.toLowerCase(), one],
    [one.oid, one],
  ]),
)

/** By name, without regard to case, or by OID. */
export const ruleOf = (name: string): MatchingRule | undefined => byName.get(name.toLowerCase())

/**
 * The form in which two values are the same text when they are equal by a rule. Undefined for a rule that is unknown and
 * for a value that it cannot assert. The schema, when given, tells what is the same in a DN or an OID.
 */
export function matchKey(name: string, value: Value, schema?: Schema): string | undefined {
  const found = ruleOf(name)
  return found === undefined || !fits(found.syntax, value) ? undefined : keyOf(found, value, schema)
}

function keyOf(
  { compares, syntax, folds }: MatchingRule,
  value: Value,
  schema: Schema | undefined,
): string | undefined {
  // only octets fit without being text
  const said = printable(value) ?? ''
  switch (compares) {
    case 'text':
      return syntax === ia5 ? squeezed(folds ? asciiLower(said) : said) : prepare(said, { folds })
    case 'list':
      return said
        .split('$')
        .map((line) => prepare(line, { folds }))
        .join('$')
    case 'numeric':
      return said.replaceAll(' ', '') || ' '
    case 'telephone':
      return said.replace(/[ -]/g, '') || ' '
    case 'time':
      return utcOf(said)
    case 'uuid':
      return said.toLowerCase()
    case 'oid':
      return oidOf(said, schema).toLowerCase()
    case 'dn': {
      const [, name = '', uid = ''] = /^(.*?)(#'[01]*'B)?$/s.exec(said) ?? []
      const dn = parseDn(name)
      return dn === undefined ? undefined : `${dnKey(dn, schema)}${uid}`
    }
    case 'bytes':
      return Buffer.from(value).toString('hex')
    case 'integer':
    case 'boolean':
      return said
    default:
      return never(compares)
  }
}

const oidOf = (name: string, schema: Schema | undefined): string =>
  schema?.attribute(name)?.oid ?? schema?.objectClass(name)?.names[0] ?? name
