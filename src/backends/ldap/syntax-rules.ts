import { syntaxes } from './syntax.ts'

/** The matching rules of an attribute type. */
export interface Rules {
  readonly equality: string | undefined
  readonly ordering: string | undefined
  readonly substr: string | undefined
}

const none: Rules = { equality: undefined, ordering: undefined, substr: undefined }

const of = (stem: string): Rules => ({
  equality: `${stem}Match`,
  ordering: `${stem}OrderingMatch`,
  substr: `${stem}SubstringsMatch`,
})
const noSubstrings = (stem: string): Rules => ({ ...of(stem), substr: undefined })

/** How Active Directory compares what has a syntax, as the standard rule that says the same. */
const rules: ReadonlyMap<string, Rules> = new Map([
  [syntaxes.directoryString, of('caseIgnore')],
  [syntaxes.adCaseIgnoreString, of('caseIgnore')],
  [syntaxes.adCaseExactString, of('caseExact')],
  [syntaxes.printableString, of('caseExact')],
  [syntaxes.numericString, of('caseExact')],
  [syntaxes.ia5String, { ...of('caseExact'), equality: 'caseExactIA5Match' }],
  [syntaxes.octetString, of('octetString')],
  [syntaxes.integer, noSubstrings('integer')],
  [syntaxes.adLargeInteger, noSubstrings('integer')],
  [syntaxes.generalizedTime, noSubstrings('generalizedTime')],
  [syntaxes.boolean, { ...none, equality: 'booleanMatch' }],
  [syntaxes.dn, { ...none, equality: 'distinguishedNameMatch' }],
  [syntaxes.oid, { ...none, equality: 'objectIdentifierMatch' }],
])

export const rulesOfSyntax = (syntax: string | undefined): Rules => rules.get(syntax ?? '') ?? none
