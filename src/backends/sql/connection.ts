import type { Statement } from './dialect.ts'
import type { Result } from './program.ts'

/** One connection in the hands of one program. */
export interface Connection {
  /**
   * Runs one statement within the connection's own bound, and no longer than the signal allows: then the server is told
   * to stop, and the connection is of no more use. Rejects with the driver's error or a BridgeError.
   */
  execute(statement: Statement, signal: AbortSignal): Promise<Result>
  /** It may be in the middle of something: nobody gets it after this program. */
  abandon(): void
}

/** Where a store gets its connections. */
export interface Pool {
  /** false when it is opened for reading only. */
  readonly writable: boolean
  /**
   * Holds one connection for the whole of `work`, so that the steps of two programs never mix. Rejects with `busy` when
   * too many wait already or the wait is too long, with `unavailable` when no connection can be had.
   */
  use<T>(kind: 'read' | 'write', signal: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T>
  close(): Promise<void>
}
