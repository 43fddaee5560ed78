import { isAtOrBelow } from '../../mapping/dn/containers.ts'
import type { SlotTest } from '../../mapping/predicate.ts'
import type { LdapFilter } from './filter.ts'
import { allOf, anyOf, not, nothing } from './filter.ts'
import type { Abilities } from './schema.ts'
import type { Said } from './slot-test.ts'

/** Strictly below a name: a rule that OpenLDAP has and tells nobody of. */
export const below = (dn: string): LdapFilter => ({
  kind: 'extensibleMatch',
  attribute: 'entryDN',
  rule: 'dnSubordinateMatch',
  value: dn,
})

/**
 * Where entries lie, as a filter: below a container, and below none of those listed within it. Only a server with a rule
 * for that can be asked (slapd looks the whole subtree up in its index of names); for any other the bridge looks itself.
 */
export function containerTest({ subordinateRule }: Abilities, dns: readonly string[], test: SlotTest): Said {
  if (!subordinateRule) return { say: 'no', filter: nothing }
  const isIn = (dn: string): LdapFilter => {
    const within = dns.filter((other) => isAtOrBelow(other, dn) && !isAtOrBelow(dn, other))
    return allOf([below(dn), ...within.map((other) => not(below(other)))])
  }
  switch (test.op) {
    case 'absent':
      return { say: 'exact', filter: not(anyOf(dns.map(below))) }
    case 'in':
      return { say: 'exact', filter: anyOf(dns.filter((dn) => test.values.includes(dn)).map(isIn)) }
    default:
      return { say: 'no', filter: nothing }
  }
}
