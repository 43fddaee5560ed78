import type { Json, JsonObject } from '../base/json.ts'
import type { Query, ScimRequest } from '../scim/request.ts'

/** Times the stages of one request: the Server-Timing header, the metrics and the trace at once. */
export interface StageClock {
  /** `work` may be synchronous or give a promise; the stage ends when it is settled. */
  time<T>(stage: string, work: () => T): T
}

/** Who sent a request, as far as serving it depends on that. */
export interface Caller {
  /** The name of the credential; walks and cursors of one are of no use to another. */
  readonly name: string
  readonly readOnly: boolean
  /** The person whom the credential stands for; undefined: nobody, it is a service's. */
  readonly userName?: string | undefined
}

/** What one request brings along besides itself. */
export interface RequestContext {
  /** The public URL of the application with its base path and without a trailing slash, for `meta.location`. */
  readonly baseUrl: string
  readonly caller: Caller
  /** Aborted when the request's time is up or the client has gone. */
  readonly signal: AbortSignal
  readonly clock: StageClock
  /** The request id of log and `X-Request-Id`. */
  readonly id: string
}

/** An answer before it is written: the HTTP floor adds content type, caching and timing. */
export interface Reply {
  readonly status: number
  readonly body?: JsonObject
  /**
   * Instead of `body`: its JSON text in pieces, for an answer with a list that is read while it is sent. When a later
   * piece fails the answer must not look whole.
   */
  readonly stream?: AsyncIterable<string>
  /** Absolute URL of the resource (RFC 7644 section 3.1). */
  readonly location?: string
  /** With quotes and, when weak, `W/` (RFC 7644 section 3.14). */
  readonly etag?: string
  readonly text?: undefined
}

/** How long a bulk request may take, in milliseconds. */
export interface BulkTime {
  /** One operation, as one request. */
  readonly operation: number
  /** What is begun at all is begun within this. */
  readonly whole: number
}

export type DiscoveryKind = 'ServiceProviderConfig' | 'ResourceTypes' | 'Schemas'

/** One application, ready to serve. */
export interface Bridge {
  readonly name: string
  /** `{ path: '/Users', type: 'User' }` for each resource type. */
  readonly endpoints: readonly { readonly path: string; readonly type: string }[]
  /** Rejects with BridgeError. */
  handle(request: ScimRequest, context: RequestContext): Promise<Reply>
  /** The message of a bulk request (RFC 7644 section 3.7), with as much time. Rejects with BridgeError. */
  bulk(body: Json, context: RequestContext, time: BulkTime): Promise<Reply>
  /** RFC 7644 section 4; `name` picks one resource type or schema. Throws BridgeError. */
  discovery(which: DiscoveryKind, name: string | undefined, context: RequestContext): Reply
  /** Whether a filter may come in a URL; without `type` it is asked of every type. Throws BridgeError. */
  checkUrlFilter(filter: string | undefined, type?: string): void
  /** The message of a `.search` (RFC 7644 section 3.4.3). Throws BridgeError. */
  readSearch(body: Json): Query
}
