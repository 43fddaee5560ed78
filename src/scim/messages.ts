import { BridgeError } from '../base/errors.ts'
import type { ErrorReason } from '../base/errors.ts'
import { isArray, isObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { sameName } from './attribute-named.ts'
import { dialect, understands } from './dialect.ts'
import type { Dialect, ObserveQuirk } from './dialect.ts'
import type { Quirks } from './quirks.ts'
import type { Query } from './request.ts'

/** The message schemas of RFC 7644 sections 3 and 8.2. */
export const messages = {
  listResponse: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  searchRequest: 'urn:ietf:params:scim:api:messages:2.0:SearchRequest',
  patchOp: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  bulkRequest: 'urn:ietf:params:scim:api:messages:2.0:BulkRequest',
  bulkResponse: 'urn:ietf:params:scim:api:messages:2.0:BulkResponse',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
} as const

export type MessageUrn = (typeof messages)[keyof typeof messages]

const syntax = (detail: string): BridgeError => new BridgeError('invalidSyntax', detail)

/**
 * One member of a message. Attribute names of resources are case-insensitive (RFC 7643 section 2.1); the members of
 * messages are written one way in RFC 7644, and other casings are a deviation. A Map of own keys: nothing is inherited.
 */
export function member(message: JsonObject, name: string, spoken: Dialect): Json | undefined {
  if (Object.hasOwn(message, name)) return message[name]
  const other = Object.keys(message).find((key) => sameName(key, name))
  return other !== undefined && understands(spoken, 'capitalisedKeys') ? message[other] : undefined
}

/** RFC 7644 section 3.1: the `schemas` of a message name its URN. Throws BridgeError `invalidSyntax`. */
export function readMessage(body: Json, urn: MessageUrn, spoken: Dialect): JsonObject {
  if (!isObject(body)) throw syntax('The body must be a JSON object')
  const schemas = member(body, 'schemas', spoken)
  if (!isArray(schemas) || !schemas.some((item) => typeof item === 'string' && sameName(item, urn))) {
    throw syntax(`"schemas" must be an array with "${urn}" in it`)
  }
  return body
}

/** The query in a `.search` body (RFC 7644 section 3.4.3). Throws BridgeError `invalidSyntax` or `invalidValue`. */
export function readSearch(body: Json, quirks: Quirks, observeQuirk?: ObserveQuirk): Query {
  const spoken = dialect(quirks, observeQuirk)
  const message = readMessage(body, messages.searchRequest, spoken)
  const get = (name: string): Json | undefined => member(message, name, spoken) ?? undefined
  const attributes = names('attributes', get('attributes'))
  const excludedAttributes = names('excludedAttributes', get('excludedAttributes'))
  const filter = text('filter', get('filter'))
  const sortBy = text('sortBy', get('sortBy'))
  const sortOrder = text('sortOrder', get('sortOrder'))
  const startIndex = whole('startIndex', get('startIndex'))
  const cursor = text('cursor', get('cursor'), 'invalidCursor')
  // RFC 9865 section 2.1
  const count = whole('count', get('count'), cursor === undefined ? 'invalidValue' : 'invalidCount')
  return {
    ...(attributes === undefined ? {} : { attributes }),
    ...(excludedAttributes === undefined ? {} : { excludedAttributes }),
    ...(filter === undefined ? {} : { filter }),
    ...(sortBy === undefined ? {} : { sortBy }),
    ...(sortOrder === undefined ? {} : { sortOrder }),
    ...(startIndex === undefined ? {} : { startIndex }),
    ...(count === undefined ? {} : { count }),
    ...(cursor === undefined ? {} : { cursor }),
  }
}

const invalid = (name: string, expected: string, reason: ErrorReason = 'invalidValue'): BridgeError =>
  new BridgeError(reason, `"${name}" must be ${expected}`)

function text(name: string, value: Json | undefined, reason?: ErrorReason): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw invalid(name, 'a string', reason)
}

function whole(name: string, value: Json | undefined, reason?: ErrorReason): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw invalid(name, 'an integer', reason)
}

function names(name: string, value: Json | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined
  if (isArray(value) && value.every((item) => typeof item === 'string')) return value
  throw invalid(name, 'an array of attribute names')
}
