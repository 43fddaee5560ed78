import { sql } from 'kysely'
import type { Dialect, Recursion } from './dialect.ts'
import type { Expression } from './expression.ts'
import { list } from './expression.ts'

/** `WITH …`, before the SELECT that asks the table. */
export const recursive = (dialect: Dialect, table: Recursion): Expression =>
  dialect.recursive?.(table) ??
  sql`WITH RECURSIVE ${sql.id(table.name)}(${list(table.columns.map((one) => sql.id(one)))}) AS (${table.start} UNION ${table.step})`
