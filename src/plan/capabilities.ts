import { isBridgeError } from '../base/errors.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import type { Predicate } from '../mapping/predicate.ts'
import { attributesOf } from '../scim/attribute-named.ts'
import type { CompareOp, Literal } from '../scim/filter.ts'
import { resolveFilter } from '../scim/filter-resolve.ts'
import type { Attribute, AttributeRef } from '../scim/schema.ts'
import { attributeRef, leafOf } from '../scim/schema.ts'
import type { Say } from './port.ts'
import { pushdown } from './pushdown.ts'

/**
 * How a filter on one attribute with one operator is answered: `exact` by the backend alone, `superset` by the backend
 * with a recheck in the bridge, `bridge` by looking at records one by one (bounded by scanLimit), `no` not at all.
 */
export type Capability = 'exact' | 'superset' | 'bridge' | 'no'
export type Operator = CompareOp | 'pr'

export const operators: readonly Operator[] = ['eq', 'ne', 'co', 'sw', 'ew', 'pr', 'gt', 'ge', 'lt', 'le']

export interface CapabilityRow {
  readonly attribute: string
  readonly capabilities: Readonly<Record<Operator, Capability>>
}

export function capabilitiesOf(mapping: ResourceMapping, say: (leaf: Predicate) => Say): readonly CapabilityRow[] {
  return leavesOf(mapping).map((ref) => ({
    attribute: ref.name,
    capabilities: Object.fromEntries(operators.map((op) => [op, capability(mapping, ref, op, say)])) as Record<
      Operator,
      Capability
    >,
  }))
}

function capability(
  mapping: ResourceMapping,
  ref: AttributeRef,
  op: Operator,
  say: (leaf: Predicate) => Say,
): Capability {
  const attr = { urn: ref.extension, name: ref.attribute.name, sub: ref.sub?.name }
  try {
    const filter = resolveFilter(
      op === 'pr' ? { kind: 'present', attr } : { kind: 'compare', op, attr, value: sampleOf(leafOf(ref)) },
      mapping.type,
    )
    const { where, residual } = pushdown(filter, mapping, say)
    return residual === undefined ? 'exact' : where.kind === 'true' ? 'bridge' : 'superset'
  } catch (error) {
    if (isBridgeError(error)) return 'no'
    throw error
  }
}

/** Every single attribute and sub-attribute that a filter can name. */
function leavesOf(mapping: ResourceMapping): readonly AttributeRef[] {
  return attributesOf(mapping.type).flatMap(({ extension, attribute }) =>
    attribute.type === 'complex'
      ? attribute.subAttributes.map((sub) => attributeRef(extension, attribute, sub))
      : [attributeRef(extension, attribute)],
  )
}

function sampleOf(attribute: Attribute): Literal {
  switch (attribute.type) {
    case 'boolean':
      return true
    case 'integer':
    case 'decimal':
      return 1
    case 'dateTime':
      return '2026-01-02T03:04:05Z'
    case 'binary':
      return 'AAAA'
    case 'string':
    case 'reference':
    case 'complex':
      return attribute.canonicalValues[0] ?? 'x'
  }
}
