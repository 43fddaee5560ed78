import { never } from '../base/errors.ts'
import type { AttributeMapping, Leaf, ResourceMapping } from '../mapping/catalog.ts'
import { comparePredicate, presentPredicate } from '../mapping/compare-predicate.ts'
import type { Predicate } from '../mapping/predicate.ts'
import type { Json } from '../base/json.ts'
import type { Filter, ScimFilter } from '../scim/filter.ts'
import { evaluate, matchesElement } from '../scim/filter-eval.ts'
import type { AttributeRef } from '../scim/schema.ts'
import { scimId } from '../base/brand.ts'
import type { Bounds } from './bounds.ts'
import { boundsOf, conjunction, every, exactly, inverse, some, unknown } from './bounds.ts'
import type { Say } from './port.ts'

type Sayer = (leaf: Predicate) => Say
type Compare = Extract<ScimFilter, { kind: 'compare' }>

export interface Pushdown {
  /** What the store selects: every record that satisfies the filter is among them. */
  readonly where: Predicate
  /** The conjuncts that `where` does not decide; undefined when it decides everything. */
  readonly residual: ScimFilter | undefined
}

/** Splits a filter into what the store selects and what the bridge has to evaluate on the records selected. */
export function pushdown(filter: ScimFilter, mapping: ResourceMapping, say: Sayer): Pushdown {
  const conjuncts = filter.kind === 'and' ? filter.of : [filter]
  const bounded = conjuncts.map((of) => ({ of, bounds: boundsOfFilter(of, mapping, say) }))
  const rest = bounded.filter((c) => !c.bounds.exact).map((c) => c.of)
  return {
    where: conjunction(bounded.map((c) => c.bounds.upper)),
    residual: rest.length === 0 ? undefined : rest.length === 1 ? rest[0] : { kind: 'and', of: rest },
  }
}

function boundsOfFilter(filter: ScimFilter, mapping: ResourceMapping, say: Sayer): Bounds {
  switch (filter.kind) {
    case 'true':
    case 'false':
      return exactly(filter)
    case 'and':
      return every(filter.of.map((f) => boundsOfFilter(f, mapping, say)))
    case 'or':
      return some(filter.of.map((f) => boundsOfFilter(f, mapping, say)))
    case 'not':
      return inverse(boundsOfFilter(filter.of, mapping, say))
    case 'present':
    case 'compare':
    case 'some':
      return leafBounds(filter, mapping, say)
    default:
      return never(filter)
  }
}

type LeafFilter = Extract<ScimFilter, { kind: 'present' | 'compare' | 'some' }>

function leafBounds(filter: LeafFilter, mapping: ResourceMapping, say: Sayer): Bounds {
  const implied = impliedBounds(filter, mapping, say)
  if (implied) return implied
  const carrier = mapping.attributes.find((m) => sameAttribute(m.of, filter.attr))
  if (!carrier) return unknown
  switch (carrier.kind) {
    case 'single':
      return elementBounds(carrier.leaves, {}, whereOf(filter), say, false)
    case 'elements':
      return some(carrier.elements.map((e) => elementBounds(e.leaves, e.fixed, whereOf(filter), say, true)))
    case 'rows': {
      // decoding keeps one primary element only, so a row flag says less than the answer shows
      const inner = elementBounds(carrier.leaves, {}, whereOf(filter), () => 'exact', true)
      if (!inner.exact && inner.upper.kind === 'true') return unknown
      const row = boundsOf({ kind: 'row', rows: carrier.rows, where: inner.upper }, say)
      return inner.exact ? row : { upper: row.upper, lower: { kind: 'false' }, exact: false }
    }
    case 'reference':
      return referenceBounds(filter, carrier, say)
    default:
      return never(carrier)
  }
}

const sameAttribute = (a: AttributeRef, b: AttributeRef): boolean =>
  a.extension === b.extension && a.attribute.name === b.attribute.name

/** Attributes that no slot carries: `id`, `schemas`, `meta.resourceType`. */
function impliedBounds(filter: LeafFilter, mapping: ResourceMapping, say: Sayer): Bounds | undefined {
  const { attr } = filter
  if (attr.extension !== undefined) return undefined
  switch (attr.attribute.name) {
    case 'id':
      if (filter.kind === 'present') return exactly({ kind: 'true' })
      if (filter.kind === 'compare' && filter.op === 'eq') {
        return boundsOf({ kind: 'id', ids: [scimId(String(filter.value))] }, say)
      }
      return unknown
    case 'schemas':
      return schemasBounds(filter, mapping, say)
    case 'meta':
      return metaBounds(filter, mapping)
    default:
      return undefined
  }
}

/** `meta` always has a resource type and a location; times are carried like any other attribute. */
function metaBounds(filter: LeafFilter, mapping: ResourceMapping): Bounds | undefined {
  switch (filter.attr.sub?.name) {
    case undefined:
      return filter.kind === 'present' ? exactly({ kind: 'true' }) : undefined
    case 'resourceType':
      return exactly({ kind: evaluate(filter, { meta: { resourceType: mapping.type.name } }) ? 'true' : 'false' })
    case 'location':
    case 'version':
      return unknown
    default:
      return undefined
  }
}

/** An extension's URN is in `schemas` when any attribute of it has a value (RFC 7643 section 3.3). */
function schemasBounds(filter: LeafFilter, mapping: ResourceMapping, say: Sayer): Bounds {
  if (filter.kind !== 'compare') return filter.kind === 'present' ? exactly({ kind: 'true' }) : unknown
  const says = (urn: string): boolean => evaluate(filter, { schemas: [urn] })
  if (says(mapping.type.schema.id)) return exactly({ kind: 'true' })
  const named = mapping.type.extensions.filter((e) => says(e.schema.id)).map((e) => e.schema.id)
  const carriers = mapping.attributes.filter((m) => m.of.extension !== undefined && named.includes(m.of.extension))
  return some(carriers.map((m) => leafBounds({ kind: 'present', attr: m.of }, mapping, say)))
}

/** Every leaf filter as a condition on one element: what `attr[where]` asks. `true` stands for mere presence. */
function whereOf(filter: LeafFilter): ScimFilter {
  if (filter.kind === 'some') return filter.where
  // `emails pr` asks for an element with anything in it, `emails.value pr` for one with a value
  return filter.kind === 'present' && filter.attr.sub === undefined ? { kind: 'true' } : filter
}

/**
 * A condition on one element whose leaves lie in slots and whose constants are `fixed`. An element exists only when
 * one of its slots has a value.
 */
function elementBounds(
  leaves: readonly Leaf[],
  fixed: Readonly<Record<string, Json>>,
  where: ScimFilter,
  say: Sayer,
  multiValued: boolean,
): Bounds {
  const slots = leaves.filter((leaf) => leaf.carrier.kind !== 'constant')
  // a constant makes a simple attribute, but an element of nothing but constants is none
  const constant = leaves.some((leaf) => leaf.carrier.kind === 'constant' && leaf.ref.sub === undefined)
  const exists = constant ? exactly({ kind: 'true' }) : some(slots.map((leaf) => carried(presentPredicate(leaf), say)))
  const inner = (filter: ScimFilter): Bounds => {
    switch (filter.kind) {
      case 'true':
      case 'false':
        return exactly(filter)
      case 'and':
        return every(filter.of.map(inner))
      case 'or':
        return some(filter.of.map(inner))
      case 'not':
        return inverse(inner(filter.of))
      case 'some':
        return unknown
      case 'present':
      case 'compare':
        return conditionBounds(leaves, fixed, filter, say, multiValued)
      default:
        return never(filter)
    }
  }
  const condition = inner(where)
  if (leaves.some(holdsMany) && !simple(where)) {
    // a test of a many-valued slot asks for any value: two tests need not meet in the same one
    return {
      upper: conjunction([exists.upper, monotone(where) ? condition.upper : { kind: 'true' }]),
      lower: { kind: 'false' },
      exact: false,
    }
  }
  // a positive comparison of a slot already implies that the element exists
  return impliesExistence(where, leaves) ? condition : every([exists, condition])
}

const holdsMany = (leaf: Leaf): boolean => leaf.carrier.kind === 'slot' && leaf.carrier.slot.many
const simple = (where: ScimFilter): boolean =>
  where.kind === 'true' || where.kind === 'present' || where.kind === 'compare'
const monotone = (where: ScimFilter): boolean =>
  where.kind === 'and' || where.kind === 'or' ? where.of.every(monotone) : where.kind !== 'not' && where.kind !== 'some'

function impliesExistence(where: ScimFilter, leaves: readonly Leaf[]): boolean {
  switch (where.kind) {
    case 'false':
      return true
    case 'and':
      return where.of.some((f) => impliesExistence(f, leaves))
    case 'or':
      return where.of.every((f) => impliesExistence(f, leaves))
    case 'present':
    case 'compare':
      return leaves.some((leaf) => leaf.carrier.kind !== 'constant' && sameLeaf(leaf.ref, where.attr))
    case 'true':
    case 'not':
    case 'some':
      return false
    default:
      return never(where)
  }
}

const sameLeaf = (a: AttributeRef, b: AttributeRef): boolean => a.sub?.name === b.sub?.name

function conditionBounds(
  leaves: readonly Leaf[],
  fixed: Readonly<Record<string, Json>>,
  filter: Compare | Extract<ScimFilter, { kind: 'present' }>,
  say: Sayer,
  multiValued: boolean,
): Bounds {
  const name = filter.attr.sub?.name
  const leaf = leaves.find((l) => sameLeaf(l.ref, filter.attr))
  const constant = leaf?.carrier.kind === 'constant' ? leaf.carrier.value : name === undefined ? undefined : fixed[name]
  // a clash of several primary elements is settled while decoding
  if (multiValued && name === 'primary') {
    const flagged = filter.kind === 'present' || filter.value === true
    if (!flagged || constant === false || (constant === undefined && !leaf)) return unknown
    if (constant === true) return { upper: { kind: 'true' }, lower: { kind: 'false' }, exact: false }
    const said = leaf ? leafTest(leaf, filter, say) : unknown
    return { ...said, lower: { kind: 'false' }, exact: false }
  }
  if (constant !== undefined && name !== undefined) {
    return exactly({ kind: matchesElement(filter, { [name]: constant }) ? 'true' : 'false' })
  }
  return leaf ? leafTest(leaf, filter, say) : exactly({ kind: 'false' })
}

function leafTest(leaf: Leaf, filter: Compare | Extract<ScimFilter, { kind: 'present' }>, say: Sayer): Bounds {
  if (filter.kind === 'present') return carried(presentPredicate(leaf), say)
  return filter.value === null || filter.op === 'ne'
    ? unknown
    : carried(comparePredicate(leaf, filter.op, filter.value), say)
}

const carried = (predicate: Predicate | undefined, say: Sayer): Bounds =>
  predicate === undefined ? unknown : boundsOf(predicate, say)

function referenceBounds(
  filter: LeafFilter,
  carrier: Extract<AttributeMapping, { kind: 'reference' }>,
  say: Sayer,
): Bounds {
  const { reference } = carrier
  const test = (where: Filter<AttributeRef>): Bounds => {
    if (where.kind === 'true') return boundsOf({ kind: 'link', reference, to: 'any' }, say)
    if (where.kind === 'or') return some(where.of.map(test))
    if (where.kind === 'present' && (where.attr.sub === undefined || where.attr.sub.name === 'value')) {
      return boundsOf({ kind: 'link', reference, to: 'any' }, say)
    }
    if (where.kind === 'compare' && where.op === 'eq' && where.attr.sub?.name === 'value') {
      return boundsOf({ kind: 'link', reference, to: [scimId(String(where.value))] }, say)
    }
    return unknown
  }
  return test(whereOf(filter))
}
