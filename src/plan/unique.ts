import type { JsonObject } from '../base/json.ts'
import type { Leaf, ResourceMapping } from '../mapping/catalog.ts'
import { comparePredicate } from '../mapping/compare-predicate.ts'
import type { AttributeRef } from '../scim/schema.ts'
import type { UniqueCheck } from './plan.ts'
import { leafValue, sameValue } from '../scim/value.ts'
import { topLevelName } from './want.ts'

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
    const leaf = leafFor(mapping, ref)
    const where = leaf && comparePredicate(leaf, 'eq', value)
    return where ? [{ attribute: ref.name, where }] : []
  })
}

/** The leaf that carries a single-valued attribute. */
export function leafFor(mapping: ResourceMapping, ref: AttributeRef): Leaf | undefined {
  const carrier = mapping.attributes.find((m) => topLevelName(m.of) === topLevelName(ref))
  return carrier?.kind === 'single' ? carrier.leaves.find((l) => l.ref.sub?.name === ref.sub?.name) : undefined
}
