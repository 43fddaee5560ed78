import type { BridgeError, ErrorReason } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { messages } from './messages.ts'

/** The `scimType` words of RFC 7644 section 3.12, table 9, and of RFC 9865 section 2.1; there are no others. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount'

/**
 * `retry`: the condition passes, so the answer carries Retry-After. `hide`: the detail is of no use to a client.
 * `tell`: the cause is worth an entry in the log.
 */
interface Row {
  readonly status: number
  readonly scimType?: ScimType
  readonly retry?: true
  readonly hide?: true
  readonly tell?: true
}

/** The one judgement of how a failure looks over HTTP (RFC 7644 section 3.12, tables 8 and 9). */
export const statusTable: Readonly<Record<ErrorReason, Row>> = {
  invalidSyntax: { status: 400, scimType: 'invalidSyntax' },
  invalidFilter: { status: 400, scimType: 'invalidFilter' },
  invalidPath: { status: 400, scimType: 'invalidPath' },
  invalidValue: { status: 400, scimType: 'invalidValue' },
  noTarget: { status: 400, scimType: 'noTarget' },
  mutability: { status: 400, scimType: 'mutability' },
  invalidVersion: { status: 400, scimType: 'invalidVers' },
  invalidCursor: { status: 400, scimType: 'invalidCursor' },
  expiredCursor: { status: 400, scimType: 'expiredCursor' },
  invalidCount: { status: 400, scimType: 'invalidCount' },

  unauthenticated: { status: 401 },
  forbidden: { status: 403 },
  sensitive: { status: 403, scimType: 'sensitive' },
  notFound: { status: 404 },
  methodNotAllowed: { status: 405 },
  notAcceptable: { status: 406 },
  requestTimeout: { status: 408 },
  // references between the operations of a bulk request that nobody can resolve (RFC 7644 section 3.7.1)
  unresolved: { status: 409 },
  preconditionFailed: { status: 412 },
  payloadTooLarge: { status: 413 },
  uriTooLong: { status: 414 },
  unsupportedMediaType: { status: 415 },
  headersTooLarge: { status: 431 },
  notImplemented: { status: 501 },

  // the mapping cannot: never an empty list, which would make a client create a duplicate
  tooMany: { status: 400, scimType: 'tooMany' },
  cannotSort: { status: 400, scimType: 'invalidValue' },
  notAllowed: { status: 403 },

  // identity providers link instead of creating only when a 409 says uniqueness
  conflict: { status: 409, scimType: 'uniqueness' },
  conflictOutOfScope: { status: 409, scimType: 'uniqueness', tell: true },
  missing: { status: 404 },
  constraint: { status: 400, scimType: 'invalidValue', tell: true },
  denied: { status: 403, tell: true },
  // never 404 and never an empty list: the client would take a person for deleted
  busy: { status: 503, retry: true, tell: true },
  unavailable: { status: 503, retry: true, tell: true },
  timeout: { status: 503, retry: true, tell: true },
  limit: { status: 400, scimType: 'tooMany', tell: true },

  invalidMapping: { status: 500, hide: true, tell: true },
  invalidConfiguration: { status: 500, hide: true, tell: true },
  internal: { status: 500, hide: true, tell: true },
}

export interface ErrorAnswer {
  readonly status: number
  readonly body: JsonObject
  readonly retry: boolean
  /** The stable code of what went wrong, for the log. */
  readonly code: string
}

/** The SCIM error message (RFC 7644 section 3.12); `status` is a string. */
export function errorAnswer(error: BridgeError, requestId: string): ErrorAnswer {
  const row = statusTable[error.reason]
  const detail = row.hide ? `Internal error; the log has it under request ${requestId}` : error.detail
  return {
    status: row.status,
    body: {
      schemas: [messages.error],
      status: String(row.status),
      ...(row.scimType !== undefined && { scimType: row.scimType }),
      detail,
    },
    retry: row.retry === true,
    code: error.code,
  }
}
