import { isObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { attributeNamed } from './attribute-named.ts'
import type { Filter } from './filter.ts'
import type { Attribute, AttributeRef } from './schema.ts'

/** Equal as JSON, whatever the order of keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => sameJson(x, b[i] as Json))
  if (!isObject(a) || !isObject(b)) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]))
  )
}

/** An element that points at a resource: what else it says comes from there (RFC 7643 section 4.2). */
export const isReference = (attribute: Attribute): boolean =>
  attributeNamed(attribute.subAttributes, 'value')?.mutability === 'immutable'

const withoutFalsePrimary = (element: JsonObject): JsonObject =>
  element['primary'] === false
    ? Object.fromEntries(Object.entries(element).filter(([name]) => name !== 'primary'))
    : element

/** Whether a list already holds an element; `primary: false` is as good as none (RFC 7643 section 2.4). */
export function sameElement(attribute: Attribute, a: Json, b: Json): boolean {
  if (!isObject(a) || !isObject(b)) return a === b
  if (a['value'] !== b['value'] && typeof a['value'] === 'string') return false
  if (isReference(attribute)) return a['value'] === b['value']
  return sameJson(withoutFalsePrimary(a), withoutFalsePrimary(b))
}

/**
 * The element that a value filter describes, when it does so by equality alone: `[type eq "work" and primary eq true]`
 * is `{ type: 'work', primary: true }`. undefined when the filter leaves a choice.
 */
export function elementOf(where: Filter<AttributeRef>): JsonObject | undefined {
  if (where.kind === 'compare' && where.op === 'eq' && where.attr.sub !== undefined) {
    return { [where.attr.sub.name]: where.value }
  }
  if (where.kind !== 'and') return undefined
  const element: Record<string, Json> = {}
  for (const part of where.of) {
    const facts = elementOf(part)
    if (facts === undefined) return undefined
    for (const [name, value] of Object.entries(facts)) {
      if (element[name] !== undefined && !sameJson(element[name], value)) return undefined
      element[name] = value
    }
  }
  return element
}
