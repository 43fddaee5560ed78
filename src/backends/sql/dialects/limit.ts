import { sql } from 'kysely'
import type { Expression } from '../expression.ts'

/** ` LIMIT n OFFSET m`; a single row is a constant of the program. */
export const limit = (count: number, offset: number | undefined): Expression => {
  if (offset !== undefined) return sql` LIMIT ${count} OFFSET ${offset}`
  return count === 1 ? sql` LIMIT 1` : sql` LIMIT ${count}`
}
