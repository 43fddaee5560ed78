import { BridgeError } from '../../../base/errors.ts'
import { NoConnection } from './broken.ts'
import type { Connection } from './connection.ts'
import { givenUp } from './given-up.ts'

/** A place on a connection, to be given back. */
export interface Lease {
  readonly connection: Connection
  release(): void
}

export interface LaneLimits {
  /** Connections at most, and places on each. */
  readonly connections: number
  readonly places: number
  /** Who may wait for a place at most, and how long, in milliseconds. */
  readonly queue: number
  readonly wait: number
  /** A connection of which nobody held a place for so many milliseconds is closed; undefined: never. */
  readonly idle: number | undefined
}

export interface Lane {
  /** It has a connection. */
  readonly isConnected: boolean
  /** Rejects with NoConnection when none can be opened, with BridgeError when it is too long a wait. */
  acquire(signal: AbortSignal): Promise<Lease>
  close(): Promise<void>
}

/** Milliseconds in which no further connection is tried after one that failed, while others work. */
const pause = 5_000

interface Held {
  readonly connection: Connection
  taken: number
  timer: NodeJS.Timeout | undefined
}

interface Waiter {
  give(held: Held): void
  refuse(error: unknown): void
}

/**
 * Connections to one server with places on each. The least busy one is taken; another is opened when that one is half
 * full, and who finds no place waits in a line of bounded length, for a bounded time.
 */
export function openLane(
  connect: (retired: (one: Connection) => void) => Promise<Connection>,
  limits: LaneLimits,
): Lane {
  const open: Held[] = []
  const waiting: Waiter[] = []
  const living = new Set<Promise<unknown>>()
  let opening = 0
  let isClosed = false
  let notBefore = 0

  const remove = (connection: Connection): void => {
    const at = open.findIndex((one) => one.connection === connection)
    if (at < 0) return
    const [held] = open.splice(at, 1)
    clearTimeout(held?.timer)
    serve()
  }

  async function add(): Promise<void> {
    opening++
    try {
      const connection = await connect(remove)
      opening--
      track(connection.closed)
      if (isClosed) return connection.retire()
      open.push({ connection, taken: 0, timer: undefined })
      serve()
    } catch (error) {
      opening--
      notBefore = performance.now() + pause
      if (open.length + opening === 0) for (const waiter of [...waiting]) waiter.refuse(error)
    }
  }
  const track = (one: Promise<unknown>): void => {
    living.add(one)
    void one.finally(() => living.delete(one))
  }

  /** The least busy one with a place. */
  function free(): Held | undefined {
    const usable = open.filter(({ connection, taken }) => connection.isOpen && taken < limits.places)
    return usable.reduce<Held | undefined>((best, one) => (best && best.taken <= one.taken ? best : one), undefined)
  }
  function grow(): void {
    if (open.length > 0 && performance.now() < notBefore) return
    if (open.length + opening < limits.connections) track(add())
  }
  /** Gives places to those who wait, and opens connections for the others. */
  function serve(): void {
    for (let held = free(); held !== undefined && waiting[0] !== undefined; held = free()) waiting[0].give(held)
    if (waiting.length > opening * limits.places) grow()
  }

  function lease(held: Held): Lease {
    held.taken++
    clearTimeout(held.timer)
    let isHeld = true
    return {
      connection: held.connection,
      release() {
        if (!isHeld) return
        isHeld = false
        held.taken--
        if (held.taken === 0 && limits.idle !== undefined && held.connection.isOpen)
          held.timer = setTimeout(() => held.connection.retire(), limits.idle).unref()
        serve()
      },
    }
  }

  function wait(signal: AbortSignal): Promise<Lease> {
    const room = (limits.connections - open.length) * limits.places
    if (waiting.length >= room + limits.queue)
      throw new BridgeError('busy', 'too many requests are waiting for the directory; try again later')
    const { promise, resolve, reject } = Promise.withResolvers<Lease>()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      waiting.splice(waiting.indexOf(waiter), 1)
    }
    const waiter: Waiter = {
      give: (held) => {
        end()
        resolve(lease(held))
      },
      refuse: (error) => {
        end()
        reject(error)
      },
    }
    const abort = (): void => waiter.refuse(givenUp(signal))
    const late = (): void =>
      waiter.refuse(
        open.length === 0
          ? new NoConnection('no connection came about while somebody waited for it')
          : new BridgeError('busy', 'the directory is busy: no connection became free in time; try again'),
      )
    const timer = setTimeout(late, limits.wait)
    signal.addEventListener('abort', abort)
    waiting.push(waiter)
    serve()
    return promise
  }

  return {
    get isConnected() {
      return open.length > 0
    },
    async acquire(signal) {
      if (isClosed) throw closing()
      if (signal.aborted) throw givenUp(signal)
      const held = waiting.length === 0 ? free() : undefined
      if (held === undefined) return wait(signal)
      if (held.taken * 2 >= limits.places && opening === 0) grow()
      return lease(held)
    },
    async close() {
      isClosed = true
      for (const waiter of [...waiting]) waiter.refuse(closing())
      for (const { connection } of [...open]) connection.retire()
      while (living.size > 0) await Promise.allSettled([...living])
    },
  }
}

const closing = (): BridgeError => new BridgeError('unavailable', 'the bridge is shutting down')
