import type { Generate } from '../../mapping/catalog.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import type { Decision } from '../../plan/plan.ts'
import type { Entry, Operation, Result, Search } from './operation.ts'

/** One step of a program. `assume` is the result that explain goes on with. */
export type Step =
  | {
      readonly kind: 'operation'
      readonly operation: Operation
      readonly note: string | undefined
      readonly assume: Result
      /** It ends what was begun, so it is taken again while the directory is away. */
      readonly isInsistent: boolean
    }
  /** A paged search to its end, on a connection of its own: the entries are handed over page by page and not kept. */
  | {
      readonly kind: 'walk'
      readonly search: Search
      readonly note: string | undefined
      take(entries: readonly Entry[]): void
      /** Whether this walk is begun at all, and under whose signal, when others want the same. */
      readonly share: Share | undefined
    }
  /** Waits for its turn among the programs of this process that name any of the same; held to the end of the program. */
  | { readonly kind: 'lock'; readonly names: readonly string[] }
  /** Every check is done and nothing is written yet. */
  | { readonly kind: 'decided'; readonly decision: Decision }

export type Share = (begin: (signal: AbortSignal) => Promise<Result>, signal: AbortSignal) => Promise<Result>

/**
 * The steps of a program, as a coroutine: it yields an operation and is handed its result. Whoever drives it decides
 * what happens: the interpreter asks the directory, explain answers with what is assumed. So both walk the same line.
 */
export type Steps<T> = Generator<Step, T, Result>

/** What a program takes from outside. */
export interface Circumstances {
  /** Set by explain: the record that is held; a program then trusts it instead of the entries it reads. */
  readonly assumed: { readonly prior: NativeRecord | undefined } | undefined
  /** Reads are made and writes are not: each counts as done. */
  readonly dry: boolean
  /** What is read decides a write: every name is looked up, however lately it was met. */
  readonly isDeciding?: boolean
  generate(how: Generate): string
  /** Steps that are taken when this program is over, if at all: what is read while an answer is sent. */
  later<T>(steps: () => Steps<T>): Promise<T>
}
