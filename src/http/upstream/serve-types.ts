import { bounded } from '../../base/bounded.ts'
import { isArray } from '../../base/json.ts'
import type { JsonObject } from '../../base/json.ts'
import type { Observe } from '../../base/observation.ts'
import type { UpstreamType } from '../../mapping/upstream.ts'
import type { DiscoveryKind, RequestContext } from '../../service/bridge.ts'
import { pick } from '../../service/discovery.ts'
import { hasFilter } from '../query.ts'
import type { Call, Handler } from '../handlers.ts'
import { discover } from '../handlers.ts'
import { literal } from '../literal.ts'
import type { Route } from '../routes.ts'
import { describeType } from './described-types.ts'
import type { Describe } from './described-types.ts'
import { forwarder } from './forward.ts'
import { passScim } from './pass-scim.ts'
import type { ScimService } from './pass-scim.ts'
import { renaming } from './renaming.ts'

/** The resource types of an application that other services serve, beside those that are mapped. */
export interface ServedTypes {
  readonly routes: readonly Route[]
  /** `/ResourceTypes` or `/Schemas` of the whole application. */
  discover(which: DiscoveryKind): Handler
  close(): void
}

/** `folder` is where relative files of the mapping start. */
export function serveTypes(
  types: readonly UpstreamType[],
  options: { readonly folder: string; readonly about: string; readonly observe: Observe },
): ServedTypes {
  const served = types.map((type) => {
    const sender = forwarder(type.upstream, options.folder)
    const names = (context: RequestContext): ReturnType<ScimService['names']> => namesOf(types, context)
    const service: ScimService = { upstream: type.upstream, forwarder: sender, names, probe: '?count=0' }
    const describe = describeType(type, sender, options.observe, options.about)
    return { type, service, describe, close: () => sender.close() }
  })
  const descriptions = served.map((one) => one.describe)
  return {
    routes: served.flatMap(({ type, service }) => routesOf(type, service)),
    discover: (which) => discoverAll(which, descriptions),
    close: () => served.forEach((one) => one.close()),
  }
}

/** A reference from one type to another is renamed as well, where both come from one service. */
function namesOf(types: readonly UpstreamType[], { baseUrl }: RequestContext): ReturnType<ScimService['names']> {
  const bare = baseUrl.replace(/\/v2$/, '')
  return {
    ours: renaming(
      types.flatMap(({ endpoint, upstream }) =>
        [upstream.url, ...upstream.knownAs].map((from) => ({ from, to: baseUrl + endpoint })),
      ),
    ),
    theirs: renaming(
      types.flatMap(({ endpoint, upstream }) =>
        [baseUrl, bare].map((base) => ({ from: base + endpoint, to: upstream.url })),
      ),
    ),
  }
}

function routesOf({ endpoint }: UpstreamType, service: ScimService): readonly Route[] {
  const none = undefined
  // the endpoint is known in any casing; what follows goes on as it was sent
  const pass = passScim(service, (path) => path.slice(endpoint.length))
  const at = literal(endpoint)
  // prettier-ignore
  return [
    //                   GET   POST  PUT   PATCH DELETE
    [`${at}/.search`,    none, pass],
    [at,                 pass, pass],
    [`${at}/:name`,      pass, none, pass, pass, pass],
  ]
}

/** RFC 7644 section 4, over what is mapped and what is not. Where both carry a schema, what is mapped names it and the other adds to it. */
function discoverAll(which: DiscoveryKind, descriptions: readonly Describe[]): Handler {
  const own = discover(which)
  if (which === 'ServiceProviderConfig') return own
  return async (call: Call) => {
    if (hasFilter(call.url)) return own(call)
    const { bridge, context, name } = call
    const mapped = bridge.discovery(which, undefined, context).body?.['Resources']
    const found = await bounded(context.signal, () => Promise.all(descriptions.map((one) => one(context.baseUrl))))
    const others = found.flatMap((one) =>
      one === undefined ? [] : which === 'Schemas' ? one.schemas : [one.resourceType],
    )
    const all = others.reduce(withOther, isArray(mapped) ? (mapped as readonly JsonObject[]) : [])
    const isListed = name === '' || all.some(({ id }) => String(id).toLowerCase() === name.toLowerCase())
    return isListed ? { status: 200, body: pick(all, which, name === '' ? undefined : name) } : own(call)
  }
}

function withOther(all: readonly JsonObject[], other: JsonObject): readonly JsonObject[] {
  const same = (one: JsonObject): boolean => String(one['id']).toLowerCase() === String(other['id']).toLowerCase()
  if (!all.some(same)) return [...all, other]
  return all.map((one) => {
    const [known, more] = [one['attributes'], other['attributes']]
    if (!same(one) || !isArray(known) || !isArray(more)) return one
    const names = new Set(known.map(nameOf))
    return { ...one, attributes: [...known, ...more.filter((attribute) => !names.has(nameOf(attribute)))] }
  })
}

const nameOf = (attribute: unknown): string => String((attribute as JsonObject)['name']).toLowerCase()
