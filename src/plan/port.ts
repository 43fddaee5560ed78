import type { ScimId } from '../base/brand.ts'
import type { Observe } from '../base/observation.ts'
import type { Catalog } from '../mapping/catalog.ts'
import type { Predicate } from '../mapping/predicate.ts'
import type { Decision, Plan, SideValues } from './plan.ts'
import type { NativeRecord } from '../mapping/record.ts'
import type { NativeScalar } from '../mapping/slot.ts'

/**
 * How well a store can say a leaf predicate (`slot`, `row`, `link`, `id`):
 * `exact` selects just the right records, `superset` all of them and maybe more, `no` cannot be said.
 */
export type Say = 'exact' | 'superset' | 'no'

/** One native operation as explain prints it and as the server's own log will show it. */
export interface NativeOperation {
  /** SQL or an LDAP operation, with placeholders. */
  readonly text: string
  readonly params: readonly unknown[]
  /** The text by its lines, where people look for values in their places and not below: an LDAP operation. */
  readonly lines?: readonly string[]
  /** Why and when it runs: `prior`, `if a row was inserted`, … */
  readonly note?: string
}

/** A lowered plan. Opaque to the service: only its own store can run it. */
export interface Program {
  readonly plan: Plan
}

export interface RunOptions {
  readonly signal: AbortSignal
  /**
   * Awaited after the checks and before the first write, inside the transaction; a rejection undoes everything. Called
   * again when the store has to begin anew (a deadlock): what was decided before has not happened then.
   */
  readonly beforeWrite?: (decision: Decision) => Promise<void>
  /** Runs the reading steps for real, then undoes; the outcome lists what would have been written. */
  readonly dry?: boolean
}

export type Outcome =
  | { readonly kind: 'record'; readonly record: NativeRecord | undefined }
  /**
   * A page that the backend cut, in the order of the list; a bridge-cut read streams every record that satisfies
   * `where`, in the direction in which it is read. Each tells where it stands.
   */
  | {
      readonly kind: 'records'
      readonly records: AsyncIterable<NativeRecord>
      /** As far as the page asked for it. */
      readonly total: number | undefined
      /** There are records beyond the page that the backend cut, in the direction in which it was read. */
      readonly more: boolean
    }
  | {
      readonly kind: 'written'
      readonly record: NativeRecord | undefined
      readonly id: ScimId
      readonly changed: boolean
      readonly decision: Decision
      readonly wouldRun?: readonly NativeOperation[]
    }

/** One application on one backend. `lower` and `explain` are pure; `run` is the only I/O. */
export interface Store {
  /** What an operator should know of the backend as it is: an index that is missing, with the statement that makes one. */
  readonly advice: readonly string[]
  say(leaf: Predicate): Say
  lower(plan: Plan): Program
  /**
   * The operations of a program, in order. For a change the part after the decision depends on what is held: `prior`
   * says what to assume.
   */
  explain(program: Program, prior?: NativeRecord): readonly NativeOperation[]
  /** Rejects with BridgeError only: conflict, conflictOutOfScope, missing, constraint, denied, busy, unavailable, timeout, limit. */
  run(program: Program, options: RunOptions): Promise<Outcome>
  ping(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** A kind of backend: checks its own section of the mapping file and opens a store for a compiled mapping. */
export interface Backend {
  readonly kind: string
  /** Problems with the mapping that only this backend can see; offline. */
  check(catalog: Catalog): readonly { readonly path: readonly (string | number)[]; readonly message: string }[]
  /** A store that can lower and explain but not run; opens nothing. */
  offline(catalog: Catalog): Store
  /** Connects and compares the live schema with the mapping. Rejects with BridgeError. `observe` is told what an operator should know. */
  open(catalog: Catalog, observe?: Observe): Promise<Store>
}

/** An open intent of the side store: written before the native write, settled or dropped after it. */
export interface Intent {
  readonly key: number
  readonly type: string
  /** undefined for a create whose id is not known yet. */
  readonly id: ScimId | undefined
  readonly values: SideValues
  /** What identifies the record if the process died in between: unique leaf values and a digest of what was written. */
  readonly evidence: Evidence
}

export interface Evidence {
  /** Predicates are data, yet not storable: canonical attribute name to SCIM value. */
  readonly unique: Readonly<Record<string, string>>
  /** Digest of the native values that the write leaves behind, side store excluded. */
  readonly digest: string
  /** Child rows, by their source, as digests of what they show: those that are there after the write, and that are not. */
  readonly rows?: readonly { readonly of: string; readonly has: readonly string[]; readonly lacks: readonly string[] }[]
  /** Links, by their reference. */
  readonly links?: readonly {
    readonly of: string
    readonly has: readonly ScimId[]
    readonly lacks: readonly ScimId[] | 'any'
  }[]
}

/** Stands for an id of the side store where none is open. */
export const idFromSideStore = 'ID-FROM-SIDE-STORE'
/** Stands for the ids that are read first, where nothing is read. */
export const idOnPage = 'ID-ON-THE-PAGE'

/** One value of the side store. */
export interface Held {
  readonly id: ScimId
  readonly value: NativeScalar
}

/** The bridge's own store for SCIM attributes without a place in the legacy system. */
export interface SideStore {
  read(type: string, ids: readonly ScimId[]): Promise<ReadonlyMap<ScimId, SideValues>>
  /** Ids of records whose side values satisfy a leaf predicate (`slot` on a side slot); at most `limit` + 1. */
  find(type: string, leaf: Predicate, limit: number): Promise<readonly ScimId[]>
  intend(intent: Omit<Intent, 'key'>): Promise<number>
  /** Stores the intent's values under the id and closes it, in one transaction; a create first forgets what was there. */
  settle(key: number, id: ScimId): Promise<void>
  drop(key: number): Promise<void>
  open(): Promise<readonly Intent[]>
  forget(type: string, id: ScimId): Promise<void>
  /** What is held under one key, record by record, in the order of their ids: at most `limit` of those behind `after`. */
  walk(type: string, key: string, after: ScimId | undefined, limit: number): Promise<readonly Held[]>
  /** How many records of a type hold something under a key. */
  count(type: string, key: string): Promise<number>
  close(): Promise<void>
}
