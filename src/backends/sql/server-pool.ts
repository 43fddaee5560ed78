import { BridgeError } from '../../base/errors.ts'
import type { Connection, Pool } from './connection.ts'
import type { Statement } from './dialect.ts'
import { timedOut } from './errors.ts'
import type { Result } from './program.ts'

/** One connection to a database server, as its driver gives it. */
export interface Link {
  execute(statement: Statement): Promise<Result>
  /** false once it is closed or broken; it is not used again then. */
  isUsable(): boolean
  /** It works, but the next program should have a new one. */
  isWorn?(): boolean
  /** Tells the server, over another connection, to stop what this one is doing. Never rejects. */
  cancel(): Promise<void>
  /** Says good-bye and closes. Never rejects. */
  close(): Promise<void>
  /** Closes at once. */
  destroy(): void
}

/** Milliseconds, but for the counts. */
export interface PoolLimits {
  /** Connections at most. */
  readonly size: number
  /** Programs that may wait for a connection at most. */
  readonly queue: number
  /** How long one may wait for a connection. */
  readonly wait: number
  /** How long one statement may take. */
  readonly statement: number
  /** An unused connection is closed after this. */
  readonly idle: number
}

interface Idle {
  readonly link: Link
  readonly timer: NodeJS.Timeout
  /** When it was put aside, as a count of what the pool has seen. */
  readonly since: number
}

interface Waiter {
  /** A connection that is free now, or undefined: there is room for a new one. */
  take(link: Link | undefined): void
  refuse(error: unknown): void
}

/**
 * Connections to a server, at most `size` of them, each in the hands of one program at a time. Who finds none waits in
 * line, in a line of bounded length and for a bounded time. A connection that broke, or whose statement had to be cut
 * off, is thrown away; the next program opens a new one, so that a server that comes back is found again by itself. From
 * then on those that are older have to answer a small question first: a network that forgets connections tells nobody,
 * and each of them would cost somebody the whole time of a statement.
 */
export function serverPool(connect: () => Promise<Link>, limits: PoolLimits, writable: boolean): Pool {
  const idle: Idle[] = []
  const waiting: Waiter[] = []
  let count = 0
  let isClosed = false
  let drained: (() => void) | undefined
  /** Counts connections that broke. */
  let broken = 0

  const closed = (): BridgeError => new BridgeError('unavailable', 'the bridge is shutting down')

  /** A free connection, or the right to open one, as `undefined`. */
  function acquire(signal: AbortSignal): Promise<Link | undefined> {
    if (isClosed) return Promise.reject(closed())
    if (signal.aborted) return Promise.reject(timedOut(signal))
    for (let free = idle.pop(); free !== undefined; free = idle.pop()) {
      clearTimeout(free.timer)
      if (free.link.isWorn?.() === true) void free.link.close()
      else if (free.link.isUsable()) return free.since === broken ? Promise.resolve(free.link) : proven(free.link)
      count--
    }
    if (count < limits.size) {
      count++
      return Promise.resolve(undefined)
    }
    if (waiting.length >= limits.queue)
      return Promise.reject(new BridgeError('busy', 'too many requests are waiting for the database; try again later'))
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
        const at = waiting.indexOf(waiter)
        if (at >= 0) waiting.splice(at, 1)
      }
      const waiter: Waiter = {
        take: (link) => {
          end()
          resolve(link)
        },
        refuse: (error) => {
          end()
          reject(error)
        },
      }
      const abort = (): void => waiter.refuse(timedOut(signal))
      const timer = setTimeout(
        () => waiter.refuse(new BridgeError('busy', 'no connection to the database became free in time; try again')),
        limits.wait,
      )
      signal.addEventListener('abort', abort)
      waiting.push(waiter)
    })
  }

  /** The connection if it answers, else the right to open one in its place. */
  async function proven(link: Link): Promise<Link | undefined> {
    try {
      await bounded(link, Math.min(probing, limits.statement)).execute(probe, never)
      return link
    } catch {
      broken++
      link.destroy()
      return undefined
    }
  }

  function release(link: Link | undefined): void {
    const works = link?.isUsable() === true && !isClosed
    const usable = works && link.isWorn?.() !== true
    if (link !== undefined && !works) {
      broken++
      link.destroy()
    } else if (link !== undefined && !usable) void link.close()
    const waiter = waiting.shift()
    if (waiter !== undefined) return waiter.take(usable ? link : undefined)
    if (!usable || link === undefined) {
      count--
      if (count === 0) drained?.()
      return
    }
    const timer = setTimeout(() => {
      const at = idle.findIndex((one) => one.link === link)
      if (at < 0) return
      idle.splice(at, 1)
      count--
      void link.close()
    }, limits.idle)
    timer.unref()
    idle.push({ link, timer, since: broken })
  }

  return {
    writable,
    async use(_, signal, work) {
      const free = await acquire(signal)
      let link: Link | undefined
      try {
        link = free ?? (await connect())
        return await work(bounded(link, limits.statement))
      } finally {
        release(link)
      }
    },
    async close() {
      isClosed = true
      for (const waiter of waiting.splice(0)) waiter.refuse(closed())
      const unused = idle.splice(0)
      for (const { timer } of unused) clearTimeout(timer)
      count -= unused.length
      await Promise.all(unused.map(({ link }) => link.close()))
      if (count > 0) await new Promise<void>((resolve) => (drained = resolve))
    },
  }
}

/** What a connection of uncertain health is asked, and how long it may take to answer, in milliseconds. */
const probe: Statement = { text: 'SELECT 1', params: [] }
const probing = 1_000
const never = new AbortController().signal

/** Cuts a statement off when its time is over, or the caller's. */
const bounded = (link: Link, milliseconds: number): Connection => ({
  abandon: () => link.destroy(),
  execute: async (statement, signal) => {
    if (signal.aborted) throw timedOut(signal)
    if (!link.isUsable()) throw new BridgeError('unavailable', 'the connection to the database is gone')
    let stop: () => void = () => undefined
    const over = new Promise<never>((_, reject) => {
      const abort = (): void => reject(timedOut(signal))
      const timer = setTimeout(
        () => reject(new BridgeError('timeout', 'the database took too long to answer')),
        milliseconds,
      )
      signal.addEventListener('abort', abort)
      stop = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
      }
    })
    const result = link.execute(statement)
    try {
      return await Promise.race([result, over])
    } catch (error) {
      if (error instanceof BridgeError) {
        // it goes on at the server and keeps its locks until somebody stops it
        result.catch(() => undefined)
        void link.cancel()
        link.destroy()
      }
      throw error
    } finally {
      stop()
    }
  },
})
