import type { ScimId } from '../base/brand.ts'
import { BridgeError } from '../base/errors.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { isObject } from '../base/json.ts'
import type { PageKey } from '../mapping/record.ts'
import { compareCodePoints } from '../scim/compare.ts'
import { elementsOf, topLevelValue } from '../scim/value.ts'
import { compareValues } from '../scim/filter-eval.ts'
import { isHidden } from '../scim/filter-resolve.ts'
import { ownersOf } from '../scim/filter-among.ts'
import { printPath } from '../scim/path-print.ts'
import { everyName, findPath, resolvePath, unknown } from '../scim/path-resolve.ts'
import { attributeRef } from '../scim/schema.ts'
import type { AttributePath } from '../scim/path.ts'
import type { Attribute, AttributeRef, ResourceType } from '../scim/schema.ts'
import { leafOf } from '../scim/schema.ts'

/** `sortBy` (RFC 7644 section 3.4.2.3); a multi-valued complex attribute stands for its `value`. */
export function resolveSort(path: AttributePath, type: ResourceType): AttributeRef {
  const ref = resolvePath(path, type, 'invalidValue')
  if (isHidden(ref)) throw new BridgeError('cannotSort', `${ref.name} cannot be sorted by`)
  if (ref.sub !== undefined || ref.attribute.type !== 'complex') return ref
  const value = ref.attribute.multiValued
    ? ref.attribute.subAttributes.find((sub) => sub.name === 'value' && sub.type !== 'complex')
    : undefined
  if (!value) throw new BridgeError('invalidValue', needsSub(ref))
  const leaf = attributeRef(ref.extension, ref.attribute, value)
  if (isHidden(leaf)) throw new BridgeError('cannotSort', `${leaf.name} cannot be sorted by`)
  return leaf
}

function needsSub({ name, attribute }: AttributeRef): string {
  const first = attribute.subAttributes[0]
  return `sortBy names the complex attribute ${name}; name a sub-attribute${first ? `, such as ${name}.${first.name}` : ''}`
}

/**
 * What each of the types `asked` is sorted by, of all `types` there are. A type that does not have the attribute has no
 * value of it (RFC 7644 section 3.4.2.1); where two mean different kinds of values by it there is no order between them.
 */
export function sortAmong(
  path: AttributePath,
  types: readonly ResourceType[],
  asked: readonly ResourceType[],
): ReadonlyMap<ResourceType, AttributeRef> {
  const text = printPath(path)
  if (!types.some((type) => findPath(path, type))) {
    throw unknown('invalidValue', text, ownersOf(types), types.flatMap(everyName))
  }
  const having = asked.filter((type) => findPath(path, type))
  const sorts = new Map(having.map((type) => [type, resolveSort(path, type)] as const))
  const kinds = new Set([...sorts.values()].map((ref) => `${leafOf(ref).type} ${leafOf(ref).caseExact}`))
  if (kinds.size < 2) return sorts
  throw new BridgeError('invalidValue', `sortBy: "${text}" is not compared in one way in ${ownersOf(having)}`)
}

/** Where a resource stands in an order that the bridge makes: by the value that a client sees, ties by id. */
export function placeBy(by: AttributeRef, resource: JsonObject, id: ScimId): PageKey {
  const value = sortValue(resource, by)
  return { sort: value === undefined || typeof value === 'object' ? null : value, key: [id] }
}

/** Missing values come last, descending first (RFC 7644 section 3.4.2.3); ties in the same direction whatever the order. */
export const comparePlaces = (by: AttributeRef, descending: boolean, a: PageKey, b: PageKey): number =>
  valueOrder(leafOf(by), descending)(a.sort as Json, b.sort as Json) ||
  compareCodePoints(String(a.key[0]), String(b.key[0]))

/** Missing values come last, descending first. */
export const valueOrder =
  (attribute: Attribute, descending: boolean) =>
  (a: Json | undefined, b: Json | undefined): number => {
    const order = compareValues(attribute, a, b)
    return descending ? -order : order
  }

/** Of a multi-valued attribute the primary element's value, else the first one's. */
export function sortValue(resource: JsonObject, by: AttributeRef): Json | undefined {
  const elements = elementsOf(topLevelValue(resource, by))
  const element = elements.find((e) => isObject(e) && e['primary'] === true) ?? elements[0]
  return by.sub === undefined ? element : isObject(element) ? element[by.sub.name] : undefined
}
