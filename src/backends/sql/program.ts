import type { NativeRecord } from '../../mapping/record.ts'
import type { Generate } from '../../mapping/catalog.ts'
import type { Decision } from '../../plan/plan.ts'
import type { Outcome, Program } from '../../plan/port.ts'
import type { Statement } from './dialect.ts'
import type { Param } from './expression.ts'

export type Row = readonly Param[]

export interface Result {
  readonly rows: readonly Row[]
  /** Rows that the statement itself changed; rows that a trigger changed do not count. */
  readonly changes: number
  /** The number that the database gave to the inserted row, where it tells that. */
  readonly insertId?: number | bigint
}

/** One step of a program. `assume` is the result that explain goes on with. */
export type Step =
  | {
      readonly kind: 'statement'
      readonly statement: Statement
      readonly writes: boolean
      /** Takes a lock by name. */
      readonly locks: boolean
      readonly note: string | undefined
      readonly assume: Result
    }
  /** Every check is done and nothing is written yet. */
  | { readonly kind: 'decided'; readonly decision: Decision }

/**
 * The steps of a program, as a coroutine: it yields a statement and is handed its result. Whoever drives it decides what
 * happens: the interpreter asks the database, explain answers with what is assumed. So both walk the very same text.
 */
export type Steps<T> = Generator<Step, T, Result>

/** What a program takes from outside. */
export interface Circumstances {
  /** Set by explain: the record that is held; a program then trusts it instead of the rows it reads. */
  readonly assumed: { readonly prior: NativeRecord | undefined } | undefined
  now(): Param
  generate(how: Generate): Param
  /** Steps that are taken when this program is over, if at all: what is read while an answer is sent. */
  later<T>(steps: () => Steps<T>): Promise<T>
}

export type SqlProgram = Program &
  (
    | { readonly kind: 'read'; steps(circumstances: Circumstances): Steps<Outcome> }
    | { readonly kind: 'write'; steps(circumstances: Circumstances): Steps<Outcome> }
    /** Records by chunks: each is a program of its own, so that no lock is held while a client reads slowly. */
    | {
        readonly kind: 'stream'
        readonly key: readonly string[]
        chunk(
          circumstances: Circumstances,
          after: Row | undefined,
        ): Steps<{ readonly records: readonly NativeRecord[]; readonly last: Row | undefined }>
      }
  )

export const nothing: Result = { rows: [], changes: 0 }
