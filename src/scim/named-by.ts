import { isObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { attributeNamed } from './attribute-named.ts'
import { fold } from './compare.ts'
import { isReference } from './element.ts'
import type { Attribute } from './schema.ts'
import { valueKey } from './value.ts'

/**
 * Whether a value list that comes with a `remove` names an element: by its `value` and, when given, its `type`; an
 * element without `value` by every sub-attribute given. What a client believes about `display` or `$ref` is no matter.
 * Both lists may be long, so the victims are looked up and not gone through.
 */
export function namedBy(attribute: Attribute, victims: readonly Json[]): (element: Json) => boolean {
  const simple = new Set<string>()
  const complex = new Map<string, { readonly names: readonly string[]; readonly keys: Set<string> }>()
  for (const victim of victims) {
    if (!isObject(victim)) {
      simple.add(textKey(attribute, victim))
      continue
    }
    const names = namesOf(attribute, victim)
    if (names.length === 0) continue
    const shape = JSON.stringify(names)
    const group = complex.get(shape) ?? { names, keys: new Set() }
    group.keys.add(keyOf(attribute, victim, names))
    complex.set(shape, group)
  }
  return (element) =>
    isObject(element)
      ? [...complex.values()].some(({ names, keys }) => keys.has(keyOf(attribute, element, names)))
      : simple.has(textKey(attribute, element))
}

function namesOf(attribute: Attribute, victim: JsonObject): readonly string[] {
  if (victim['value'] !== undefined) {
    return isReference(attribute) || victim['type'] === undefined ? ['value'] : ['value', 'type']
  }
  return Object.keys(victim)
    .filter((name) => name !== '$ref' && name !== 'display')
    .sort()
}

const keyOf = (attribute: Attribute, element: JsonObject, names: readonly string[]): string =>
  names.map((name) => textKey(attributeNamed(attribute.subAttributes, name), element[name])).join()

const textKey = (attribute: Attribute | undefined, value: Json | undefined): string =>
  valueKey(typeof value === 'string' && attribute?.caseExact !== true ? fold(value) : value)
