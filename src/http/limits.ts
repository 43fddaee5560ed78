/** How much of a request is taken in, in bytes unless said otherwise. */
export interface Limits {
  /** The body, decoded from its transfer encoding. */
  readonly body: number
  /** The request target: path and query. */
  readonly uri: number
  /** All header fields together. */
  readonly headers: number
  /** Levels of nested arrays and objects in a body. */
  readonly depth: number
  /** A bulk request, in place of `body`. */
  readonly bulkPayload: number
  /** Operations of a bulk request; 0 switches Bulk off. */
  readonly bulkOperations: number
}

/** How long things may take, in milliseconds unless said otherwise. */
export interface Timeouts {
  /** One request, from its header to its answer. */
  readonly request: number
  /** What a bulk request begins at all; each of its operations may take as long as a request. */
  readonly bulk: number
  /** The header fields of a request, from the first byte. */
  readonly headers: number
  /** An idle connection that may be used again. */
  readonly keepAlive: number
  /** Requests under way when the process stops. */
  readonly drain: number
  /** Seconds that a client is asked to wait after 503. */
  readonly retryAfter: number
}
