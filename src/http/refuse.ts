import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { BridgeError } from '../base/errors.ts'
import { errorAnswer } from '../scim/error-answer.ts'

interface ParserError extends NodeJS.ErrnoException {
  /** The bytes that the parser was given last. */
  readonly rawPacket?: Buffer
}

/** Did the bytes begin with a request line whose target alone is too long? */
const isEndlessTarget = (packet: Buffer | undefined, limit: number): boolean =>
  (/^[A-Z]+ (\S*)/.exec(packet?.toString('latin1') ?? '')?.[1]?.length ?? 0) > limit

function judge(error: ParserError, uriLimit: number): BridgeError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return isEndlessTarget(error.rawPacket, uriLimit)
        ? new BridgeError('uriTooLong', `The URL is longer than the limit of ${uriLimit} bytes`)
        : new BridgeError('headersTooLarge', 'The header fields are too large')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new BridgeError('requestTimeout', 'The request did not arrive in time')
    default:
      return new BridgeError('invalidSyntax', 'This is not an HTTP request')
  }
}

/**
 * Answers what the HTTP parser refused, on the bare socket, and closes it. Says nothing when the client has gone or
 * when an answer is half written. Returns the status it answered with.
 */
export function refuse(error: ParserError, socket: Duplex, answering: boolean, uriLimit: number): number | undefined {
  if (error.code === 'ECONNRESET' || !socket.writable || answering) {
    socket.destroy()
    return undefined
  }
  const { status, body } = errorAnswer(judge(error, uriLimit), '')
  const text = JSON.stringify(body)
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/scim+json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`)
  return status
}
