import type { Ava, Dn, Rdn } from './dn.ts'
import { parentOf, rdnText } from './dn.ts'
import { printable } from './escape.ts'
import { prepare } from './prepare.ts'
import type { Schema } from './schema.ts'

/**
 * The same text for every spelling of a DN (RFC 4517 section 4.2.15): attribute types by their first name, the values
 * of an RDN in one order, and each value as caseIgnoreMatch prepares it unless the schema tells cases apart.
 */
export const dnKey = (dn: Dn, schema?: Schema): string => dn.map((rdn) => rdnKey(rdn, schema)).join(',')

export const isSameDn = (one: Dn, other: Dn, schema?: Schema): boolean =>
  one.length === other.length && dnKey(one, schema) === dnKey(other, schema)

/** `one`: a child of the base; `sub`: anything below it, the base itself not included. */
export const isWithin = (dn: Dn, base: Dn, scope: 'one' | 'sub', schema?: Schema): boolean => {
  const above = dn.length - base.length
  return above > 0 && (scope === 'sub' || above === 1) && isSameDn(dn.slice(above), base, schema)
}

/** The deepest DN that all of these are, or are below of; the root when there is none. */
export function commonBase(dns: readonly Dn[], schema?: Schema): Dn {
  const [first = [], ...rest] = dns
  return rest.reduce((base, dn) => commonOf(base, dn, schema), first)
}

function commonOf(base: Dn, dn: Dn, schema: Schema | undefined): Dn {
  let common: Dn = base.slice(Math.max(0, base.length - dn.length))
  while (common.length > 0 && !isSameDn(common, dn.slice(dn.length - common.length), schema)) common = parentOf(common)
  return common
}

const rdnKey = (rdn: Rdn, schema: Schema | undefined): string =>
  rdn
    .map((ava) => rdnText([prepared(ava, schema)]))
    .sort()
    .join('+')

function prepared({ attribute, value }: Ava, schema: Schema | undefined): Ava {
  const type = schema?.attribute(attribute)
  const name = (type?.names[0] ?? type?.oid ?? attribute).toLowerCase()
  const text = printable(value)
  if (text === undefined) return { attribute: name, value }
  const folds = !/^(?:caseExact|2\.5\.13\.[567]$|1\.3\.6\.1\.4\.1\.1466\.109\.114\.1$)/i.test(type?.equality ?? '')
  return { attribute: name, value: prepare(text, { folds }) }
}
