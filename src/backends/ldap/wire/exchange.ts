import type { Socket } from 'node:net'
import type { Entry, Result } from '../operation.ts'
import { answerOf } from './answer.ts'
import { BrokenExchange } from './broken.ts'
import { frames } from './frames.ts'
import { enter, integerIn, readerOf } from './reader.ts'
import type { Request } from './request.ts'
import { abandonRequest, messageOf, unbindRequest } from './request.ts'

/** Requests and their answers over one socket, any number at a time (RFC 4511 section 5.2). */
export interface Exchange {
  /** Sent and not answered yet. */
  readonly pending: number
  readonly isOpen: boolean
  /** When the server last said anything, by `performance.now()`. */
  readonly heard: number
  send(request: Request): Sent
  /** Gives the socket back, for TLS to be laid over it; nothing may be pending. */
  release(): Socket
  /** Unbinds and closes; what is pending has no answer. */
  close(cause?: unknown): void
}

export interface Sent {
  readonly result: Promise<Result>
  /** The answer is not waited for any more (RFC 4511 section 4.11); `result` rejects with it. */
  abandon(why: unknown): void
}

interface Pending {
  readonly request: Request
  readonly entries: Entry[]
  readonly references: string[]
  resolve(result: Result): void
  reject(error: unknown): void
}

/** RFC 4511 section 4.1.1.1; 0 is what the server says unasked. */
const largestId = 2 ** 31 - 1
/** Milliseconds in which a connection that we close has to take our good-bye. */
const farewell = 1_000

/**
 * The client that ldapts brings hides the code of a search that was cut off, has no time limit for one operation, waits
 * for ever for an answer it could not read, and connects anew by itself without binding. So it is not used: this is
 * the part of it that is needed. `ended` is called once, when no more can be sent.
 */
export function openExchange(socket: Socket, ended: (cause: unknown) => void): Exchange {
  const pending = new Map<number, Pending>()
  const cut = frames()
  let lastId = 0
  let isOpen = true
  let heard = performance.now()

  const end = (cause: unknown): void => {
    if (!isOpen) return
    isOpen = false
    if (!socket.writableEnded) socket.destroy()
    const left = [...pending.values()]
    pending.clear()
    for (const one of left) one.reject(new BrokenExchange('noAnswer', cause))
    ended(cause)
  }
  const read = (chunk: Buffer): void => {
    heard = performance.now()
    try {
      for (const message of cut.push(chunk)) take(message)
    } catch (error) {
      // what follows cannot be told apart any more
      end(error)
    }
  }
  const take = (message: Buffer): void => {
    const reader = readerOf(message)
    enter(reader, 0x30)
    const id = integerIn(reader)
    // a notice of disconnection (RFC 4511 section 4.4.1); what has no answer by now gets none
    if (id === 0) return end(new Error('the server said that it ends the connection'))
    const one = pending.get(id)
    if (one === undefined) return
    const answer = answerOf(reader, one.request.binary)
    if (answer.kind === 'entry') one.entries.push(answer.entry)
    if (answer.kind === 'references') one.references.push(...answer.urls)
    if (answer.kind !== 'done') return
    const { code, message: said, urls, cookie, read: readBack } = answer.done
    pending.delete(id)
    one.resolve({
      code,
      message: said,
      entries: one.entries,
      references: [...one.references, ...urls],
      cookie,
      read: readBack,
    })
  }
  const onError = (error: Error): void => end(error)
  const onEnd = (): void => end(new Error('the server closed the connection'))
  socket.on('data', read).on('error', onError).on('end', onEnd).on('close', onEnd)

  const nextId = (): number => {
    do lastId = lastId === largestId ? 1 : lastId + 1
    while (pending.has(lastId))
    return lastId
  }

  return {
    get pending() {
      return pending.size
    },
    get isOpen() {
      return isOpen
    },
    get heard() {
      return heard
    },
    send(request) {
      const { promise, resolve, reject } = Promise.withResolvers<Result>()
      if (!isOpen || !socket.writable) {
        reject(new BrokenExchange('notSent'))
        return { result: promise, abandon: () => undefined }
      }
      const id = nextId()
      pending.set(id, { request, entries: [], references: [], resolve, reject })
      socket.write(messageOf(id, request))
      return {
        result: promise,
        abandon(why) {
          if (!pending.delete(id)) return
          if (isOpen && socket.writable) socket.write(messageOf(nextId(), abandonRequest(id)))
          reject(why)
        },
      }
    },
    release() {
      isOpen = false
      socket.off('data', read).off('error', onError).off('end', onEnd).off('close', onEnd)
      if (pending.size > 0 || cut.rest > 0) {
        socket.destroy()
        // what came in clear would be taken for what came over TLS
        throw new Error('the server sent more before TLS than it was asked for')
      }
      return socket
    },
    close(cause) {
      if (isOpen && socket.writable) {
        socket.end(messageOf(nextId(), unbindRequest), () => socket.destroy())
        socket.setTimeout(farewell, () => socket.destroy())
      }
      end(cause)
    },
  }
}
