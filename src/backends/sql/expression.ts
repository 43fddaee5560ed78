import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { NativeScalar } from '../../mapping/slot.ts'

/** A piece of SQL: identifiers are quoted and values bound by kysely when it is compiled. */
export type Expression = RawBuilder<unknown>

/** A value that only the run will know (a generated key, the keys of a page); explain prints it as such. */
export interface Unknown {
  readonly unknown: string
}
export type Param = NativeScalar | Unknown

export const isUnknown = (value: Param | undefined): value is Unknown =>
  typeof value === 'object' && value !== null && 'unknown' in value

export const bind = (value: Param): Expression => sql.val(value)
export const column = (alias: string, name: string): Expression => sql.id(alias, name)
export const columns = (alias: string, names: readonly string[]): readonly Expression[] =>
  names.map((name) => column(alias, name))

/** `"schema"."table" AS "alias"`; a name may carry its schema. */
export const table = (name: string, alias?: string): Expression =>
  alias === undefined ? sql.table(name) : sql`${sql.table(name)} AS ${sql.id(alias)}`

export const list = (of: readonly Expression[]): Expression => sql.join(of, sql`, `)

export const truth = sql`1 = 1`
export const falsehood = sql`1 = 0`

/** Many are joined in halves: a database limits how deep an expression nests, and a plain chain is as deep as long. */
const chain = (of: readonly Expression[], by: Expression): Expression => {
  if (of.length <= 50) return sql`(${sql.join(of, by)})`
  const half = of.length >> 1
  return sql`(${chain(of.slice(0, half), by)}${by}${chain(of.slice(half), by)})`
}

export const and = (of: readonly Expression[]): Expression =>
  of.length === 0 ? truth : of.length === 1 ? of[0]! : chain(of, sql` AND `)
export const or = (of: readonly Expression[]): Expression =>
  of.length === 0 ? falsehood : of.length === 1 ? of[0]! : chain(of, sql` OR `)

/** Columns against columns or values, pair by pair. */
export const equal = (left: readonly Expression[], right: readonly Expression[]): readonly Expression[] =>
  left.map((one, i) => sql`${one} = ${right[i] ?? sql`NULL`}`)

/** ` WHERE …`, without the outer parentheses. */
export const where = (of: readonly Expression[]): Expression =>
  of.length === 0 ? sql`` : sql` WHERE ${sql.join(of, sql` AND `)}`

/** Constant equalities of a mapping (`where:`), NULL included. */
export const equalities = (
  alias: string | undefined,
  constants: Readonly<Record<string, NativeScalar>>,
): Expression[] =>
  Object.entries(constants).map(([name, value]) => {
    const at = alias === undefined ? sql.id(name) : column(alias, name)
    return value === null ? sql`${at} IS NULL` : sql`${at} = ${bind(value)}`
  })

export const exists = (from: Expression, conditions: readonly Expression[]): Expression =>
  sql`EXISTS (SELECT 1 FROM ${from}${where(conditions)})`

/** One of these values: `=` for one of them, `IN` for more. */
export const among = (one: Expression, values: readonly NativeScalar[]): Expression =>
  values.length === 0
    ? falsehood
    : values.length === 1
      ? sql`${one} = ${bind(values[0]!)}`
      : sql`${one} IN (${list(values.map(bind))})`

/** One expression, or a row value of several. */
export const sole = (of: readonly Expression[]): Expression => (of.length === 1 ? of[0]! : sql`(${list(of)})`)
