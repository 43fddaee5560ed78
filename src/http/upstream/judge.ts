import { STATUS_CODES } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { BridgeError } from '../../base/errors.ts'
import { isArray, isObject } from '../../base/json.ts'
import type { Json, JsonObject } from '../../base/json.ts'
import { messages } from '../../scim/messages.ts'

/**
 * What to make of the status of an upstream. `pass`: the answer is the client's. `refused`: the credential of the
 * bridge may be at fault. `failed`: it is not for the client, who is told to come back.
 */
export type Judgement =
  | { readonly kind: 'pass' }
  | { readonly kind: 'error' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly because: string }

export function judge(status: number): Judgement {
  if ((status >= 200 && status < 300) || status === 304) return { kind: 'pass' }
  // no status of HTTP, or another protocol that nobody asked for
  if (status < 200) return { kind: 'failed', because: `it answers ${status}` }
  // RFC 7644 section 3.12 allows redirects; following one would take the credential somewhere else
  if (status < 400) return { kind: 'failed', because: `it redirects with ${status}` }
  if (status === 401 || status === 407) return { kind: 'failed', because: `it refuses our credential with ${status}` }
  if (status === 403) return { kind: 'refused' }
  // its wait for our request, or its own trouble
  if (status === 408 || (status >= 500 && status !== 501)) return { kind: 'failed', because: `it answers ${status}` }
  return { kind: 'error' }
}

/** A failure of the upstream: 503 for the client, the status for the log. */
export const upstreamFailed = (because: string): BridgeError =>
  new BridgeError('unavailable', 'The upstream service cannot answer at the moment', new Error(because))

const scimTypes = [/^application\/(?:[\w.+-]*\+)?json$/i]

/** Only JSON in UTF-8, as it is, can be read on the way (RFC 7644 section 3.8). */
export function isReadable({ headers }: IncomingMessage): boolean {
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';').map((part) => part.trim())
  const charset = parameters
    .find((parameter) => /^charset=/i.test(parameter))
    ?.slice(8)
    .replaceAll('"', '')
  return (
    coding === 'identity' &&
    (type === '' || scimTypes.some((pattern) => pattern.test(type))) &&
    (charset === undefined || /^utf-?8$/i.test(charset))
  )
}

/** Is this the error message of RFC 7644 section 3.12? */
export function isScimError(text: string): boolean {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch {
    return false
  }
  if (!isObject(value)) return false
  const schemas = value['schemas']
  return isArray(schemas) && schemas.some((urn) => typeof urn === 'string' && urn.toLowerCase() === errorUrn)
}

const errorUrn = messages.error.toLowerCase()

/** An error of the upstream that is none of SCIM, as one. What it said is not repeated: nobody knows what that is. */
export const wrapped = (status: number): JsonObject => ({
  schemas: [messages.error],
  status: String(status),
  detail: `The upstream service refused this with ${status} ${STATUS_CODES[status] ?? ''}`.trim(),
})
