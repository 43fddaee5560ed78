import type { LdapConfig } from '../config.ts'
import type { Entry, Operation, Result, Search } from '../operation.ts'
import type { Server } from '../server.ts'
import { openConnection } from './connection.ts'
import { openLane } from './lane.ts'
import type { TlsOptions } from './socket.ts'
import { walkOver } from './walk.ts'

/** The connections to one server: those that are shared, and those that a listing has for itself. */
export interface Pool {
  /** Rejects with BrokenExchange or NoConnection, which tell what became of it, or with BridgeError: too busy, given up. */
  execute(operation: Operation, signal: AbortSignal): Promise<Result>
  walk(search: Search, take: (entries: readonly Entry[]) => void, options: WalkOptions): Promise<Result>
  /** A connection that is shared is there. */
  readonly isConnected: boolean
  close(): Promise<void>
}

export interface WalkOptions {
  readonly signal: AbortSignal
  readonly pageSize: number
}

/** A listing's connection that nobody used for so many milliseconds is closed. */
const idle = 60_000

export function openPool(server: Server, config: LdapConfig, tls: TlsOptions): Pool {
  const { connect, operation } = config.timeouts
  const { queue, wait, connections, inFlight, walks } = config.pool
  const dial = (retired: Parameters<typeof openConnection>[1]['retired']) =>
    openConnection(server, { bind: config.bind, tls, connect, operation, retired })
  const shared = openLane(dial, { connections, places: inFlight, queue, wait, idle: undefined })
  // the server keeps the state of a paged search with its connection, one at a time
  const alone = openLane(dial, { connections: walks, places: 1, queue, wait, idle })

  return {
    async execute(asked, signal) {
      const { connection, release } = await shared.acquire(signal)
      try {
        return await connection.execute(asked, signal)
      } finally {
        release()
      }
    },
    async walk(search, take, { signal, pageSize }) {
      const { connection, release } = await alone.acquire(signal)
      try {
        return await walkOver(connection, search, take, { signal, pageSize })
      } finally {
        release()
      }
    },
    get isConnected() {
      return shared.isConnected
    },
    async close() {
      await Promise.all([shared.close(), alone.close()])
    },
  }
}
