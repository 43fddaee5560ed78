import { isArray, isObject } from '../../base/json.ts'
import type { JsonObject } from '../../base/json.ts'
import type { Observe } from '../../base/observation.ts'
import type { UpstreamType } from '../../mapping/upstream.ts'
import { resourceTypeResource, schemaResource } from '../../service/discovery.ts'
import type { Forwarder } from './forward.ts'
import { askJson, learner, resourcesOf } from './learn.ts'
import { notScim } from './read-answer.ts'

/** What `/ResourceTypes` and `/Schemas` say of a type that another service serves. */
export interface Described {
  readonly resourceType: JsonObject
  readonly schemas: readonly JsonObject[]
}

/** Undefined as long as nobody knows: then nothing is claimed. */
export type Describe = (baseUrl: string) => Promise<Described | undefined>

/** As the mapping file declares it, or else as the service itself describes it. */
export function describeType(type: UpstreamType, forwarder: Forwarder, observe: Observe, about: string): Describe {
  const { declared, name, endpoint } = type
  if (declared !== undefined) {
    const { schema, extensions } = declared
    const description = type.description ?? schema.description
    return (baseUrl) =>
      Promise.resolve({
        resourceType: resourceTypeResource({ name, endpoint, description, schema, extensions }, baseUrl),
        schemas: [schema, ...extensions.map((one) => one.schema)].map((one) => schemaResource(one, baseUrl)),
      })
  }
  const known = learner(`${about}: ${name}`, (signal) => learn(type, forwarder, signal), observe)
  // asked at the start, so that what is wrong is told then
  void known.current()
  return async (baseUrl) => {
    const learnt = await known.current()
    return learnt && located(learnt, name, baseUrl)
  }
}

/** Finds the type among those of the service by the endpoint in the `url`. */
async function learn(
  { name, endpoint, description, upstream }: UpstreamType,
  forwarder: Forwarder,
  signal: AbortSignal,
): Promise<Described> {
  const end = upstream.url.lastIndexOf('/')
  const [base, place] = [upstream.url.slice(0, end), upstream.url.slice(end)]
  const types = resourcesOf(await askJson(upstream, forwarder, `${base}/ResourceTypes`, signal))
  const found = types.find((one) => endpointOf(one) === place.toLowerCase())
  if (found === undefined) throw notScim(`it has no resource type with the endpoint ${place}`)
  const extensions = found['schemaExtensions']
  const urns = [
    found['schema'],
    ...(isArray(extensions) ? extensions.map((one) => isObject(one) && one['schema']) : []),
  ]
    .filter((urn) => typeof urn === 'string')
    .map((urn) => urn.toLowerCase())
  const schemas = resourcesOf(await askJson(upstream, forwarder, `${base}/Schemas`, signal))
  return {
    resourceType: { ...found, id: name, name, endpoint, ...(description !== undefined && { description }) },
    schemas: schemas.filter((one) => urns.includes(String(one['id']).toLowerCase())),
  }
}

/** RFC 7643 section 6: relative to the base URL, though some write it absolute. */
const endpointOf = ({ endpoint }: JsonObject): string =>
  typeof endpoint === 'string' ? `/${endpoint.replace(/\/+$/, '').split('/').at(-1) ?? ''}`.toLowerCase() : ''

const located = ({ resourceType, schemas }: Described, name: string, baseUrl: string): Described => ({
  resourceType: {
    ...resourceType,
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${encodeURIComponent(name)}` },
  },
  schemas: schemas.map((schema) => ({
    ...schema,
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${String(schema['id'])}` },
  })),
})
