import { BridgeError } from '../../base/errors.ts'
import type { Incoming } from './forward.ts'
import { NotJson } from './rewrite-json.ts'
import type { JsonRewriter } from './rewrite-json.ts'

/** Whoever operates the bridge finds the cause in the log; a client is told to come back. */
export const notScim = (cause: string | Error): BridgeError =>
  new BridgeError(
    'unavailable',
    'The upstream service gave an answer that is not SCIM',
    typeof cause === 'string' ? new Error(cause) : cause,
  )

/**
 * The parts of a body as they come. A part must come within `timeout`; when the connection breaks, or the signal says so,
 * this rejects: a part of an answer never looks like all of it.
 */
export async function* partsOf(
  { message, giveUp }: Incoming,
  timeout: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const late = (): void => {
    message.destroy(new BridgeError('timeout', 'The upstream service is too slow'))
  }
  const timer = timeout === undefined ? undefined : setTimeout(late, timeout)
  const stop = (): void => {
    message.destroy()
  }
  signal.addEventListener('abort', stop)
  try {
    for await (const part of message) {
      timer?.refresh()
      yield part as Buffer
    }
    // a body that ends with its connection may have been cut off; node tells by `complete` where it can know
    if (!message.complete) throw new Error('the answer ended early')
  } catch (error) {
    if (error instanceof BridgeError) throw error
    if (signal.aborted && signal.reason instanceof BridgeError) throw signal.reason
    throw new BridgeError('unavailable', 'The upstream service broke off its answer', error)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    giveUp()
  }
}

/** The text of a SCIM message with its addresses renamed, in parts as they come. */
export async function* renamedParts(
  parts: AsyncIterable<Buffer>,
  rewriter: JsonRewriter,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const pushed = (bytes?: Buffer): string => {
    try {
      return rewriter.push(bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true }))
    } catch (error) {
      throw notScim(error instanceof NotJson ? error : 'the answer is not UTF-8')
    }
  }
  for await (const part of parts) yield pushed(part)
  yield pushed()
  try {
    rewriter.end()
  } catch (error) {
    throw notScim(error instanceof Error ? error : 'the answer is not JSON')
  }
}

/** A whole body of a bounded size; undefined when it is larger. */
export async function wholeBody(parts: AsyncIterable<Buffer>, limit: number): Promise<Buffer | undefined> {
  const kept: Buffer[] = []
  let size = 0
  for await (const part of parts) {
    size += part.length
    if (size > limit) return undefined
    kept.push(part)
  }
  return Buffer.concat(kept)
}

/** A part that was read already, and those that follow it. */
export async function* from(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield first
    yield* rest
  } finally {
    await rest.return(undefined)
  }
}
