import type { IncomingMessage } from 'node:http'
import { bounded } from '../base/bounded.ts'
import { scimId } from '../base/brand.ts'
import { BridgeError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { Query, ScimRequest, VersionList } from '../scim/request.ts'
import type { Bridge, DiscoveryKind, Reply, RequestContext } from '../service/bridge.ts'
import type { BodyBounds } from './body.ts'
import type { Limits, Timeouts } from './limits.ts'
import type { HttpReply } from './reply.ts'
import { hasFilter, readProjection, readQuery } from './query.ts'
import { readGuard, readIfNoneMatch } from './versions.ts'

/** What a handler works on. */
export interface Call {
  readonly bridge: Bridge
  readonly context: RequestContext
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  /** The `:id` or `:name` of the path, percent-decoded once; empty when the route has none. */
  readonly name: string
  readonly limits: Limits
  readonly timeouts: Timeouts
  readonly body: (bounds?: BodyBounds) => Promise<Json>
  /** The same as the text that was sent, found to be JSON. */
  readonly text: () => Promise<string>
  /** The request may take so long from now on, in milliseconds. */
  readonly extend: (milliseconds: number) => void
}

export type Handler = (call: Call) => HttpReply | Promise<HttpReply>

const run = (call: Call, request: ScimRequest): Promise<Reply> =>
  bounded(call.context.signal, () => call.bridge.handle(request, call.context))

export const create =
  (type: string): Handler =>
  async (call) =>
    run(call, { kind: 'create', type, body: await call.body(), show: readProjection(call.url) })

export const list =
  (type: string): Handler =>
  (call) =>
    run(call, { kind: 'list', type, query: queryOf(call, type) })

function queryOf({ bridge, url }: Call, type?: string): Query {
  const query = readQuery(url)
  bridge.checkUrlFilter(query.filter, type)
  return query
}

/** RFC 7644 section 3.4.3: a query whose filter stays out of URLs and their logs. */
export const search =
  (type: string): Handler =>
  async (call) =>
    run(call, { kind: 'list', type, query: call.bridge.readSearch(await call.body()) })

/** A query of the server root (RFC 7644 section 3.4.2.1). */
export const listAll: Handler = (call) => run(call, { kind: 'listAll', query: queryOf(call) })

export const searchAll: Handler = async (call) =>
  run(call, { kind: 'listAll', query: call.bridge.readSearch(await call.body()) })

export const read =
  (type: string): Handler =>
  (call) => {
    const ifNoneMatch = readIfNoneMatch(call.headers['if-none-match'])
    const show = readProjection(call.url)
    const { filter } = queryOf(call, type)
    return run(call, {
      kind: 'get',
      type,
      id: scimId(call.name),
      show,
      ...(filter !== undefined && { filter }),
      ...(ifNoneMatch !== undefined && { ifNoneMatch }),
    })
  }

/**
 * What guards a write. RFC 9110 section 13.1.2: with If-None-Match it is not carried out on what is held already, and
 * since PUT never creates (RFC 7644 section 3.5.1), `*` never lets one through. What was held when that was looked at
 * must still be held inside the write.
 */
async function guardOf(call: Call, type: string): Promise<VersionList | undefined> {
  const ifMatch = readGuard('If-Match', call.headers['if-match'])
  const ifNoneMatch = readGuard('If-None-Match', call.headers['if-none-match'])
  if (ifNoneMatch === undefined) return ifMatch
  const held = await run(call, { kind: 'get', type, id: scimId(call.name), show: { attributes: ['id'] }, ifNoneMatch })
  if (held.status === 304) throw new BridgeError('preconditionFailed', 'The resource is what If-None-Match names')
  return ifMatch ?? (held.etag === undefined ? undefined : [held.etag])
}

const write =
  (kind: 'replace' | 'patch') =>
  (type: string): Handler =>
  async (call) => {
    const show = readProjection(call.url)
    const ifMatch = await guardOf(call, type)
    return run(call, {
      kind,
      type,
      id: scimId(call.name),
      body: await call.body(),
      show,
      ...(ifMatch !== undefined && { ifMatch }),
    })
  }

export const replace = write('replace')
export const patch = write('patch')

export const remove =
  (type: string): Handler =>
  async (call) => {
    const ifMatch = await guardOf(call, type)
    return run(call, { kind: 'delete', type, id: scimId(call.name), ...(ifMatch !== undefined && { ifMatch }) })
  }

/** RFC 7644 section 4: paging and sorting are ignored, a filter is 403. */
export const discover =
  (which: DiscoveryKind): Handler =>
  (call) => {
    if (hasFilter(call.url)) throw new BridgeError('forbidden', 'Discovery endpoints cannot be filtered')
    return call.bridge.discovery(which, call.name === '' ? undefined : call.name, call.context)
  }

/** An endpoint of the RFC that this bridge does not offer (RFC 7644 sections 3.7 and 3.11 ask for 501). */
export const absent =
  (what: string): Handler =>
  () => {
    throw new BridgeError('notImplemented', `${what} is not supported`)
  }
