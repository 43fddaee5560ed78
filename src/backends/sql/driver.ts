import type { z } from 'zod'
import type { LiveSchema } from './column.ts'
import type { Connection, Pool } from './connection.ts'
import type { Dialect } from './dialect.ts'

/** A database that can be reached: its dialect, its part of the `backend` section, its connections, its catalogue. */
export interface Driver {
  readonly dialect: Dialect
  readonly section: z.ZodType
  /** `section` has been checked; relative paths in it start at `base`. Rejects with BridgeError. */
  open(section: unknown, base: string): Promise<Pool>
  /** What the database holds of these tables; those that do not exist are left out, others may be told for a hint. */
  readSchema(connection: Connection, tables: readonly string[]): Promise<LiveSchema>
}
