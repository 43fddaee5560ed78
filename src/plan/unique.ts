import type { JsonObject } from '../base/json.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import { comparePredicate } from '../mapping/compare-predicate.ts'
import { leafNamed } from '../mapping/leaf-named.ts'
import type { UniqueCheck } from './plan.ts'
import { leafValue, sameValue } from '../scim/value.ts'

/**
 * The checks a write has to pass: one for each unique leaf whose value is new. Compared by the attribute's own case
 * rule; the record itself does not count, so a change of case only is no conflict.
 */
export function uniqueChecks(
  mapping: ResourceMapping,
  prior: JsonObject | undefined,
  next: JsonObject,
): readonly UniqueCheck[] {
  return mapping.unique.flatMap((ref) => {
    const value = leafValue(next, ref)
    if (typeof value !== 'string' && typeof value !== 'number') return []
    if (prior !== undefined && sameValue(leafValue(prior, ref), value)) return []
    const leaf = leafNamed(mapping, ref.name)
    const where = leaf && comparePredicate(leaf, 'eq', value)
    return where ? [{ attribute: ref.name, where }] : []
  })
}
