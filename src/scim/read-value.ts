import { BridgeError } from '../base/errors.ts'
import { isArray, isObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { attributeNamed } from './attribute-named.ts'
import { understands } from './dialect.ts'
import type { Dialect } from './dialect.ts'
import { isReference } from './element.ts'
import { readScalar } from './read-scalar.ts'
import type { Attribute } from './schema.ts'

const invalid = (detail: string): BridgeError => new BridgeError('invalidValue', detail)

/** What RFC 7643 section 2.5 calls unassigned: null and an empty array; an empty string where the dialect says so. */
export const isEmpty = (value: Json | undefined, dialect: Dialect): boolean =>
  value === undefined ||
  value === null ||
  (isArray(value) && value.length === 0) ||
  (value === '' && understands(dialect, 'emptyMeansAbsent'))

/** A complex value: what it assigns, and the canonical names of the sub-attributes it empties. */
export interface ComplexValue {
  readonly value: JsonObject
  readonly cleared: ReadonlySet<string>
}

/** Keys that differ in case only name one attribute twice; JSON gives them no order to choose by. */
export function refuseTwice(seen: Set<string>, name: string): void {
  if (seen.has(name)) throw new BridgeError('invalidSyntax', `"${name}" is given twice in different case`)
  seen.add(name)
}

/**
 * The sub-attributes of one complex value in canonical casing. Read-only and unknown ones are ignored
 * (RFC 7644 sections 3.3 and 3.5.1); required ones are the caller's to ask for, since a PATCH gives parts only.
 */
export function readComplex(attribute: Attribute, label: string, value: JsonObject, dialect: Dialect): ComplexValue {
  const read: Record<string, Json> = {}
  const cleared = new Set<string>()
  const seen = new Set<string>()
  for (const [key, given] of Object.entries(value)) {
    const sub = attributeNamed(attribute.subAttributes, key)
    if (sub === undefined) continue
    refuseTwice(seen, `${label}.${sub.name}`)
    if (sub.mutability === 'readOnly') continue
    const plain = readValue(sub, `${label}.${sub.name}`, given, dialect)
    if (plain === undefined) cleared.add(sub.name)
    else read[sub.name] = plain
  }
  const { $ref } = read
  if (typeof $ref === 'string' && read['value'] === undefined && !cleared.has('value') && hasValue(attribute))
    read['value'] = idOfLocation(`${label}.$ref`, $ref)
  return { value: read, cleared }
}

const hasValue = ({ subAttributes }: Attribute): boolean => {
  const sub = attributeNamed(subAttributes, 'value')
  return sub !== undefined && sub.mutability !== 'readOnly'
}

/** A location says whom a reference means as well as an id does, be it absolute or not (RFC 7643 sections 2.3.7 and 2.4). */
function idOfLocation(label: string, location: string): string {
  const [path = ''] = location.split(/[?#]/)
  const [id = '', type = ''] = path.split('/').reverse()
  const named = id === '' || type === '' ? undefined : decoded(id)
  if (named === undefined || named.includes('\0')) throw invalid(`"${label}" is no location of a resource`)
  return named
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

export function requireSubs(attribute: Attribute, label: string, value: JsonObject): void {
  for (const sub of attribute.subAttributes) {
    if (sub.required && sub.mutability !== 'readOnly' && value[sub.name] === undefined) {
      throw invalid(`"${label}.${sub.name}" is required`)
    }
  }
}

/** An element says nothing when what it was sent for is empty: `{"type": "work", "value": ""}`. */
const isHollow = ({ value, cleared }: ComplexValue): boolean => {
  const left = Object.keys(value)
  if (left.length === 0) return true
  if (cleared.has('value')) return true
  return cleared.size > 0 && left.every((name) => name === 'type' || name === 'primary' || name === 'display')
}

function readElement(attribute: Attribute, label: string, given: Json, dialect: Dialect): Json | undefined {
  if (isEmpty(given, dialect)) return undefined
  if (attribute.type !== 'complex') return readScalar(attribute, label, given, dialect)
  const object = asObject(attribute, given, dialect)
  if (object === undefined) throw invalid(`"${label}" takes objects, each with sub-attributes`)
  const read = readComplex(attribute, label, object, dialect)
  if (isHollow(read)) return undefined
  requireSubs(attribute, label, read.value)
  // an element that points at a resource is nothing without the id it points at
  if (isReference(attribute) && read.value['value'] === undefined) {
    throw invalid(`"${label}.value" is required`)
  }
  return read.value
}

/** A string stands for `{"value": …}` in the dialects that write a manager or a member so. */
export function asObject(attribute: Attribute, given: Json, dialect: Dialect): JsonObject | undefined {
  if (isObject(given)) return given
  if (typeof given !== 'string' || attributeNamed(attribute.subAttributes, 'value') === undefined) return undefined
  return understands(dialect, attribute.multiValued ? 'bareMemberValue' : 'stringManager')
    ? { value: given }
    : undefined
}

/** All elements of a multi-valued attribute: exact duplicates once, at most one primary (RFC 7643 section 2.4). */
export function readElements(
  attribute: Attribute,
  label: string,
  given: readonly Json[],
  dialect: Dialect,
): readonly Json[] {
  const read: Json[] = []
  const seen = new Set<string>()
  for (const element of given) {
    const plain = readElement(attribute, label, element, dialect)
    if (plain === undefined) continue
    // by text, not pair by pair: a group has thousands of members
    const key = keyOf(attribute, plain)
    if (seen.has(key)) continue
    seen.add(key)
    read.push(plain)
  }
  if (read.filter((element) => isObject(element) && element['primary'] === true).length > 1) {
    throw invalid(`"${label}" has more than one primary element`)
  }
  return read
}

/** Equal elements have equal keys: order and an explicit `primary: false` make no difference. */
function keyOf(attribute: Attribute, element: Json): string {
  if (!isObject(element)) return `${typeof element}:${String(element)}`
  if (isReference(attribute)) return String(element['value'])
  const entries = Object.entries(element).filter(([name, value]) => !(name === 'primary' && value === false))
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A whole value in canonical form; undefined when it assigns nothing. Throws BridgeError `invalidValue`. */
export function readValue(attribute: Attribute, label: string, given: Json, dialect: Dialect): Json | undefined {
  if (isEmpty(given, dialect)) return undefined
  if (attribute.multiValued) {
    const read = readElements(attribute, label, asList(attribute, label, given, dialect), dialect)
    return read.length > 0 ? read : undefined
  }
  const single = unwrap(attribute, given, dialect)
  if (isEmpty(single, dialect)) return undefined
  if (attribute.type !== 'complex') return readScalar(attribute, label, single, dialect)
  const object = asObject(attribute, single, dialect)
  if (object === undefined) throw invalid(`"${label}" takes an object with sub-attributes`)
  const { value, cleared } = readComplex(attribute, label, object, dialect)
  if (Object.keys(value).length === 0 || cleared.has('value')) return undefined
  requireSubs(attribute, label, value)
  return value
}

/** One object or one string instead of an array. */
function asList(attribute: Attribute, label: string, given: Json, dialect: Dialect): readonly Json[] {
  if (isArray(given)) return given
  if (isObject(given) && attribute.type === 'complex') {
    if (Object.keys(given).length === 0) return []
    if (understands(dialect, 'objectForArray')) return [given]
  }
  if (typeof given === 'string' && attribute.type === 'complex' && dialect.quirks.has('bareMemberValue')) return [given]
  throw invalid(`"${label}" is multi-valued and takes an array`)
}

/** One value inside an array: a plain one, perhaps inside `{"value": …}` again, or a reference such as the manager. */
export function unwrap(attribute: Attribute, given: Json, dialect: Dialect): Json {
  if (!isArray(given) || given.length !== 1) return given
  const isComplex = attribute.type === 'complex'
  if (isComplex && attributeNamed(attribute.subAttributes, 'value') === undefined) return given
  if (!understands(dialect, 'scalarInArray')) return given
  const only = given[0] ?? null
  return !isComplex && isObject(only) && only['value'] !== undefined ? only['value'] : only
}
