import { isObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { attributeNamed } from './attribute-named.ts'
import { sameJson } from './element.ts'
import type { PatchOperation } from './patch.ts'
import type { Attribute } from './schema.ts'

/**
 * A single-valued complex attribute: what is given is set, the rest stays, for `replace` as for `add` (RFC 7644
 * sections 3.5.2.1 and 3.5.2.3: sub-attributes that are not specified are left unchanged).
 */
export function changeComplex(held: JsonObject, { target, value }: PatchOperation): JsonObject | undefined {
  const { attribute, sub } = target
  if (sub !== undefined) return withPart(attribute, held, sub.name, value)
  return isObject(value) ? merge(attribute, held, value) : undefined
}

/** What the server says about the resource that a value points at, and goes stale with it. */
const isDerived = (attribute: Attribute, name: string): boolean =>
  name === '$ref' || attributeNamed(attribute.subAttributes, name)?.mutability === 'readOnly'

export function merge(attribute: Attribute, held: JsonObject, given: JsonObject): JsonObject {
  const moved = held['value'] !== undefined && given['value'] !== undefined && !sameJson(held['value'], given['value'])
  const kept = moved ? Object.entries(held).filter(([name]) => !isDerived(attribute, name)) : Object.entries(held)
  return Object.fromEntries([...kept.filter(([name]) => !Object.hasOwn(given, name)), ...Object.entries(given)])
}

/** One sub-attribute set or, with undefined, cleared; undefined when nothing of substance is left. */
export function withPart(
  attribute: Attribute,
  held: JsonObject,
  name: string,
  value: Json | undefined,
): JsonObject | undefined {
  if (value !== undefined) return merge(attribute, held, { [name]: value })
  if (!Object.hasOwn(held, name)) return Object.keys(held).length === 0 ? undefined : held
  const left = Object.entries(held).filter(([key]) => key !== name)
  // an element whose value went says nothing: "work" is the type of no address
  if (name === 'value' && (attribute.multiValued || left.every(([key]) => isDerived(attribute, key)))) return undefined
  const substance = left.filter(([key]) => !isDerived(attribute, key) && (!attribute.multiValued || !isLabel(key)))
  return substance.length === 0 ? undefined : Object.fromEntries(left)
}

const isLabel = (name: string): boolean => name === 'type' || name === 'primary' || name === 'display'
