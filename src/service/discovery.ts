import { BridgeError } from '../base/errors.ts'
import type { Json, JsonObject } from '../base/json.ts'
import type { Catalog, ResourceMapping } from '../mapping/catalog.ts'
import type { PlanLimits } from '../plan/limits.ts'
import { versionOf } from '../plan/version.ts'
import { messages } from '../scim/messages.ts'
import type { Attribute, ResourceType, Schema } from '../scim/schema.ts'
import { discoverySchemas } from '../scim/schemas/discovery.ts'
import type { Application } from './application.ts'
import type { DiscoveryKind } from './bridge.ts'

const core = 'urn:ietf:params:scim:schemas:core:2.0'

/**
 * RFC 7644 section 4: what this application offers, derived from the mapping, so that it cannot claim more than there
 * is. `name` picks one resource type or schema.
 */
export function discovery(
  app: Pick<Application, 'catalog' | 'limits' | 'cursors'>,
  which: DiscoveryKind,
  name: string | undefined,
  baseUrl: string,
): JsonObject {
  const { catalog } = app
  switch (which) {
    case 'ServiceProviderConfig':
      return serviceProviderConfig(app, baseUrl)
    case 'ResourceTypes':
      return pick(
        catalog.types.map(({ type }) => resourceTypeResource(type, baseUrl)),
        which,
        name,
      )
    case 'Schemas':
      // those of discovery itself are found by their URN; Microsoft's tools take every schema in the list for one of users
      // (AzureAD/SCIMReferenceCode, LogicAppValidationTemplate, Schema_Discoverability_Test)
      return pick(
        [...schemasOf(catalog), ...(name === undefined ? [] : discoverySchemas)].map((s) => schemaResource(s, baseUrl)),
        which,
        name,
      )
  }
}

/** All of them as a list, or the one of a name. Throws BridgeError `notFound`. */
export function pick(all: readonly JsonObject[], which: DiscoveryKind, name: string | undefined): JsonObject {
  if (name !== undefined) {
    const found = all.find((item) => String(item['id']).toLowerCase() === name.toLowerCase())
    if (!found) throw new BridgeError('notFound', `There is nothing at /${which}/${name.slice(0, 200)}`)
    return found
  }
  return {
    schemas: [messages.listResponse],
    totalResults: all.length,
    itemsPerPage: all.length,
    startIndex: 1,
    Resources: all,
  }
}

/** How one authenticates to the bridge. */
export const authenticationSchemes = [
  {
    type: 'oauthbearertoken',
    name: 'Bearer token',
    description: 'A bearer token in the Authorization header (RFC 6750)',
    specUri: 'https://www.rfc-editor.org/info/rfc6750',
    primary: true,
  },
] as const satisfies Json

function serviceProviderConfig(
  { catalog, limits, cursors }: Pick<Application, 'catalog' | 'limits' | 'cursors'>,
  baseUrl: string,
): JsonObject {
  const password = catalog.types.some((m) => m.type.schema.attributes.some((a) => a.name === 'password'))
  const versioned = catalog.types.some((m) => m.version.kind !== 'none' && versionable(m))
  return {
    schemas: [`${core}:ServiceProviderConfig`],
    patch: { supported: catalog.types.some((m) => m.allow.has('update') || m.allow.has('members')) },
    bulk: bulkOf(limits),
    filter: { supported: true, maxResults: limits.maxResults },
    changePassword: { supported: password },
    sort: { supported: true },
    etag: { supported: versioned },
    // RFC 9865 section 4
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: Math.min(limits.page, limits.maxResults),
      maxPageSize: limits.maxResults,
      cursorTimeout: Math.floor(cursors.timeout / 1000),
    },
    authenticationSchemes,
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  }
}

/**
 * The limits that hold. authentik sends no more operations in one PATCH than `maxOperations`, whether Bulk is supported or
 * not (its clients/groups.py, _patch_chunked).
 */
const bulkOf = ({ bulkOperations, bulkPayload, operations }: PlanLimits): JsonObject =>
  bulkOperations > 0
    ? { supported: true, maxOperations: bulkOperations, maxPayloadSize: bulkPayload }
    : { supported: false, maxOperations: operations, maxPayloadSize: 0 }

/** Does a record of this type get a version at all? */
const versionable = (mapping: ResourceMapping): boolean =>
  mapping.version.kind === 'slot' ||
  versionOf(mapping, { id: '' as never, fields: {}, rows: {}, links: {} }) !== undefined

export function resourceTypeResource(
  type: Pick<ResourceType, 'name' | 'description' | 'endpoint' | 'schema' | 'extensions'>,
  baseUrl: string,
): JsonObject {
  return {
    schemas: [`${core}:ResourceType`],
    id: type.name,
    name: type.name,
    description: type.description,
    endpoint: type.endpoint,
    schema: type.schema.id,
    schemaExtensions: type.extensions.map((e) => ({ schema: e.schema.id, required: e.required })),
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${encodeURIComponent(type.name)}` },
  }
}

/** Every schema once. Where two types carry different parts of one schema, the first names it and the others add. */
function schemasOf(catalog: Catalog): readonly Schema[] {
  const schemas = new Map<string, Schema>()
  for (const { type } of catalog.types) {
    for (const schema of [withExternalId(type), ...type.extensions.map((e) => e.schema)]) {
      const known = schemas.get(schema.id)
      const more = schema.attributes.filter((a) => !known?.attributes.some((b) => b.name === a.name))
      schemas.set(schema.id, known ? { ...known, attributes: [...known.attributes, ...more] } : schema)
    }
  }
  return [...schemas.values()]
}

/**
 * Of the common attributes, which a schema MAY list (RFC 7643 section 3.1), the one that not every mapping carries: clients
 * that learn from /Schemas what they may map do not find it otherwise (AzureAD/SCIMReferenceCode, LogicAppValidationTemplate,
 * Schema_Discoverability_Test).
 */
const withExternalId = ({ schema, common }: ResourceType): Schema => ({
  ...schema,
  attributes: [...common.filter(({ name }) => name === 'externalId'), ...schema.attributes],
})

export function schemaResource(schema: Schema, baseUrl: string): JsonObject {
  return {
    schemas: [`${core}:Schema`],
    id: schema.id,
    name: schema.name,
    description: schema.description,
    attributes: schema.attributes.map(attributeResource),
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${schema.id}` },
  }
}

/** RFC 7643 section 7: characteristics that say nothing for a type are left out. */
function attributeResource(attribute: Attribute): JsonObject {
  const { type } = attribute
  const textual = type === 'string' || type === 'reference' || type === 'binary'
  const resource: Record<string, Json> = {
    name: attribute.name,
    type,
    multiValued: attribute.multiValued,
    description: attribute.description,
    required: attribute.required,
    mutability: attribute.mutability,
    returned: attribute.returned,
  }
  if (textual) resource['caseExact'] = attribute.caseExact
  if (type !== 'complex' && type !== 'boolean') resource['uniqueness'] = attribute.uniqueness
  if (attribute.canonicalValues.length > 0) resource['canonicalValues'] = attribute.canonicalValues
  if (type === 'reference') resource['referenceTypes'] = attribute.referenceTypes
  if (type === 'complex') resource['subAttributes'] = attribute.subAttributes.map(attributeResource)
  return resource
}
