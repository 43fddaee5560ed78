import type { AttributeTypeDescription, ObjectClassDescription } from './schema-parse.ts'
import { schemaOf } from './subschema.ts'
import { syntaxes } from './syntax.ts'

interface Shape {
  readonly syntax: string
  readonly equality?: string
  readonly ordering?: string
  readonly substr?: string
}

const text: Shape = {
  syntax: syntaxes.directoryString,
  equality: 'caseIgnoreMatch',
  substr: 'caseIgnoreSubstringsMatch',
}
const exactText: Shape = { syntax: syntaxes.directoryString, equality: 'caseExactMatch' }
const printable: Shape = { ...text, syntax: syntaxes.printableString }
const ia5: Shape = {
  syntax: syntaxes.ia5String,
  equality: 'caseIgnoreIA5Match',
  substr: 'caseIgnoreIA5SubstringsMatch',
}
const exactIa5: Shape = { syntax: syntaxes.ia5String, equality: 'caseExactIA5Match' }
const exactIa5Parts: Shape = { ...exactIa5, substr: 'caseExactIA5SubstringsMatch' }
const phone: Shape = {
  syntax: syntaxes.telephoneNumber,
  equality: 'telephoneNumberMatch',
  substr: 'telephoneNumberSubstringsMatch',
}
const numeric: Shape = {
  syntax: syntaxes.numericString,
  equality: 'numericStringMatch',
  substr: 'numericStringSubstringsMatch',
}
const address: Shape = {
  syntax: syntaxes.postalAddress,
  equality: 'caseIgnoreListMatch',
  substr: 'caseIgnoreListSubstringsMatch',
}
const integer: Shape = { syntax: syntaxes.integer, equality: 'integerMatch' }
const orderedInteger: Shape = { ...integer, ordering: 'integerOrderingMatch' }
const time: Shape = {
  syntax: syntaxes.generalizedTime,
  equality: 'generalizedTimeMatch',
  ordering: 'generalizedTimeOrderingMatch',
}
const dn: Shape = { syntax: syntaxes.dn, equality: 'distinguishedNameMatch' }
const uniqueDn: Shape = { syntax: syntaxes.nameAndOptionalUid, equality: 'uniqueMemberMatch' }
const truth: Shape = { syntax: syntaxes.boolean, equality: 'booleanMatch' }
const oid: Shape = { syntax: syntaxes.oid, equality: 'objectIdentifierMatch' }
const octets: Shape = { syntax: syntaxes.octetString, equality: 'octetStringMatch' }
const certificate: Shape = { syntax: syntaxes.certificate, equality: 'certificateExactMatch' }
const uuid: Shape = { syntax: syntaxes.uuid, equality: 'UUIDMatch', ordering: 'UUIDOrderingMatch' }
const csn: Shape = { syntax: syntaxes.csn, equality: 'CSNMatch', ordering: 'CSNOrderingMatch' }

/** `s` single-valued, `o` operational, `r` written by the server alone. */
type Flags = '' | 's' | 'o' | 'so' | 'or' | 'sor'

const types = (shape: Shape, flags: Flags, all: readonly string[]): readonly AttributeTypeDescription[] =>
  all.map((one) => {
    const [number = '', ...names] = one.split(' ')
    return {
      oid: number,
      names,
      sup: undefined,
      syntax: shape.syntax,
      equality: shape.equality,
      ordering: shape.ordering,
      substr: shape.substr,
      singleValue: flags.includes('s'),
      isOperational: flags.includes('o'),
      isReadOnly: flags.includes('r'),
    }
  })

const pilot = '0.9.2342.19200300.100.1'
const netscape = '2.16.840.1.113730.3.1'
const nis = '1.3.6.1.1.1.1'
const policy = '1.3.6.1.4.1.42.2.27.8.1'

// RFC 4512, 4519, 4523, 4524, 4530, 5020, 2079, 2307, 2798, 2985; draft-behera-ldap-password-policy
const attributeTypes: readonly AttributeTypeDescription[] = [
  ...types(oid, '', ['2.5.4.0 objectClass']),
  ...types(oid, 'sor', ['2.5.21.9 structuralObjectClass']),
  ...types(text, '', [
    ...['2.5.4.41 name', '2.5.4.3 cn commonName', '2.5.4.4 sn surname', '2.5.4.7 l localityName'],
    ...['2.5.4.8 st stateOrProvinceName', '2.5.4.9 street streetAddress', '2.5.4.10 o organizationName'],
    ...['2.5.4.11 ou organizationalUnitName', '2.5.4.12 title', '2.5.4.13 description', '2.5.4.15 businessCategory'],
    ...['2.5.4.17 postalCode', '2.5.4.18 postOfficeBox', '2.5.4.19 physicalDeliveryOfficeName'],
    ...['2.5.4.42 givenName gn', '2.5.4.43 initials', '2.5.4.44 generationQualifier', '2.5.4.51 houseIdentifier'],
    ...['2.5.4.65 pseudonym', `${pilot}.1 uid userid`, `${pilot}.4 info`, `${pilot}.5 drink favouriteDrink`],
    ...[`${pilot}.6 roomNumber`, `${pilot}.8 userClass`, `${pilot}.9 host`, `${pilot}.11 documentIdentifier`],
    ...[`${pilot}.40 personalTitle`, `${pilot}.43 co friendlyCountryName`, `${pilot}.45 organizationalStatus`],
    ...[`${pilot}.48 buildingName`, `${netscape}.1 carLicense`, `${netscape}.2 departmentNumber`],
    ...[`${netscape}.4 employeeType`, `${nis}.16 ipServiceProtocol`, `${nis}.26 nisMapName`],
  ]),
  ...types(text, 's', [
    ...[`${netscape}.3 employeeNumber`, `${netscape}.39 preferredLanguage`, `${netscape}.241 displayName`],
  ]),
  ...types({ ...text, syntax: syntaxes.countryString }, 's', ['2.5.4.6 c countryName']),
  ...types({ syntax: text.syntax, equality: 'caseIgnoreMatch' }, '', [`${pilot}.44 uniqueIdentifier`]),
  ...types(exactText, '', ['1.3.6.1.4.1.250.1.57 labeledURI', `${netscape}.198 memberURL`]),
  ...types(exactText, 'o', [`${netscape}.34 ref`]),
  ...types(printable, '', ['2.5.4.5 serialNumber', '2.5.4.27 destinationIndicator']),
  ...types({ ...printable, ordering: 'caseIgnoreOrderingMatch' }, '', ['2.5.4.46 dnQualifier']),
  ...types(ia5, '', [
    ...[`${pilot}.3 mail rfc822Mailbox`, `${pilot}.37 associatedDomain`, `${pilot}.46 janetMailbox`],
    '1.2.840.113549.1.9.1 email emailAddress pkcs9email',
  ]),
  ...types(ia5, 's', [`${pilot}.25 dc domainComponent`, `${nis}.2 gecos`]),
  ...types({ syntax: ia5.syntax, equality: 'caseIgnoreIA5Match' }, '', [
    `${nis}.19 ipHostNumber`,
    `${nis}.22 macAddress`,
  ]),
  ...types(exactIa5, 's', [`${nis}.3 homeDirectory`, `${nis}.4 loginShell`]),
  ...types(exactIa5Parts, '', [`${nis}.12 memberUid`, `${nis}.13 memberNisNetgroup`]),
  ...types({ syntax: '1.3.6.1.1.1.0.0' }, '', [`${nis}.14 nisNetgroupTriple`]),
  ...types(phone, '', [
    ...['2.5.4.20 telephoneNumber', `${pilot}.20 homePhone homeTelephoneNumber`],
    ...[`${pilot}.41 mobile mobileTelephoneNumber`, `${pilot}.42 pager pagerTelephoneNumber`],
  ]),
  ...types({ syntax: syntaxes.facsimileTelephoneNumber }, '', ['2.5.4.23 facsimileTelephoneNumber fax']),
  ...types({ syntax: syntaxes.telexNumber }, '', ['2.5.4.21 telexNumber']),
  ...types({ syntax: syntaxes.teletexTerminalIdentifier }, '', ['2.5.4.22 teletexTerminalIdentifier']),
  ...types({ syntax: syntaxes.deliveryMethod }, 's', ['2.5.4.28 preferredDeliveryMethod']),
  ...types({ syntax: syntaxes.guide }, '', ['2.5.4.14 searchGuide']),
  ...types(numeric, '', ['2.5.4.24 x121Address', '2.5.4.25 internationaliSDNNumber']),
  ...types(address, '', ['2.5.4.16 postalAddress', '2.5.4.26 registeredAddress', `${pilot}.39 homePostalAddress`]),
  ...types(orderedInteger, 's', [`${nis}.0 uidNumber`, `${nis}.1 gidNumber`]),
  ...types(integer, 's', [
    ...[`${nis}.5 shadowLastChange`, `${nis}.6 shadowMin`, `${nis}.7 shadowMax`, `${nis}.8 shadowWarning`],
    ...[`${nis}.9 shadowInactive`, `${nis}.10 shadowExpire`, `${nis}.11 shadowFlag`],
  ]),
  ...types(dn, '', [
    ...['2.5.4.49 distinguishedName', '2.5.4.31 member', '2.5.4.32 owner', '2.5.4.33 roleOccupant', '2.5.4.34 seeAlso'],
    ...[`${pilot}.10 manager`, `${pilot}.21 secretary`, `${pilot}.38 associatedName`],
  ]),
  ...types(dn, 's', ['2.5.4.1 aliasedObjectName aliasedEntryName']),
  ...types(dn, 'sor', [
    ...['1.3.6.1.1.20 entryDN', '2.5.18.3 creatorsName', '2.5.18.4 modifiersName', '2.5.18.10 subschemaSubentry'],
  ]),
  ...types(dn, 'or', ['1.2.840.113556.1.2.102 memberOf']),
  ...types(uniqueDn, '', ['2.5.4.50 uniqueMember']),
  ...types(octets, '', ['2.5.4.35 userPassword']),
  ...types({ syntax: syntaxes.bitString, equality: 'bitStringMatch' }, '', ['2.5.4.45 x500UniqueIdentifier']),
  ...types(certificate, '', ['2.5.4.36 userCertificate', '2.5.4.37 cACertificate']),
  ...types({ syntax: syntaxes.binary }, '', [`${netscape}.40 userSMIMECertificate`, `${netscape}.216 userPKCS12`]),
  ...types({ syntax: syntaxes.jpeg }, '', [`${pilot}.60 jpegPhoto`]),
  ...types({ syntax: syntaxes.fax }, '', [`${pilot}.7 photo`]),
  ...types({ syntax: syntaxes.audio }, '', [`${pilot}.55 audio`]),
  ...types(uuid, 'sor', ['1.3.6.1.1.16.4 entryUUID']),
  ...types(csn, 'sor', ['1.3.6.1.4.1.4203.666.1.7 entryCSN']),
  ...types(time, 'sor', ['2.5.18.1 createTimestamp', '2.5.18.2 modifyTimestamp', `${policy}.16 pwdChangedTime`]),
  ...types(time, 'so', [`${policy}.17 pwdAccountLockedTime`, `${policy}.27 pwdStartTime`, `${policy}.28 pwdEndTime`]),
  ...types(time, 'or', [`${policy}.19 pwdFailureTime`]),
  ...types(truth, 'so', [`${policy}.22 pwdReset`]),
  ...types(truth, 'sor', ['2.5.18.9 hasSubordinates']),
  ...types(dn, 'so', [`${policy}.23 pwdPolicySubentry`]),
]

type Kind = ObjectClassDescription['kind']

const words = (list: string): readonly string[] => (list === '' ? [] : list.split(' '))

const type = (kind: Kind, named: string, sup: string, must: string, may: string): ObjectClassDescription => {
  const [number = '', ...names] = named.split(' ')
  return { oid: number, names, kind, sup: words(sup), must: words(must), may: words(may) }
}

/** How an organisation or a person is reached by post and wire (RFC 4519 section 3). */
const reached =
  'x121Address registeredAddress destinationIndicator preferredDeliveryMethod telexNumber teletexTerminalIdentifier ' +
  'telephoneNumber internationaliSDNNumber facsimileTelephoneNumber street postOfficeBox postalCode postalAddress ' +
  'physicalDeliveryOfficeName st l'
const unit = `userPassword searchGuide seeAlso businessCategory description ${reached}`

const objectClasses: readonly ObjectClassDescription[] = [
  type('abstract', '2.5.6.0 top', '', 'objectClass', ''),
  type('auxiliary', '1.3.6.1.4.1.1466.101.120.111 extensibleObject', 'top', '', ''),
  type('structural', '2.5.6.1 alias', 'top', 'aliasedObjectName', ''),
  type('structural', '2.16.840.1.113730.3.2.6 referral', 'top', 'ref', ''),
  type('structural', '2.5.6.2 country', 'top', 'c', 'searchGuide description'),
  type('structural', '2.5.6.3 locality', 'top', '', 'street seeAlso searchGuide st l description'),
  type('structural', '2.5.6.4 organization', 'top', 'o', unit),
  type('structural', '2.5.6.5 organizationalUnit', 'top', 'ou', unit),
  type('structural', '2.5.6.6 person', 'top', 'sn cn', 'userPassword telephoneNumber seeAlso description'),
  type('structural', '2.5.6.7 organizationalPerson', 'person', '', `title ou ${reached}`),
  type('structural', '2.5.6.8 organizationalRole', 'top', 'cn', `seeAlso roleOccupant ou description ${reached}`),
  type('structural', '2.5.6.9 groupOfNames', 'top', 'member cn', 'businessCategory seeAlso owner ou o description'),
  type('structural', '2.5.6.10 residentialPerson', 'person', 'l', `businessCategory ${reached}`),
  type('structural', '2.5.6.11 applicationProcess', 'top', 'cn', 'seeAlso ou l description'),
  type('structural', '2.5.6.14 device', 'top', 'cn', 'serialNumber seeAlso owner ou o l description'),
  type(
    'structural',
    '2.5.6.17 groupOfUniqueNames',
    'top',
    'uniqueMember cn',
    'businessCategory seeAlso owner ou o description',
  ),
  type(
    'structural',
    '2.16.840.1.113730.3.2.33 groupOfURLs',
    'top',
    'cn',
    'memberURL businessCategory description o ou owner seeAlso',
  ),
  type('auxiliary', '2.5.6.21 pkiUser', 'top', '', 'userCertificate'),
  type('auxiliary', '1.3.6.1.4.1.250.3.15 labeledURIObject', 'top', '', 'labeledURI'),
  type('auxiliary', '0.9.2342.19200300.100.4.19 simpleSecurityObject', 'top', 'userPassword', ''),
  type('auxiliary', '1.3.6.1.4.1.1466.344 dcObject', 'top', 'dc', ''),
  type('auxiliary', '1.3.6.1.1.3.1 uidObject', 'top', 'uid', ''),
  type('structural', '0.9.2342.19200300.100.4.5 account', 'top', 'uid', 'description seeAlso l o ou host'),
  type(
    'structural',
    '0.9.2342.19200300.100.4.13 domain',
    'top',
    'dc',
    `associatedName o description businessCategory seeAlso searchGuide userPassword ${reached}`,
  ),
  type('auxiliary', '0.9.2342.19200300.100.4.17 domainRelatedObject', 'top', 'associatedDomain', ''),
  type(
    'structural',
    '2.16.840.1.113730.3.2.2 inetOrgPerson',
    'organizationalPerson',
    '',
    'audio businessCategory carLicense departmentNumber displayName employeeNumber employeeType givenName homePhone ' +
      'homePostalAddress initials jpegPhoto labeledURI mail manager mobile o pager photo roomNumber secretary uid ' +
      'userCertificate x500UniqueIdentifier preferredLanguage userSMIMECertificate userPKCS12',
  ),
  type(
    'auxiliary',
    '1.3.6.1.1.1.2.0 posixAccount',
    'top',
    'cn uid uidNumber gidNumber homeDirectory',
    'userPassword loginShell gecos description',
  ),
  type(
    'auxiliary',
    '1.3.6.1.1.1.2.1 shadowAccount',
    'top',
    'uid',
    'userPassword shadowLastChange shadowMin shadowMax shadowWarning shadowInactive shadowExpire shadowFlag description',
  ),
  type('structural', '1.3.6.1.1.1.2.2 posixGroup', 'top', 'cn gidNumber', 'userPassword memberUid description'),
  type('structural', '1.3.6.1.1.1.2.8 nisNetgroup', 'top', 'cn', 'nisNetgroupTriple memberNisNetgroup description'),
]

/**
 * What the standards say of attributes and classes, for where no server can be asked. Where an RFC and OpenLDAP 2.5
 * differ it is what OpenLDAP has, as that decides whether a filter is Undefined: uid, sn and cn have no ORDERING, the
 * shadow numbers no integerOrderingMatch, and labeledURI no SUBSTR.
 */
export const standardSchema = schemaOf(attributeTypes, objectClasses)
