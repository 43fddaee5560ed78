import { matchKey, ruleOf } from '../../src/backends/ldap/matching.ts'
import { prepare } from '../../src/mapping/dn/prepare.ts'
import type { AttributeType, Schema } from '../../src/backends/ldap/schema.ts'
import { fits } from '../../src/backends/ldap/syntax.ts'
import type { NativeScalar, NativeValue, Slot } from '../../src/mapping/slot.ts'
import { fold } from '../../src/scim/compare.ts'
import type { ScimFilter } from '../../src/scim/filter.ts'
import type { AttributeRef } from '../../src/scim/schema.ts'
import { leafOf } from '../../src/scim/schema.ts'
import type { Draft } from './arbitraries.ts'

/** Han ideographs of the supplement, of which slapd orders at least one (U+2F93E) by what it was before it is composed. */
const supplement = /[\u{2f800}-\u{2fa1f}]/u

/**
 * The rule of an attribute is its comparison in a directory, and it makes one of what SCIM has for two: blanks at the
 * ends and runs of them, compatibility forms, an accent written in two ways where case counts, hyphens and blanks of a
 * telephone number. A filter of several parts is partly decided by the directory and partly by the bridge, so the laws
 * about whole filters are asked with texts on which both agree; what a single rule makes of all the others is a law
 * of its own.
 */
export const agrees = ({ attribute, sub }: AttributeRef, caseExact: boolean, text: string): boolean =>
  !supplement.test(text) &&
  prepare(text, { folds: true }) === fold(text) &&
  (!caseExact || prepare(text, { folds: false }) === text) &&
  (attribute.name !== 'phoneNumbers' || sub?.name === 'type' || !/[- ]/.test(text))

/** Whether every operand of a filter is such a text. */
export function asksAlike(filter: ScimFilter): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.of.every(asksAlike)
    case 'not':
      return asksAlike(filter.of)
    case 'some':
      return asksAlike(filter.where)
    case 'compare':
      return typeof filter.value !== 'string' || agrees(filter.attr, leafOf(filter.attr).caseExact, filter.value)
    case 'present':
    case 'true':
    case 'false':
      return true
  }
}

const typeAt = (schema: Schema, { at }: Slot): AttributeType | undefined =>
  at.kind === 'field' ? schema.attribute(at.field) : undefined

/** A text that an attribute can hold, and that is compared by its rule as SCIM would. */
function isAlike({ syntax, equality }: AttributeType, value: NativeScalar): boolean {
  if (typeof value !== 'string') return true
  if (!fits(syntax, value) || supplement.test(value)) return false
  const rule = equality === undefined ? undefined : ruleOf(equality)
  if (rule === undefined || !['text', 'telephone'].includes(rule.compares)) return true
  return (
    matchKey(rule.name, value) === (rule.folds ? fold(value) : value) && fold(value) === prepare(value, { folds: true })
  )
}

/** What a directory can hold of a draft; `alike` leaves out what it compares in a way of its own. */
export function held(schema: Schema, draft: Draft, alike: boolean): Draft {
  const fields = draft.fields.flatMap(({ slot, value }): Draft['fields'] => {
    const type = typeAt(schema, slot)
    if (type === undefined) return []
    const isGood = (one: NativeScalar): boolean =>
      alike ? isAlike(type, one) : typeof one !== 'string' || fits(type.syntax, one)
    const values = [value as NativeScalar | readonly NativeScalar[]].flat().filter(isGood)
    const distinct = [...new Map(values.map((one) => [keyOf(type, one), one])).values()]
    const kept: NativeValue | undefined = slot.many ? distinct : distinct[0]
    return kept === undefined ? [] : [{ slot, value: kept }]
  })
  return { ...draft, fields }
}

export const keyOf = ({ equality }: AttributeType, value: NativeScalar): string =>
  (equality === undefined ? undefined : matchKey(equality, String(value))) ?? String(value)

/**
 * Those whose names are all different, as the names of entries are; slapd keeps a name twice in one key of its database
 * (slapd-mdb(5)), which has some 500 bytes.
 */
export function named(schema: Schema, attribute: string, drafts: readonly Draft[]): readonly Draft[] {
  const type = schema.attribute(attribute)
  const nameOf = ({ fields }: Draft): string | undefined => {
    const value = fields.find(({ slot }) => slot.at.kind === 'field' && slot.at.field === attribute)?.value
    return type === undefined || typeof value !== 'string' || value.length > 100 ? undefined : keyOf(type, value)
  }
  return [
    ...new Map(
      drafts.flatMap((one) => {
        const name = nameOf(one)
        return name === undefined ? [] : [[name, one] as const]
      }),
    ).values(),
  ]
}

/** Operands that a directory may take for something else: names, patterns, ids, times in its own form. */
export const directoryWords: readonly string[] = [
  'uid=a,ou=people,dc=x',
  'cn=Alpha',
  'dc=',
  '(uid=*)',
  ')(uid=*',
  'a)(|(uid=*)',
  '*a*',
  '\\2a',
  '\\',
  'u00000000-0000-4000-8000-000000000000',
  'U00000000-0000-4000-8000-00000000000F',
  'g00000000-0000-4000-8000-000000000000',
  '00000000-0000-4000-8000-000000000000',
  'u{00000000-0000-4000-8000-000000000000}',
  'u',
  '20200101000000Z',
  '20200101000000.0Z',
  '2020010100Z',
  '000001010000Z',
  'TRUE',
  'FALSE',
  '007',
  '+7',
  '2.5.4.3',
]
