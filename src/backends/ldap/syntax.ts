import { isAttributeType } from '../../mapping/dn/description.ts'
import { parseDn } from '../../mapping/dn/parse-dn.ts'
import { printable } from '../../mapping/dn/value.ts'
import type { Value } from './filter.ts'
import { isGeneralizedTime } from './generalized-time.ts'
import type { AttributeType, Schema } from './schema.ts'

const rfc4517 = (number: number): string => `1.3.6.1.4.1.1466.115.121.1.${number}`

/** OIDs of syntaxes (RFC 4517 section 3.3, RFC 4523, RFC 4530, [MS-ADTS] section 3.1.1.2.2.2). */
export const syntaxes = {
  audio: rfc4517(4),
  binary: rfc4517(5),
  bitString: rfc4517(6),
  boolean: rfc4517(7),
  certificate: rfc4517(8),
  certificateList: rfc4517(9),
  certificatePair: rfc4517(10),
  countryString: rfc4517(11),
  dn: rfc4517(12),
  directoryString: rfc4517(15),
  deliveryMethod: rfc4517(14),
  facsimileTelephoneNumber: rfc4517(22),
  fax: rfc4517(23),
  guide: rfc4517(25),
  teletexTerminalIdentifier: rfc4517(51),
  telexNumber: rfc4517(52),
  generalizedTime: rfc4517(24),
  ia5String: rfc4517(26),
  integer: rfc4517(27),
  jpeg: rfc4517(28),
  nameAndOptionalUid: rfc4517(34),
  numericString: rfc4517(36),
  oid: rfc4517(38),
  octetString: rfc4517(40),
  postalAddress: rfc4517(41),
  printableString: rfc4517(44),
  supportedAlgorithm: rfc4517(49),
  telephoneNumber: rfc4517(50),
  uuid: '1.3.6.1.1.16.1',
  /** What OpenLDAP numbers its changes with. */
  csn: '1.3.6.1.4.1.4203.666.11.2.1',
  adCaseIgnoreString: '1.2.840.113556.1.4.905',
  adLargeInteger: '1.2.840.113556.1.4.906',
  adSecurityDescriptor: '1.2.840.113556.1.4.907',
  adCaseExactString: '1.2.840.113556.1.4.1362',
} as const

type Check = (text: string, schema: Schema | undefined) => boolean

const matches =
  (pattern: RegExp): Check =>
  (text) =>
    pattern.test(text)

const integer = matches(/^(?:0|-?[1-9]\d*)$/)
const directoryString: Check = (text) => text !== '' && text.isWellFormed()
// OpenLDAP takes `=` in both, which RFC 4517 section 3.2 has among the printable characters
const printableString = matches(/^[A-Za-z0-9'()+,\-./:=? ]+$/)

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  [syntaxes.bitString, matches(/^'[01]*'B$/)],
  [syntaxes.boolean, matches(/^(?:TRUE|FALSE)$/)],
  [syntaxes.countryString, matches(/^[A-Za-z]{2}$/)],
  [syntaxes.dn, isDn],
  [syntaxes.directoryString, directoryString],
  [syntaxes.generalizedTime, isGeneralizedTime],
  [syntaxes.ia5String, matches(/^[\x00-\x7f]*$/)],
  [syntaxes.integer, integer],
  [syntaxes.nameAndOptionalUid, (text, schema) => isDn(text.replace(/#'[01]*'B$/, ''), schema)],
  [syntaxes.numericString, matches(/^[\d ]+$/)],
  [syntaxes.oid, isAttributeType],
  // `\24` and `\5c` stand for what separates lines and escapes (RFC 4517 section 3.3.28)
  [syntaxes.postalAddress, (text) => text.isWellFormed() && /^(?:[^\\]|\\24|\\5c)*$/i.test(text)],
  [syntaxes.printableString, printableString],
  [syntaxes.telephoneNumber, printableString],
  [syntaxes.uuid, matches(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i)],
  [syntaxes.adCaseIgnoreString, directoryString],
  [syntaxes.adCaseExactString, directoryString],
  [syntaxes.adLargeInteger, integer],
])

/**
 * Whether a value is one of a syntax. One that is not cannot be stored, and a filter with it is Undefined (RFC 4511
 * section 4.5.1.7), where what counts is the syntax that the matching rule asserts (`syntax` of `ruleOf`), not that of
 * the attribute. Octets fit whatever they are, and so does what has a syntax unknown here. With a schema, the types
 * within a DN must be in it and their values fit, too.
 */
export function fits(syntax: string | undefined, value: Value, schema?: Schema): boolean {
  const check = checks.get(syntax ?? '')
  if (check === undefined) return true
  const text = printable(value)
  return text !== undefined && check(text, schema)
}

function isDn(text: string, schema: Schema | undefined): boolean {
  const dn = parseDn(text)
  return (
    dn !== undefined &&
    dn.every((rdn) => {
      const types = new Set(rdn.map(({ attribute }) => attribute.toLowerCase()))
      return (
        types.size === rdn.length &&
        rdn.every(({ attribute, value }) => {
          if (schema === undefined) return true
          const type = schema.attribute(attribute)
          return type !== undefined && value.length > 0 && fits(type.syntax, value, schema)
        })
      )
    })
  )
}

const binary: ReadonlySet<string> = new Set([
  ...[syntaxes.audio, syntaxes.binary, syntaxes.certificate, syntaxes.certificateList, syntaxes.certificatePair],
  ...[syntaxes.fax, syntaxes.jpeg, syntaxes.octetString, syntaxes.supportedAlgorithm, syntaxes.adSecurityDescriptor],
  // attribute certificate, PKCS #8
  ...['1.3.6.1.4.1.4203.666.11.10.2.1', '1.2.840.113549.1.8.1.1'],
])

/** Values come as bytes and stay bytes. */
export const isBinary = (syntax: string | undefined): boolean => binary.has(syntax ?? '')
export const isText = (syntax: string | undefined): boolean => !isBinary(syntax)

/** A password has the syntax Octet String and is text all the same (RFC 4519 section 2.41). */
export const isBinaryType = ({ oid, syntax }: AttributeType): boolean => oid !== '2.5.4.35' && isBinary(syntax)
