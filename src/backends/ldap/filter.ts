import type { Value } from '../../mapping/dn/value.ts'

export type { Value }

/** A search filter as an object (RFC 4511 section 4.5.1.7); text of it is only made to be read by people. */
export type LdapFilter =
  | { readonly kind: 'and' | 'or'; readonly of: readonly LdapFilter[] }
  | { readonly kind: 'not'; readonly of: LdapFilter }
  | { readonly kind: 'present'; readonly attribute: string }
  | {
      readonly kind: 'equalityMatch' | 'greaterOrEqual' | 'lessOrEqual'
      readonly attribute: string
      readonly value: Value
    }
  | {
      readonly kind: 'substrings'
      readonly attribute: string
      readonly initial: string | undefined
      readonly any: readonly string[]
      readonly final: string | undefined
    }
  /** `(userAccountControl:1.2.840.113556.1.4.803:=2)` */
  | { readonly kind: 'extensibleMatch'; readonly attribute: string; readonly rule: string; readonly value: Value }

/** Matches every entry (RFC 4526), and none. */
export const everything: LdapFilter = { kind: 'and', of: [] }
export const nothing: LdapFilter = { kind: 'or', of: [] }

export const equal = (attribute: string, value: Value): LdapFilter => ({ kind: 'equalityMatch', attribute, value })
export const present = (attribute: string): LdapFilter => ({ kind: 'present', attribute })

/** A conjunction without needless nesting or constants. */
export function allOf(of: readonly LdapFilter[]): LdapFilter {
  const flat = of.flatMap((one) => (one.kind === 'and' ? one.of : [one]))
  if (flat.some(isNothing)) return nothing
  return flat.length === 1 && flat[0] !== undefined ? flat[0] : { kind: 'and', of: flat }
}

/** A disjunction without needless nesting or constants. */
export function anyOf(of: readonly LdapFilter[]): LdapFilter {
  const flat = of.flatMap((one) => (one.kind === 'or' ? one.of : [one]))
  if (flat.some(isEverything)) return everything
  return flat.length === 1 && flat[0] !== undefined ? flat[0] : { kind: 'or', of: flat }
}

export function not(of: LdapFilter): LdapFilter {
  if (isEverything(of)) return nothing
  if (isNothing(of)) return everything
  return of.kind === 'not' ? of.of : { kind: 'not', of }
}

const isEverything = (filter: LdapFilter): boolean => filter.kind === 'and' && filter.of.length === 0
export const isNothing = (filter: LdapFilter): boolean => filter.kind === 'or' && filter.of.length === 0

/** What a filter looks at. */
export const attributesIn = (filter: LdapFilter): readonly string[] =>
  'attribute' in filter
    ? [filter.attribute]
    : filter.kind === 'not'
      ? attributesIn(filter.of)
      : filter.of.flatMap(attributesIn)
