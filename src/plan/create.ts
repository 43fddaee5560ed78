import type { JsonObject } from '../base/json.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import { onCreateValue } from '../mapping/encode.ts'
import { decisionOf } from './decision.ts'
import { derivedWrites } from './derived.ts'
import { fieldWrites } from './fields.ts'
import type { Uncarried } from './fit.ts'
import { idsIn } from './links.ts'
import type { CreatePlan, LinkDelta, RowsDelta, Want } from './plan.ts'
import { rowsDelta } from './rows.ts'
import { elementsOf, leafValue, topLevelValue, withLeaf } from '../scim/value.ts'

/** `resource` is a body in canonical form, read-only attributes gone. */
export function planCreate(
  mapping: ResourceMapping,
  resource: JsonObject,
  answer: Want,
  uncarried: Uncarried,
): CreatePlan {
  const next = withDefaults(mapping, resource)
  const rows: RowsDelta[] = []
  const links: LinkDelta[] = []
  for (const carrier of mapping.attributes) {
    const value = topLevelValue(next, carrier.of)
    if (value === undefined) continue
    if (carrier.kind === 'rows') {
      const delta = rowsDelta(carrier, [], elementsOf(value))
      if (delta) rows.push(delta)
    }
    if (carrier.kind === 'reference' && carrier.reference.access !== 'readOnly') {
      const add = [...new Set(idsIn(value))]
      if (add.length > 0) links.push({ reference: carrier.reference, only: false, add, remove: [] })
    }
  }
  const carried = fieldWrites(mapping, undefined, next, uncarried)
  const fields = [...carried, ...derivedWrites(mapping, undefined, next, carried)]
  return {
    kind: 'create',
    of: mapping,
    decision: decisionOf(mapping, { prior: undefined, next }, fields, rows, links),
    assign: [...mapping.set.create, ...mapping.set.write],
    answer,
  }
}

/** Fills what the request leaves out with the mapping's defaults (RFC 7644 section 3.3). */
function withDefaults(mapping: ResourceMapping, resource: JsonObject): JsonObject {
  let next = resource
  for (const carrier of mapping.attributes) {
    if (carrier.kind !== 'single') continue
    for (const leaf of carrier.leaves) {
      if (leafValue(next, leaf.ref) !== undefined) continue
      const value = onCreateValue(leaf, next)
      if (value !== undefined) next = withLeaf(next, leaf.ref, value)
    }
  }
  return next
}
