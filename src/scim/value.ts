import type { Json, JsonObject } from '../base/json.ts'
import { isArray, isObject } from '../base/json.ts'
import type { AttributeRef } from './schema.ts'

/** A member of an object that came from a client: nothing is found through the prototype. */
export const own = (object: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined

/** The value of a top-level attribute in a resource of canonical form. */
export function topLevelValue(resource: JsonObject, ref: AttributeRef): Json | undefined {
  const home = ref.extension === undefined ? resource : own(resource, ref.extension)
  return isObject(home) ? own(home, ref.attribute.name) : undefined
}

/** The value of a single-valued leaf. */
export function leafValue(resource: JsonObject, ref: AttributeRef): Json | undefined {
  const top = topLevelValue(resource, ref)
  return ref.sub === undefined ? top : isObject(top) ? own(top, ref.sub.name) : undefined
}

/** The resource with one top-level attribute set, or taken away when `value` is undefined. */
export function withTopLevel(resource: JsonObject, ref: AttributeRef, value: Json | undefined): JsonObject {
  if (ref.extension === undefined) return withKey(resource, ref.attribute.name, value)
  const home = own(resource, ref.extension)
  const next = withKey(isObject(home) ? home : {}, ref.attribute.name, value)
  return withKey(resource, ref.extension, Object.keys(next).length === 0 ? undefined : next)
}

/** The resource with one single-valued leaf set. */
export function withLeaf(resource: JsonObject, ref: AttributeRef, value: Json): JsonObject {
  if (ref.sub === undefined) return withTopLevel(resource, ref, value)
  const parent = topLevelValue(resource, ref)
  return withTopLevel(resource, ref, { ...(isObject(parent) ? parent : {}), [ref.sub.name]: value })
}

function withKey(object: JsonObject, key: string, value: Json | undefined): JsonObject {
  if (value !== undefined) return { ...object, [key]: value }
  const { [key]: _, ...rest } = object
  return rest
}

/** The elements of a multi-valued value; simple values stand for themselves. */
export const elementsOf = (value: Json | undefined): readonly Json[] =>
  value === undefined || value === null ? [] : isArray(value) ? value : [value]

/** Equal as SCIM values: members in any order, `primary: false` is the same as none (RFC 7643 sections 2.4, 2.5). */
export function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (isArray(a) && isArray(b)) return a.length === b.length && a.every((item, i) => sameValue(item, b[i]))
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)])
    return [...keys].every((key) => sameValue(settled(key, a[key]), settled(key, b[key])))
  }
  return false
}

/** The same text for the values that `sameValue` takes for equal, and for no others: long lists are compared by it. */
export function valueKey(value: Json | undefined): string {
  if (isArray(value)) return `[${value.map(valueKey).join()}]`
  if (!isObject(value)) return JSON.stringify(value) ?? ''
  const members = Object.keys(value)
    .sort()
    .filter((key) => settled(key, value[key]) !== undefined)
  return `{${members.map((key) => `${JSON.stringify(key)}:${valueKey(value[key])}`).join()}}`
}

const settled = (key: string, value: Json | undefined): Json | undefined =>
  key === 'primary' && value === false ? undefined : value
