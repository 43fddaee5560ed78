import type { Database } from './database.ts'
import type { Expression } from './expression.ts'

/** A subquery of a statement that writes `home`, reading `table`. */
export const apart = ({ dialect }: Database, subquery: Expression, home: string, table: string): Expression =>
  home === table ? (dialect.apart?.(subquery) ?? subquery) : subquery
