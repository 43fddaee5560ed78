import type { Ava, Dn, Rdn } from './dn.ts'
import { parentOf, rdnText } from './dn.ts'
import { printable } from './value.ts'
import { prepare } from './prepare.ts'

/** What a schema says of attribute types: their names, and whether their values differ by case. */
export interface AttributeTypes {
  attribute(
    description: string,
  ): { readonly oid: string; readonly names: readonly string[]; readonly equality: string | undefined } | undefined
}

/**
 * The same text for every spelling of a DN (RFC 4517 section 4.2.15): attribute types by their first name, the values
 * of an RDN in one order, and each value as caseIgnoreMatch prepares it unless the schema tells cases apart.
 */
export const dnKey = (dn: Dn, schema?: AttributeTypes): string => dn.map((rdn) => rdnKey(rdn, schema)).join(',')

export const isSameDn = (one: Dn, other: Dn, schema?: AttributeTypes): boolean =>
  one.length === other.length && dnKey(one, schema) === dnKey(other, schema)

/** `one`: a child of the base; `sub`: anything below it, the base itself not included. */
export const isWithin = (dn: Dn, base: Dn, scope: 'one' | 'sub', schema?: AttributeTypes): boolean => {
  const above = dn.length - base.length
  return above > 0 && (scope === 'sub' || above === 1) && isSameDn(dn.slice(above), base, schema)
}

/** The deepest DN that all of these are, or are below of; the root when there is none. */
export function commonBase(dns: readonly Dn[], schema?: AttributeTypes): Dn {
  const [first = [], ...rest] = dns
  return rest.reduce((base, dn) => commonOf(base, dn, schema), first)
}

function commonOf(base: Dn, dn: Dn, schema: AttributeTypes | undefined): Dn {
  let common: Dn = base.slice(Math.max(0, base.length - dn.length))
  while (common.length > 0 && !isSameDn(common, dn.slice(dn.length - common.length), schema)) common = parentOf(common)
  return common
}

const rdnKey = (rdn: Rdn, schema: AttributeTypes | undefined): string =>
  rdn
    .map((ava) => rdnText([prepared(ava, schema)]))
    .sort()
    .join('+')

function prepared({ attribute, value }: Ava, schema: AttributeTypes | undefined): Ava {
  const type = schema?.attribute(attribute)
  const name = (type?.names[0] ?? type?.oid ?? attribute).toLowerCase()
  const text = printable(value)
  if (text === undefined) return { attribute: name, value }
  const folds = !/^(?:caseExact|2\.5\.13\.[567]$|1\.3\.6\.1\.4\.1\.1466\.109\.114\.1$)/i.test(type?.equality ?? '')
  return { attribute: name, value: prepare(text, { folds }) }
}
