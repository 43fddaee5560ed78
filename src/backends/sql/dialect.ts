import type { ErrorReason } from '../../base/errors.ts'
import type { SlotTest } from '../../mapping/predicate.ts'
import type { Column, Index, Operand } from './column.ts'
import type { Expression } from './expression.ts'

export interface Statement {
  readonly text: string
  readonly params: readonly unknown[]
}

/** What a failed statement means; `columns` are those the server named. */
export interface Failure {
  readonly reason: ErrorReason
  readonly why: 'unique' | 'notNull' | 'foreignKey' | 'check' | 'value' | 'other'
  readonly table: string | undefined
  readonly columns: readonly string[]
  /** The constraint or unique index, where the server names that instead. */
  readonly constraint?: string
  /**
   * What may be tried again: `transaction` when the server has undone all of it (a deadlock), `connection` when the
   * connection is gone, and with it everything that was not committed.
   */
  readonly repeat: 'transaction' | 'connection' | undefined
}

/** The keys of a page as a table. */
export interface KeysTable {
  readonly from: Expression
  /** The place of a key in the page, from 0. */
  readonly ordinal: Expression
  readonly values: readonly Expression[]
}

/** A column of a key, and whether its values are numbers or bytes, as the first key shows. */
export interface KeyColumn {
  readonly name: string
  readonly holds: 'text' | 'number' | 'bytes'
  readonly column: Column | undefined
}

export type LockOfRows = 'change' | 'remove' | 'share'

export type Fit = SlotTest | 'never' | 'filled' | 'unsayable'

/** Everything in which databases differ. A dialect is its overrides: nothing else asks which one it is. */
export interface Dialect {
  readonly name: string
  /** A column takes values of its type only. */
  readonly typed: boolean
  /** An index serves `(a, b) > (?, ?)` from the very place; else the comparison is spelled out, column by column. */
  readonly seeksRows: boolean
  compile(expression: Expression): Statement
  readonly begin: { readonly read: string; readonly write: string }
  /** Said before `begin.write`, where that cannot say how the transaction is isolated. */
  readonly beforeWrite?: string
  readonly commit: string
  readonly rollback: string

  /** The form in which text is compared and sorted: `fold` of src/scim/compare.ts, or its code points as stored. */
  form(text: Operand, fold: boolean): Expression
  /** That form is one of these; an index of the column serves it where there is one. With `fold` they have been folded already. */
  equalText(text: Operand, anyOf: readonly string[], fold: boolean): Expression
  /** Literal substrings of that form: no character is a wildcard. */
  contains(text: Operand, part: string, fold: boolean): Expression
  startsWith(text: Operand, part: string, fold: boolean): Expression
  endsWith(text: Operand, part: string, fold: boolean): Expression
  /**
   * Where a value that the column's type does not have is an error: the test without it, or what it comes to. `filled` is
   * true of every value, and `unsayable` is left to the bridge.
   */
  fit?(test: SlotTest, column: Column): Fit
  /** Equality with texts of a column of another type; undefined: as text. */
  equalTyped?(value: Operand, anyOf: readonly string[], fold: boolean): Expression | undefined
  asText(value: Expression, column?: Column): Expression
  concat(of: readonly Expression[]): Expression
  /** Null-safe equality. */
  same(a: Expression, b: Expression): Expression
  /** Two-valued negation: NULL counts as false below it. */
  not(predicate: Expression): Expression
  /** The elements of a JSON array in a column, anything else having none; undefined when this column cannot be asked. */
  jsonElements(text: Operand, alias: string): { readonly from: Expression; readonly value: Expression } | undefined

  /** How many keys travel as JSON in one parameter: arrays of their parts, or objects by column. */
  readonly keysAs: 'arrays' | 'objects'
  /** The keys of a page as a table, out of one parameter: the text does not depend on how many there are. Bytes come as hexadecimal, in objects as `\x…`. */
  keys(param: Expression, alias: string, table: string, key: readonly KeyColumn[]): KeysTable

  /** ` LIMIT n OFFSET m`; `ordered` when an ORDER BY stands before it. */
  limit(limit: number, offset: number | undefined, ordered: boolean): Expression
  /** ` FROM …` of a SELECT without a table. */
  readonly fromNothing: Expression
  /** Columns of an INSERT may be returned; else only the number that the database gave. */
  readonly returns: boolean
  /** An INSERT of nothing but defaults. */
  insertDefaults(table: Expression): Expression
  /** `SET` and the conditions follow; `table` carries the alias. */
  update(table: Expression, alias: string): Expression
  /** ` FROM …` of an UPDATE that names its table behind `SET`. */
  updateFrom?(table: Expression): Expression
  delete(table: Expression, alias: string): Expression
  /** A subquery inside a statement that writes the very table which the subquery reads, where that takes another form. */
  apart?(subquery: Expression): Expression
  /** Behind a SELECT of one table under an alias: nobody else changes (or, when shared, removes) its rows meanwhile. */
  lockRows(alias: string, how: LockOfRows): Expression
  /**
   * A statement that had to wait for a row shows the rows of other tables as they were before it waited: the row is
   * locked by a statement of its own then.
   */
  readonly locksLate?: true
  /** The same where it stands behind the table instead. */
  lockHint?(how: LockOfRows): Expression
  /** Takes a lock by name until the end of the transaction; its one column is 1 when it was granted. */
  lockName(name: string): Expression | undefined
  /** Gives back the locks by name, where the end of the transaction does not. */
  readonly unlockNames: string | undefined

  /** What an index of a column is made of, so that equality (without regard to case) is served by it. */
  indexed(column: Expression, fold: boolean): Expression
  /** This index serves equality of the column. */
  serves(index: Index, column: Column, fold: boolean): boolean

  failure(error: unknown): Failure | undefined

  // what follows is said where the database departs from what most of them understand

  /** A statement fails that reads a table which its triggers write: what it would choose by is read before. */
  readonly readsBefore?: true

  /** `WITH …`: a table that refers to itself. Rows that it holds already are not added again, so that a circle ends. */
  recursive?(table: Recursion): Expression
  /** `value & mask`. */
  bits?(value: Expression, mask: Expression): Expression
  /** `(a, b) IN (SELECT …)`. */
  rowIn?(row: readonly Expression[], query: Expression): Expression
  /** An INSERT of values takes one row only. */
  readonly oneRowInserts?: true
  /** Blanks at its end do not tell a text from another: ' ' = ''. */
  readonly padsBlanks?: true
  /** An empty text is NULL. */
  readonly emptyIsNull?: true
  /** A cut SELECT must not have two columns of one name. */
  readonly distinctNames?: true
}

/** `start UNION step`, under a name and with names for its columns; those of `key` tell its rows apart. */
export interface Recursion {
  readonly name: string
  readonly columns: readonly string[]
  readonly key: readonly string[]
  readonly start: Expression
  readonly step: Expression
}
