import { sql } from 'kysely'
import type { Database } from './database.ts'
import type { Expression } from './expression.ts'
import { sole } from './expression.ts'

/** The row is among those of a query. */
export const rowIn = ({ dialect }: Database, row: readonly Expression[], query: Expression): Expression =>
  row.length > 1 && dialect.rowIn !== undefined ? dialect.rowIn(row, query) : sql`${sole(row)} IN (${query})`
