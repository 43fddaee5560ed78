import { never } from '../../../base/errors.ts'
import type { LdapFilter } from '../filter.ts'
import { octets, sequence, tlv } from './ber.ts'

/** A filter as it is sent (RFC 4511 section 4.5.1.7): values stay the bytes they are, nothing is ever escaped. */
export function encodeFilter(filter: LdapFilter): Buffer {
  switch (filter.kind) {
    case 'and':
      return tlv(0xa0, ...filter.of.map(encodeFilter))
    case 'or':
      return tlv(0xa1, ...filter.of.map(encodeFilter))
    case 'not':
      return tlv(0xa2, encodeFilter(filter.of))
    case 'equalityMatch':
      return tlv(0xa3, octets(filter.attribute), octets(filter.value))
    case 'substrings':
      return substrings(filter)
    case 'greaterOrEqual':
      return tlv(0xa5, octets(filter.attribute), octets(filter.value))
    case 'lessOrEqual':
      return tlv(0xa6, octets(filter.attribute), octets(filter.value))
    case 'present':
      return octets(filter.attribute, 0x87)
    case 'extensibleMatch':
      return tlv(0xa9, octets(filter.rule, 0x81), octets(filter.attribute, 0x82), octets(filter.value, 0x83))
    default:
      return never(filter)
  }
}

/** At least one part has to be there; `(cn=*)` without any is what the text of it means: presence. */
function substrings(filter: LdapFilter & { readonly kind: 'substrings' }): Buffer {
  const { attribute, initial, any, final } = filter
  const parts = [
    ...(initial === undefined ? [] : [octets(initial, 0x80)]),
    ...any.map((part) => octets(part, 0x81)),
    ...(final === undefined ? [] : [octets(final, 0x82)]),
  ]
  return parts.length === 0 ? octets(attribute, 0x87) : tlv(0xa4, octets(attribute), sequence(...parts))
}
