import { isBridgeError } from '../base/errors.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { isArray, isObject } from '../base/json.ts'
import { attributeNamed, baseAttribute, sameName, schemaNamed } from './attribute-named.ts'
import type { BulkOperation } from './bulk.ts'
import type { Dialect } from './dialect.ts'
import { parsePath } from './path-parse.ts'
import { findPath } from './path-resolve.ts'
import type { Attribute, ResourceType } from './schema.ts'

const prefix = 'bulkId:'

/** The bulkId that a text stands for (RFC 7644 section 3.7.2): `bulkId:qwerty`, and nothing around it. */
export const bulkIdIn = (text: string): string | undefined =>
  text.startsWith(prefix) && text.length > prefix.length ? text.slice(prefix.length) : undefined

/** Puts something in the place of a text; `of` is the attribute that it stands in, when that is known. */
export type Swap = (text: string, of: Attribute | undefined) => string

/**
 * The data of an operation with every text of it given to `swap`: values wherever they stand, extensions included, and
 * the literals of value filters in the paths of a PATCH. What the resource type does not have or no client may write is
 * left alone, as it is when it is stored.
 */
export function withTexts({ method, target: { type }, data }: BulkOperation, spoken: Dialect, swap: Swap): Json {
  if (!isObject(data)) return data
  if (method !== 'PATCH') return inResource(data, type, swap)
  return mapped(data, (name, value) =>
    sameName(name, 'Operations') && isArray(value)
      ? value.map((operation) => (isObject(operation) ? inOperation(operation, type, spoken, swap) : operation))
      : value,
  )
}

function inResource(data: JsonObject, type: ResourceType, swap: Swap): JsonObject {
  return mapped(data, (name, value) => {
    const attribute = baseAttribute(type, name)
    if (attribute !== undefined) return inAttribute(value, attribute, swap)
    const place = schemaNamed(type, name)
    if (place === undefined || !isObject(value)) return value
    return mapped(value, (inner, given) => {
      const known = attributeNamed(place.schema.attributes, inner)
      return known === undefined ? given : inAttribute(given, known, swap)
    })
  })
}

const inAttribute = (value: Json, attribute: Attribute, swap: Swap): Json =>
  attribute.mutability === 'readOnly' || attribute.name === 'schemas' ? value : inValue(value, attribute, swap)

function inValue(value: Json, of: Attribute | undefined, swap: Swap): Json {
  if (typeof value === 'string') return swap(value, of)
  if (isArray(value)) return value.map((item) => inValue(item, of, swap))
  return isObject(value) ? mapped(value, (_, inner) => inValue(inner, of, swap)) : value
}

function inOperation(operation: JsonObject, type: ResourceType, spoken: Dialect, swap: Swap): JsonObject {
  const path = Object.entries(operation).find(([name]) => sameName(name, 'path'))?.[1]
  const named = typeof path === 'string' ? attributeAt(path, type, spoken) : undefined
  return mapped(operation, (name, value) => {
    if (sameName(name, 'path') && typeof value === 'string') return inPath(value, named, spoken, swap)
    if (!sameName(name, 'value')) return value
    if (typeof path === 'string' || !isObject(value)) return inValue(value, named, swap)
    // without a path the keys of the value are attributes, schemas or, of some clients, paths
    const swapped = mapped(value, (key, given) => {
      if (schemaNamed(type, key) !== undefined && isObject(given)) {
        return mapped(given, (inner, deeper) => inValue(deeper, attributeAt(`${key}:${inner}`, type, spoken), swap))
      }
      return inValue(given, attributeAt(key, type, spoken), swap)
    })
    const isPath = (key: string): boolean => key.includes('[')
    if (!Object.keys(swapped).some(isPath)) return swapped
    return Object.fromEntries(
      Object.entries(swapped).map(([key, given]) => [
        isPath(key) ? inPath(key, attributeAt(key, type, spoken), spoken, swap) : key,
        given,
      ]),
    )
  })
}

/** A JSON string (RFC 7644 figure 1), to the end where it has none; or a bulkId without quotes, as some clients write. */
const literals = /"(?:[^"\\]|\\[^])*(?:"|\\?$)|( eq +)(bulkId:[^ "()[\]]+)/gi

/** `members[value eq "bulkId:x"]`. Looked at once from the beginning to the end, however long it is. */
const inPath = (path: string, of: Attribute | undefined, { quirks }: Dialect, swap: Swap): string =>
  path.replace(literals, (literal, before: string | undefined, bare: string | undefined) => {
    const text = bare === undefined ? textOf(literal) : quirks.has('bareFilterValue') ? bare : undefined
    return text === undefined ? literal : `${before ?? ''}${JSON.stringify(swap(text, of))}`
  })

function textOf(literal: string): string | undefined {
  try {
    const text: unknown = JSON.parse(literal)
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

/**
 * The top-level attribute that the path of a PATCH begins with; undefined when there is none, which is refused or ignored
 * later. There may be as many paths as a request has room for, so nothing is made of those that are wrong.
 */
export function attributeAt(path: string, type: ResourceType, { quirks }: Dialect): Attribute | undefined {
  try {
    return findPath(parsePath(path, { bareValues: quirks.has('bareFilterValue') }).attr, type)?.attribute
  } catch (error) {
    if (isBridgeError(error)) return undefined
    throw error
  }
}

/** What is left of a new resource without the references that cannot be said yet, and the PATCH that says them. */
export interface Detached {
  readonly data: Json
  readonly later: readonly JsonObject[]
  /** Attributes that nothing is left of. */
  readonly without: readonly Attribute[]
}

/** Takes out of the data of a POST what refers to a bulkId that is `open`: elements of lists, and other values whole. */
export function detached({ target: { type }, data }: BulkOperation, open: (bulkId: string) => boolean): Detached {
  const later: JsonObject[] = []
  const without: Attribute[] = []
  const isOpen = (value: Json): boolean => {
    if (typeof value === 'string') return open(bulkIdIn(value) ?? '')
    return isArray(value) ? value.some(isOpen) : isObject(value) && Object.values(value).some(isOpen)
  }
  const take = (home: JsonObject, path: string, attributes: (name: string) => Attribute | undefined): JsonObject =>
    mapped(home, (name, value) => {
      const attribute = attributes(name)
      if (attribute === undefined || attribute.mutability === 'readOnly' || !isOpen(value)) return value
      const kept = isArray(value) ? value.filter((item) => !isOpen(item)) : []
      later.push({ op: 'add', path: `${path}${name}`, value: isArray(value) ? value.filter(isOpen) : value })
      if (kept.length > 0) return kept
      without.push(attribute)
      return undefined
    })
  if (!isObject(data)) return { data, later, without }
  const rest = take(data, '', (name) => baseAttribute(type, name))
  const whole = mapped(rest, (name, value) => {
    const place = baseAttribute(type, name) === undefined ? schemaNamed(type, name) : undefined
    if (place === undefined || !isObject(value)) return value
    return take(value, `${place.schema.id}:`, (inner) => attributeNamed(place.schema.attributes, inner))
  })
  return { data: whole, later, without }
}

/** The object with other values; undefined leaves one out. `__proto__` stays a name like any other. */
const mapped = (object: JsonObject, value: (name: string, value: Json) => Json | undefined): JsonObject =>
  Object.fromEntries(
    Object.entries(object).flatMap(([name, given]) => {
      const other = value(name, given)
      return other === undefined ? [] : [[name, other] as const]
    }),
  )
