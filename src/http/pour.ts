import type { ServerResponse } from 'node:http'
import { bounded } from '../base/bounded.ts'
import { BridgeError } from '../base/errors.ts'
import type { Exchange } from './exchange.ts'

/** Pieces are sent together once they are so long, in characters. */
const enough = 32 * 1024

/**
 * Sends pieces of text as fast as the client takes them, and no faster than they come: at most one of them waits in
 * memory. The time for a request begins anew with each that the client has taken, so that a long answer may take long,
 * but a client that does not read is cut off. Gives back what is left for the end; `begin` comes before the first part.
 */
export async function pour(
  response: ServerResponse,
  { signal, renew }: Exchange,
  pieces: AsyncIterable<string>,
  begin: () => void,
): Promise<string> {
  const from = pieces[Symbol.asyncIterator]()
  let waiting = ''
  try {
    for (;;) {
      const next = await bounded(signal, () => from.next())
      if (next.done === true) return waiting
      waiting += next.value
      if (waiting.length < enough) continue
      // a write to what is gone would be an error that nobody catches
      if (response.destroyed) throw new BridgeError('requestTimeout', 'The client has gone')
      if (!response.headersSent) begin()
      if (!response.write(waiting)) await bounded(signal, () => drained(response))
      waiting = ''
      renew()
    }
  } finally {
    // not awaited: whoever makes the pieces may be stuck in one
    void from.return?.().catch(() => undefined)
  }
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    response.once('drain', () => resolve())
  })
