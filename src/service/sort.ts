import { BridgeError } from '../base/errors.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { isObject } from '../base/json.ts'
import { elementsOf, topLevelValue } from '../scim/value.ts'
import { compareValues } from '../scim/filter-eval.ts'
import { isHidden } from '../scim/filter-resolve.ts'
import { resolvePath } from '../scim/path-resolve.ts'
import { attributeRef } from '../scim/schema.ts'
import type { AttributePath } from '../scim/path.ts'
import type { AttributeRef, ResourceType } from '../scim/schema.ts'
import { leafOf } from '../scim/schema.ts'

/** `sortBy` (RFC 7644 section 3.4.2.3); a multi-valued complex attribute stands for its `value`. */
export function resolveSort(path: AttributePath, type: ResourceType): AttributeRef {
  const ref = resolvePath(path, type, 'invalidValue')
  if (isHidden(ref)) throw new BridgeError('cannotSort', `${ref.name} cannot be sorted by`)
  if (ref.sub !== undefined || ref.attribute.type !== 'complex') return ref
  const value = ref.attribute.subAttributes.find((sub) => sub.name === 'value')
  if (!value)
    throw new BridgeError('invalidValue', `sortBy names the complex attribute ${ref.name}; name a sub-attribute`)
  return attributeRef(ref.extension, ref.attribute, value)
}

/** Missing values come last, descending first; equal keys keep the order of the store, which is by id. */
export function comparison(by: AttributeRef, descending: boolean): (a: JsonObject, b: JsonObject) => number {
  const attribute = leafOf(by)
  return (a, b) => {
    const x = sortValue(a, by)
    const y = sortValue(b, by)
    const order =
      x === undefined || y === undefined
        ? Number(x === undefined) - Number(y === undefined)
        : compareValues(attribute, x, y)
    return descending ? -order : order
  }
}

/** Of a multi-valued attribute the primary element's value, else the first one's. */
function sortValue(resource: JsonObject, by: AttributeRef): Json | undefined {
  const elements = elementsOf(topLevelValue(resource, by))
  const element = elements.find((e) => isObject(e) && e['primary'] === true) ?? elements[0]
  return by.sub === undefined ? element : isObject(element) ? element[by.sub.name] : undefined
}
