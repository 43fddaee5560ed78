import { bounded } from '../../base/bounded.ts'
import { BridgeError } from '../../base/errors.ts'
import { isObject } from '../../base/json.ts'
import type { JsonObject } from '../../base/json.ts'
import type { Observe } from '../../base/observation.ts'
import type { Upstream } from '../../mapping/upstream.ts'
import type { Bridge, RequestContext } from '../../service/bridge.ts'
import { authenticationSchemes } from '../../service/discovery.ts'
import { absent } from '../handlers.ts'
import type { Handler } from '../handlers.ts'
import { hasFilter } from '../query.ts'
import type { Route } from '../routes.ts'
import { forwarder } from './forward.ts'
import { upstreamFailed } from './judge.ts'
import { askJson, learner } from './learn.ts'
import { firstSegment } from './path.ts'
import { passScim } from './pass-scim.ts'
import type { ScimService } from './pass-scim.ts'
import { renaming } from './renaming.ts'

/** An application that another SCIM service serves as a whole. */
export interface ServedApplication {
  readonly bridge: Bridge
  readonly routes: readonly Route[]
  close(): void
}

/** `largestBody` is the limit of the bridge for a request, in bytes; `folder` is where relative files start. */
export function serveApplication(
  name: string,
  upstream: Upstream,
  options: { readonly folder: string; readonly observe: Observe; readonly largestBody: number },
): ServedApplication {
  const sender = forwarder(upstream, options.folder)
  const service: ScimService = {
    upstream,
    forwarder: sender,
    names: (context) => namesOf(upstream, context),
    probe: '/Schemas',
  }
  const config = learner(
    name,
    (signal) => askJson(upstream, sender, `${upstream.url}/ServiceProviderConfig`, signal),
    options.observe,
  )
  // asked at the start, so that what is wrong is told then
  void config.current()
  const described: Handler = async ({ url, context }) => {
    if (hasFilter(url)) throw new BridgeError('forbidden', 'Discovery endpoints cannot be filtered')
    const learnt = await bounded(context.signal, () => config.current())
    if (learnt === undefined) throw upstreamFailed('it has never said what it offers')
    return { status: 200, body: truthful(learnt, context.baseUrl, options.largestBody) }
  }
  const none = undefined
  const me = absent('/Me')
  const pass = passScim(service, unversioned)
  // prettier-ignore
  return {
    bridge: nothingPlanned(name),
    routes: [
      //                           GET        POST  PUT   PATCH DELETE
      ['/ServiceProviderConfig',   described, none, none, none, none],
      // it would be whoever our credential stands for
      ['/Me',                      me,        me,   me,   me,   me],
      ['/Me/{*rest}',              me,        me,   me,   me,   me],
      ['/{*rest}',                 pass,      pass, pass, pass, pass],
    ],
    close: () => sender.close(),
  }
}

/**
 * RFC 7644 section 3.13: the version is the bridge's to speak of, and stands before the endpoint. Nor does `/Me` pass in
 * another spelling.
 */
function unversioned(path: string): string {
  const first = firstSegment(path)
  if (/^me$/i.test(first)) throw new BridgeError('notImplemented', '/Me is not supported')
  if (/^v\d+(?:\.\d+)?$/i.test(first)) {
    throw new BridgeError('invalidVersion', 'Only version v2 of the protocol is served')
  }
  return path
}

function namesOf({ url, knownAs }: Upstream, { baseUrl }: RequestContext): ReturnType<ScimService['names']> {
  const bare = baseUrl.replace(/\/v2$/, '')
  return {
    ours: renaming([url, ...knownAs].map((from) => ({ from, to: baseUrl }))),
    theirs: renaming([baseUrl, bare].map((from) => ({ from, to: url }))),
  }
}

/** What the service offers, save how one authenticates, which is the bridge's, and the limits that are narrower here. */
function truthful(config: JsonObject, baseUrl: string, largestBody: number): JsonObject {
  const { bulk } = config
  const size = isObject(bulk) ? bulk['maxPayloadSize'] : undefined
  return {
    ...config,
    ...(isObject(bulk) &&
      typeof size === 'number' && { bulk: { ...bulk, maxPayloadSize: Math.min(size, largestBody) } }),
    authenticationSchemes,
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  }
}

/** Stands where a mapped application has its bridge; no route of this one leads to it. */
function nothingPlanned(name: string): Bridge {
  const refusal = new BridgeError('notImplemented', 'Another service serves this application')
  const refused = (): Promise<never> => Promise.reject(refusal)
  const refuse = (): never => {
    throw refusal
  }
  return {
    name,
    endpoints: [],
    handle: refused,
    discovery: refuse,
    bulk: refused,
    readSearch: refuse,
    checkUrlFilter: refuse,
  }
}
