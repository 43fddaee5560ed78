/**
 * Every failure that a caller may see, by stable code. The family tells which floor refused:
 * SB1xx the request, SB2xx a mapping file, SB3xx well-formed but not possible with this mapping,
 * SB4xx the backend, SB5xx the bridge itself.
 */
export const codes = {
  // SB1xx: the request itself (RFC 7644 section 3.12, tables 8 and 9)
  SB100: 'invalidSyntax',
  SB101: 'invalidFilter',
  SB102: 'invalidPath',
  SB103: 'invalidValue',
  SB104: 'noTarget',
  SB105: 'mutability',
  SB106: 'invalidVersion',
  SB107: 'invalidCursor',
  SB108: 'expiredCursor',
  SB109: 'invalidCount',
  SB110: 'unauthenticated',
  SB111: 'forbidden',
  SB112: 'notFound',
  SB113: 'methodNotAllowed',
  SB114: 'notAcceptable',
  SB115: 'unsupportedMediaType',
  SB116: 'payloadTooLarge',
  SB117: 'uriTooLong',
  SB118: 'headersTooLarge',
  SB119: 'preconditionFailed',
  SB120: 'notImplemented',
  SB121: 'requestTimeout',
  SB122: 'sensitive',
  SB123: 'unresolved',
  // SB2xx: a mapping or configuration file, at start only
  SB200: 'invalidMapping',
  SB201: 'invalidConfiguration',
  // SB3xx: well-formed, but this mapping cannot
  SB300: 'tooMany',
  SB303: 'cannotSort',
  SB304: 'notAllowed',
  // SB4xx: the backend
  SB400: 'conflict',
  SB401: 'conflictOutOfScope',
  SB402: 'missing',
  SB403: 'constraint',
  SB404: 'denied',
  SB405: 'busy',
  SB406: 'unavailable',
  SB407: 'timeout',
  SB408: 'limit',
  // SB5xx: ours
  SB500: 'internal',
} as const

export type ErrorCode = keyof typeof codes
export type ErrorReason = (typeof codes)[ErrorCode]

const codeOf = Object.fromEntries(Object.entries(codes).map(([code, reason]) => [reason, code])) as Record<
  ErrorReason,
  ErrorCode
>

/**
 * The one error class. `detail` is safe to show to a client: it never holds SQL, a DN, a file path or a secret.
 * `cause` goes to the log only.
 */
export class BridgeError extends Error {
  readonly reason: ErrorReason
  readonly code: ErrorCode
  readonly detail: string
  constructor(reason: ErrorReason, detail: string, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause })
    this.name = 'BridgeError'
    this.reason = reason
    this.code = codeOf[reason]
    this.detail = detail
  }
}

export const isBridgeError = (error: unknown): error is BridgeError => error instanceof BridgeError

/** Whatever was thrown, as something that may be shown: what is not ours is SB500 and tells nothing. */
export const asBridgeError = (error: unknown): BridgeError =>
  isBridgeError(error) ? error : new BridgeError('internal', 'Internal error', error)

/** Ends a switch over a union: a new member that nobody handles is a compile error here. */
export function never(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`)
}
