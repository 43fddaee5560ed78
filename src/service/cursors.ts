import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { deserialize, serialize } from 'node:v8'
import { BridgeError } from '../base/errors.ts'
import type { NativeScalar } from '../mapping/slot.ts'

/** Data that a cursor carries: whatever a place is made of, by names or in lists. */
export type Carried = NativeScalar | readonly Carried[] | { readonly [name: string]: Carried }

/**
 * Cursors (RFC 9865): what the bridge has to know to go on lies in the cursor itself, so that every replica with the
 * same secret can go on and nobody keeps anything for a walk that may never go on.
 */
export interface Cursors {
  /** How long a cursor is good for, in milliseconds. */
  readonly timeout: number
  /** `query` is all that the requests of a walk have in common; the cursor is of no use to any other. */
  seal(query: string, carried: Carried): string
  /**
   * Throws BridgeError: `invalidCursor`, in the same words whatever is wrong with it (RFC 9865 section 5.2), or
   * `expiredCursor`. `assumed` is what explain goes on with, which cannot open the cursors of a server.
   */
  open(query: string, cursor: string, assumed: Carried): Carried
}

const algorithm = 'aes-256-gcm'
const sizes = { nonce: 12, tag: 16 } as const

export function cursors(secret: string | Uint8Array, timeout: number, now: () => number = Date.now): Cursors {
  const root = createHash('sha256').update(secret).digest()
  // a key for each query: its text need not travel along, and no key is used so often that nonces repeat
  const keyOf = (query: string): Buffer => createHmac('sha256', root).update(query).digest()
  return {
    timeout,
    seal(query, carried) {
      const nonce = randomBytes(sizes.nonce)
      const cipher = createCipheriv(algorithm, keyOf(query), nonce)
      const text = Buffer.concat([cipher.update(serialize([now(), carried])), cipher.final()])
      return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64url')
    },
    open(query, cursor) {
      const [issued, carried] = opened(keyOf(query), cursor)
      if (now() - issued > timeout)
        throw new BridgeError(
          'expiredCursor',
          `The cursor is older than ${Math.floor(timeout / 1000)} seconds; begin again with an empty cursor`,
        )
      return carried
    },
  }
}

const invalid = (cause?: unknown): BridgeError =>
  new BridgeError(
    'invalidCursor',
    'The cursor is not one that was given out for this query; begin again with an empty cursor',
    cause,
  )

function opened(key: Buffer, cursor: string): readonly [issued: number, carried: Carried] {
  const bytes = Buffer.from(cursor, 'base64url')
  // what does not decode to the same text has more than one spelling
  if (bytes.length < sizes.nonce + sizes.tag || bytes.toString('base64url') !== cursor) throw invalid()
  try {
    const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, sizes.nonce), { authTagLength: sizes.tag })
    decipher.setAuthTag(bytes.subarray(-sizes.tag))
    const text = decipher.update(bytes.subarray(sizes.nonce, -sizes.tag))
    return deserialize(Buffer.concat([text, decipher.final()])) as readonly [number, Carried]
  } catch (error) {
    throw invalid(error)
  }
}

/** RFC 9865 section 2.1: the count of the first request; one that is left out is that of the walk. */
export function refuseOtherCount(held: number, sent: number | undefined, limit: number): void {
  if (sent !== undefined && limit !== held)
    throw new BridgeError('invalidCount', `count must stay the same in all requests of a walk by cursor: ${held}`)
}

/** For an explanation: there is no server whose cursors these could be. */
export const assumedCursors: Cursors = {
  timeout: 0,
  seal: () => '',
  open: (_query, _cursor, assumed) => assumed,
}
