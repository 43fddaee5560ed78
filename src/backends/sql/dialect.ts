import type { ErrorReason } from '../../base/errors.ts'
import type { Expression } from './expression.ts'

export interface Statement {
  readonly text: string
  readonly params: readonly unknown[]
}

/** How a column stores its values; `unknown` when nobody has looked. */
export type ColumnType = 'text' | 'integer' | 'numeric' | 'blob' | 'unknown'

/** What a failed statement means; `columns` are those the server named. */
export interface Failure {
  readonly reason: ErrorReason
  readonly why: 'unique' | 'notNull' | 'foreignKey' | 'check' | 'other'
  readonly table: string | undefined
  readonly columns: readonly string[]
}

/** Everything in which databases differ. A dialect is its overrides: nothing else asks which one it is. */
export interface Dialect {
  readonly name: string
  compile(expression: Expression): Statement
  readonly begin: { readonly read: string; readonly write: string }
  readonly commit: string
  readonly rollback: string
  /** The form of `fold` in src/scim/compare.ts. */
  fold(text: Expression): Expression
  /** Text equality without regard to case; `folded` has been folded. */
  foldedEqual(text: Expression, folded: string): Expression
  /** Compares by code point, whatever the column's collation. */
  exact(text: Expression): Expression
  asText(value: Expression): Expression
  /** Literal substrings: no character is a wildcard. */
  contains(text: Expression, part: string): Expression
  startsWith(text: Expression, part: string): Expression
  endsWith(text: Expression, part: string): Expression
  /** Null-safe equality. */
  same(a: Expression, b: Expression): Expression
  /** Two-valued negation: NULL counts as false below it. */
  not(predicate: Expression): Expression
  /** The elements of a JSON array in a column; anything else has none. */
  jsonElements(text: Expression, alias: string): { readonly from: Expression; readonly value: Expression }
  /** The keys of a page as a table, out of one parameter: the text does not depend on how many there are. Bytes come as hexadecimal. */
  keys(
    param: Expression,
    alias: string,
    binary: readonly boolean[],
  ): { readonly from: Expression; readonly ordinal: Expression; readonly values: readonly Expression[] }
  failure(error: unknown): Failure | undefined
}
