import type { Json, JsonObject } from '../base/json.ts'
import { isObject } from '../base/json.ts'
import type { AttributeMapping, Catalog, Reference, ResourceMapping } from '../mapping/catalog.ts'
import { decodeRecord } from '../mapping/decode.ts'
import type { NativeRecord } from '../mapping/record.ts'
import { elementsOf, topLevelValue, withTopLevel } from '../scim/value.ts'
import { versionOf } from '../plan/version.ts'

type ReferenceMapping = Extract<AttributeMapping, { kind: 'reference' }>

/** A record as the whole SCIM resource, before any projection. */
export function render(
  catalog: Catalog,
  mapping: ResourceMapping,
  record: NativeRecord,
  baseUrl: string,
  versioned: boolean,
): JsonObject {
  let resource = decodeRecord(mapping, record)
  for (const carrier of mapping.attributes) {
    if (carrier.kind === 'reference') {
      resource = withLocations(catalog, carrier, withEmptyList(carrier, record, resource), baseUrl)
    }
  }
  // of a digest the reading is not all that it costs
  const version = versioned ? versionOf(mapping, record) : undefined
  return {
    schemas: schemasOf(mapping, resource),
    ...resource,
    meta: {
      ...(isObject(resource['meta']) ? resource['meta'] : {}),
      resourceType: mapping.type.name,
      location: locationOf(mapping, record.id, baseUrl),
      ...(version === undefined ? {} : { version }),
    },
  }
}

export const locationOf = (mapping: ResourceMapping, id: string, baseUrl: string): string =>
  `${baseUrl}${mapping.type.endpoint}/${encodeURIComponent(id)}`

/** The base schema, and every extension that the resource has data of (RFC 7643 section 3). */
const schemasOf = (mapping: ResourceMapping, resource: JsonObject): readonly string[] => [
  mapping.type.schema.id,
  ...mapping.type.extensions.map((e) => e.schema.id).filter((urn) => resource[urn] !== undefined),
]

/**
 * A list that is still to be read is empty here, and stands where it will stand. An empty group shows `members: []`:
 * authentik adds nobody to a group that answers without the attribute (goauthentik/authentik,
 * providers/scim/clients/groups.py).
 */
function withEmptyList(carrier: ReferenceMapping, record: NativeRecord, resource: JsonObject): JsonObject {
  const { reference, of } = carrier
  const empty =
    reference.size !== 'one' && reference.place.kind !== 'reverse' && record.links[reference.key]?.length === 0
  return empty || record.streams?.[reference.key] !== undefined ? withTopLevel(resource, of, []) : resource
}

/** Fills `$ref` of references (RFC 7643 section 2.4). */
function withLocations(catalog: Catalog, carrier: ReferenceMapping, resource: JsonObject, baseUrl: string): JsonObject {
  const value = topLevelValue(resource, carrier.of)
  const located = (item: Json): Json => {
    if (!isObject(item) || typeof item['value'] !== 'string') return item
    const target = targetOf(catalog, carrier.reference, item)
    return target ? { ...item, $ref: locationOf(target, item['value'], baseUrl) } : item
  }
  if (value === undefined || !carrier.of.attribute.subAttributes.some((sub) => sub.name === '$ref')) return resource
  const filled = carrier.of.attribute.multiValued ? elementsOf(value).map(located) : located(value)
  return withTopLevel(resource, carrier.of, filled)
}

function targetOf(catalog: Catalog, reference: Reference, item: JsonObject): ResourceMapping | undefined {
  const named = reference.to.length === 1 ? reference.to[0] : item['type']
  return catalog.types.find((m) => m.type.name === named)
}
