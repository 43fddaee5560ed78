import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { BridgeError, ErrorReason } from '../base/errors.ts'
import { errorAnswer } from '../scim/error-answer.ts'
import type { Reply } from '../service/bridge.ts'
import { challenge } from './auth.ts'
import { serverTiming } from './clock.ts'
import { exchangeOf } from './exchange.ts'
import type { Exchange } from './exchange.ts'
import { pour } from './pour.ts'

/** An answer with fields that only HTTP knows, by their names in lower case. */
export interface HttpReply extends Reply {
  readonly headers?: Readonly<Record<string, string>>
}

/** How long a client that is still sending is listened to after its answer, so that it can read the answer at all. */
const lingerMilliseconds = 1000

/** After these the rest of the request is not worth reading. */
const unread: ReadonlySet<ErrorReason> = new Set(['payloadTooLarge', 'requestTimeout'])

/** Headers of every answer; set before anything can fail. */
export function commonHeaders(response: ServerResponse, id: string): void {
  response.setHeader('X-Request-Id', id)
  // RFC 7644 section 7.5: answers are personal data
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('X-Content-Type-Options', 'nosniff')
}

/** The head of an answer; `length` is undefined where there is a body and nobody knows yet how long it gets. */
function writeHead(
  response: ServerResponse,
  of: Exchange,
  status: number,
  body: 'body' | 'none',
  length?: number,
): void {
  const headers: OutgoingHttpHeaders = { 'Server-Timing': serverTiming(of.clock) }
  if (body === 'body') headers['Content-Type'] = of.seen.type
  // neither 204 nor 304 has a length of its own (RFC 9110 section 8.6)
  if (length !== undefined && status !== 204 && status !== 304) headers['Content-Length'] = length
  response.writeHead(status, headers)
}

function writeWhole(response: ServerResponse, of: Exchange, status: number, text: string | undefined): Buffer {
  const bytes = Buffer.from(text ?? '', 'utf8')
  writeHead(response, of, status, text === undefined ? 'none' : 'body', bytes.length)
  return bytes
}

/** A client that waits for 100 Continue may or may not send its body now: only a new connection is unambiguous. */
const isWaiting = ({ req }: ServerResponse): boolean => req.headers.expect !== undefined && !req.complete

/** Writes what the service answered. Rejects when an answer in pieces cannot be sent to its end. */
export async function writeReply(response: ServerResponse, reply: HttpReply): Promise<void> {
  if (response.destroyed || response.headersSent) return
  const exchange = exchangeOf(response)
  if (isWaiting(response)) response.setHeader('Connection', 'close')
  const bodiless = reply.status === 204 || reply.status === 304
  if (reply.location !== undefined) response.setHeader('Location', reply.location)
  if (reply.etag !== undefined) response.setHeader('ETag', reply.etag)
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value)
  // RFC 7644 section 3.12: an error is a SCIM message whatever was asked for
  if (reply.status >= 400) exchange.seen.type = 'application/scim+json'
  if (reply.stream !== undefined && !bodiless) return writePieces(response, exchange, reply.status, reply.stream)
  const text = bodiless || reply.body === undefined ? undefined : JSON.stringify(reply.body)
  response.end(writeWhole(response, exchange, reply.status, text))
}

async function writePieces(
  response: ServerResponse,
  exchange: Exchange,
  status: number,
  pieces: AsyncIterable<string>,
): Promise<void> {
  if (response.req.method === 'HEAD') {
    writeHead(response, exchange, status, 'body')
    response.end()
    return
  }
  const rest = await pour(response, exchange, pieces, () => writeHead(response, exchange, status, 'body'))
  response.end(response.headersSent ? rest : writeWhole(response, exchange, status, rest))
}

/** Writes a SCIM error message (RFC 7644 section 3.12). */
export function writeError(response: ServerResponse, error: BridgeError, retryAfter: number): void {
  const request = response.req
  const exchange = exchangeOf(response)
  const answer = errorAnswer(error, exchange.id)
  // RFC 7644 section 3.12: an error is a SCIM message whatever was asked for
  exchange.seen.type = 'application/scim+json'
  exchange.seen.error = answer.code
  if (response.destroyed) return
  if (response.headersSent) {
    // half of an answer must not look like a whole one: without its end the client knows
    if (!response.writableEnded) response.destroy()
    return
  }
  if (error.reason === 'unauthenticated') {
    response.setHeader('WWW-Authenticate', challenge(request.headers.authorization))
  }
  if (answer.retry) response.setHeader('Retry-After', String(retryAfter))
  const waiting = isWaiting(response)
  const linger = unread.has(error.reason) && !request.complete
  if (waiting || linger) response.setHeader('Connection', 'close')
  const bytes = writeWhole(response, exchange, answer.status, JSON.stringify(answer.body))
  if (!linger || waiting) {
    response.end(bytes)
    return
  }
  // closing at once would reset the connection under a client that is still sending, and take the answer with it
  response.write(bytes)
  const finish = (): void => {
    clearTimeout(timer)
    response.end()
  }
  const timer = setTimeout(finish, lingerMilliseconds)
  request.once('end', finish).once('close', finish).resume()
}
