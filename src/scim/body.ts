import { BridgeError } from '../base/errors.ts'
import { isArray, isObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { attributeNamed, attributesOf, baseAttribute, schemaNamed } from './attribute-named.ts'
import type { SchemaPlace } from './attribute-named.ts'
import { dialect, understands } from './dialect.ts'
import type { Dialect, ObserveQuirk } from './dialect.ts'
import { attributeRef } from './schema.ts'
import type { Quirks } from './quirks.ts'
import { readValue, refuseTwice } from './read-value.ts'
import type { Attribute, AttributeRef, ResourceType } from './schema.ts'

/**
 * The body of a POST or PUT. `resource` is in canonical form: schema casing, base attributes at the top, extensions
 * under their URN, values checked and copied, nothing empty, nothing read-only, no `schemas` (it is made when a
 * resource is shown). `cleared` has the canonical names of top-level attributes that were sent as "no value": null, [],
 * {} and the like. An attribute that is in neither was not sent.
 */
export interface ScimBody {
  readonly resource: JsonObject
  readonly cleared: ReadonlySet<string>
}

/** Throws BridgeError `invalidSyntax` or `invalidValue`. */
export function readResource(body: Json, type: ResourceType, quirks: Quirks, observeQuirk?: ObserveQuirk): ScimBody {
  if (!isObject(body)) throw new BridgeError('invalidSyntax', 'The body must be a JSON object')
  const spoken = dialect(quirks, observeQuirk)
  const draft: Draft = { resource: {}, cleared: new Set(), seen: new Set(), type, spoken }
  for (const [key, value] of Object.entries(body)) {
    if (attributeNamed(type.common, key)?.name === 'schemas') {
      refuseTwice(draft.seen, 'schemas')
      checkSchemas(value, type, spoken)
      continue
    }
    const attribute = baseAttribute(type, key)
    if (attribute !== undefined) take(draft, attributeRef(undefined, attribute), value, draft.resource)
    else takeSchema(draft, key, value)
  }
  if (!draft.seen.has('schemas')) checkSchemas(null, type, spoken)
  requireAttributes(draft)
  return { resource: draft.resource, cleared: draft.cleared }
}

interface Draft {
  readonly resource: Record<string, Json>
  readonly cleared: Set<string>
  readonly seen: Set<string>
  readonly type: ResourceType
  readonly spoken: Dialect
}

function take(draft: Draft, ref: AttributeRef, value: Json, into: Record<string, Json>): void {
  refuseTwice(draft.seen, ref.name)
  if (ref.attribute.mutability === 'readOnly') return
  const read = readValue(ref.attribute, ref.name, value, draft.spoken)
  if (read === undefined) draft.cleared.add(ref.name)
  else into[ref.attribute.name] = read
}

/** `{"urn:…:enterprise:2.0:User": {…}}`; a URN that the resource type does not have is ignored and never echoed. */
function takeSchema(draft: Draft, key: string, value: Json): void {
  const place = schemaNamed(draft.type, key)
  if (place === undefined) return
  refuseTwice(draft.seen, place.schema.id)
  const into = place.extension === undefined ? draft.resource : {}
  if (value !== null && !isObject(value)) {
    throw new BridgeError('invalidValue', `"${place.schema.id}" takes an object with the attributes of that schema`)
  }
  const given = Object.entries(value ?? {})
  if (given.length === 0)
    for (const attribute of writable(place)) draft.cleared.add(attributeRef(place.extension, attribute).name)
  for (const [name, inner] of given) {
    const attribute = attributeNamed(place.schema.attributes, name)
    if (attribute !== undefined) take(draft, attributeRef(place.extension, attribute), inner, into)
  }
  if (place.extension !== undefined && Object.keys(into).length > 0) draft.resource[place.schema.id] = into
}

const writable = ({ schema }: SchemaPlace): readonly Attribute[] =>
  schema.attributes.filter(({ mutability }) => mutability !== 'readOnly')

/** RFC 7643 section 3: a list of URNs with the base schema among them. */
function checkSchemas(value: Json, type: ResourceType, spoken: Dialect): void {
  const listed = isArray(value) ? value.filter((item) => typeof item === 'string') : []
  const sound = isArray(value) && listed.length === value.length
  if (sound && listed.some((item) => schemaNamed(type, item)?.extension === undefined && schemaNamed(type, item)))
    return
  if (understands(spoken, 'foreignSchemas')) return
  throw new BridgeError('invalidSyntax', `"schemas" must be an array of URNs with "${type.schema.id}" among them`)
}

/** RFC 7644 section 3.12, table 9: a required value that is missing is `invalidValue`. */
function requireAttributes({ resource, type }: Draft): void {
  for (const { extension, attribute, name } of attributesOf(type)) {
    if (!attribute.required || attribute.mutability === 'readOnly' || attribute.name === 'schemas') continue
    const place = extension === undefined ? resource : resource[extension]
    if (extension !== undefined && place === undefined) continue
    const value = isObject(place) ? place[attribute.name] : undefined
    if (value === undefined || value === '') throw new BridgeError('invalidValue', `"${name}" is required`)
  }
  for (const { schema, required } of type.extensions) {
    if (required && resource[schema.id] === undefined) {
      throw new BridgeError('invalidValue', `"${schema.id}" is a required extension`)
    }
  }
}
