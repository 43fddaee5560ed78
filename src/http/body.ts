import type { IncomingMessage, ServerResponse } from 'node:http'
import { BridgeError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { jsonErrorOffset, nestingDepth } from './json-text.ts'
import type { Limits } from './limits.ts'
import { plainJson, scimJson } from './negotiate.ts'

const empty = (): BridgeError => new BridgeError('invalidSyntax', 'The request has no body')

/** How much of a body is taken in. */
export interface BodyBounds {
  /** In bytes. */
  readonly size: number
  /** Levels of nested arrays and objects. */
  readonly depth: number
  readonly tooLarge: BridgeError
  /** Looks at the bytes as they come; what it returns ends the request. */
  readonly refusal?: (chunk: Buffer) => BridgeError | undefined
}

/** Those of every request but a bulk one. */
export const ordinary = ({ body, depth }: Limits): BodyBounds => ({
  size: body,
  depth,
  tooLarge: new BridgeError('payloadTooLarge', `The body is larger than the limit of ${body} bytes`),
})

/**
 * RFC 7644 section 3.8 names application/scim+json and application/json. A body without a content type is taken for
 * JSON: parsing decides. JSON is UTF-8 (RFC 8259 section 8.1), so no other charset and no content coding is understood.
 */
function checkContentType(headers: IncomingMessage['headers']): void {
  const coding = headers['content-encoding']?.trim().toLowerCase()
  if (coding !== undefined && coding !== '' && coding !== 'identity') {
    throw new BridgeError('unsupportedMediaType', 'A content encoding is not supported')
  }
  const header = headers['content-type']
  if (header === undefined || header.trim() === '') return
  const [type = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase())
  if (type !== scimJson && type !== plainJson) {
    throw new BridgeError('unsupportedMediaType', `A body must be ${scimJson} or ${plainJson}`)
  }
  const charset = parameters
    .find((parameter) => /^charset\s*=/.test(parameter))
    ?.replace(/^charset\s*=\s*/, '')
    .replaceAll('"', '')
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw new BridgeError('unsupportedMediaType', 'A body must be in UTF-8')
  }
}

/** The bytes of a body, counted while they arrive (RFC 7644 section 7 asks for limits; a claim of length is no proof). */
async function readBytes(request: IncomingMessage, bounds: BodyBounds, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const done = (settle: () => void): void => {
      request.off('data', take)
      request.off('end', finish)
      request.off('error', fail)
      request.off('close', fail)
      signal.removeEventListener('abort', late)
      settle()
    }
    const take = (chunk: Buffer): void => {
      size += chunk.length
      const refused = size > bounds.size ? bounds.tooLarge : bounds.refusal?.(chunk)
      if (refused !== undefined) done(() => reject(refused))
      else chunks.push(chunk)
    }
    const finish = (): void => done(() => resolve(Buffer.concat(chunks)))
    const fail = (): void => done(() => reject(new BridgeError('invalidSyntax', 'The body ended early')))
    const late = (): void =>
      done(() => reject(new BridgeError('requestTimeout', 'The body did not arrive within the time for a request')))
    if (signal.aborted) return late()
    request.on('data', take).on('end', finish).on('error', fail).on('close', fail)
    signal.addEventListener('abort', late)
  })
}

/** Bytes to JSON, and the text that they are. What the body says is never repeated in an error: it may hold a password. */
function parseBody(bytes: Buffer, maxDepth: number): { readonly text: string; readonly value: Json } {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new BridgeError('invalidSyntax', 'The body is not valid UTF-8')
  }
  if (text.trim() === '') throw empty()
  // before parsing: everything that walks the value later may then recurse
  if (nestingDepth(text, maxDepth) > maxDepth) {
    throw new BridgeError('invalidSyntax', `The body is nested deeper than the limit of ${maxDepth} levels`)
  }
  try {
    return { text, value: JSON.parse(text) as Json }
  } catch {
    const before = text.slice(0, jsonErrorOffset(text))
    const line = before.split('\n').length
    const column = before.length - before.lastIndexOf('\n')
    throw new BridgeError('invalidSyntax', `The body is not JSON: line ${line}, column ${column}`)
  }
}

/** The JSON body of a POST, PUT or PATCH. */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  bounds: BodyBounds,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly value: Json }> {
  if (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined) {
    throw empty()
  }
  checkContentType(request.headers)
  if (Number(request.headers['content-length'] ?? 0) > bounds.size) throw bounds.tooLarge
  // the server leaves it to us, so that a body that would be refused is not sent at all (RFC 9110 section 10.1.1)
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue()
  return parseBody(await readBytes(request, bounds, signal), bounds.depth)
}
