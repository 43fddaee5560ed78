import type { ScimId } from '../base/brand.ts'
import type { Assignment, Reference, ResourceMapping } from '../mapping/catalog.ts'
import type { Predicate } from '../mapping/predicate.ts'
import type { NativeValue, RowsSource, Slot } from '../mapping/slot.ts'
import type { ScimFilter } from '../scim/filter.ts'
import type { AttributeRef } from '../scim/schema.ts'
import type { NativeRecord, NativeRow, PageKey } from '../mapping/record.ts'

/** What of a record is read: no column, child table or member that nobody asked for. */
export interface Want {
  readonly slots: readonly Slot[]
  readonly rows: readonly RowsSource[]
  readonly links: readonly Reference[]
  /** All that the version covers is among them, so that it can be told. */
  readonly version?: true
  /**
   * For whoever needs every link at once: large references are read whole, and more than so many links together are
   * refused (400 `tooMany`). Without it the first of them come with the record and the rest as streams.
   */
  readonly whole?: number
}

export interface Order {
  readonly slot: Slot
  readonly descending: boolean
  readonly fold: boolean
  /** Says which records have a value; the others come last, descending first (RFC 7644 section 3.4.2.3). */
  readonly present: Predicate
}

/** `offset` records are passed over, then at most `limit` are returned, in the order of the list. */
export interface Page {
  readonly offset: number
  readonly limit: number
  /** Where the page before this one ended: the page goes on behind it, and `offset` passes over nothing. */
  readonly after?: PageKey
  /** Where the page behind this one began, or the end of the list: the page ends before it, and `offset` is nothing. */
  readonly before?: PageKey | 'end'
  /** What the total is: of all, unless said otherwise; of what lies behind `after`; or it is not counted. */
  readonly counting?: 'rest' | 'nothing'
}

/** Who filters the rest also cuts the page: a residual with a page cut by the backend cannot be written down. */
export type Cut =
  | { readonly by: 'backend'; readonly page: Page; readonly order: Order | undefined }
  | {
      readonly by: 'bridge'
      /**
       * Without a sort of the bridge the store begins behind `after`, or before `before` and goes backwards; with one
       * it gives everything, and the places are the bridge's own.
       */
      readonly page: Page
      readonly residual: ScimFilter
      /** Sort in the bridge by the decoded value; undefined keeps the backend's order. */
      readonly sort: { readonly by: AttributeRef; readonly descending: boolean } | undefined
      readonly scanLimit: number
    }

export interface GetPlan {
  readonly kind: 'get'
  readonly of: ResourceMapping
  readonly id: ScimId
  readonly want: Want
}

export interface ListPlan {
  readonly kind: 'list'
  readonly of: ResourceMapping
  readonly where: Predicate
  readonly want: Want
  readonly cut: Cut
}

/** What is written to one record. Every entry differs from what is held: the no-op law. */
export interface WriteSet {
  readonly fields: readonly { readonly slot: Slot; readonly value: NativeValue }[]
  readonly rows: readonly RowsDelta[]
  readonly links: readonly LinkDelta[]
}

export interface RowsDelta {
  readonly rows: RowsSource
  readonly add: readonly NativeRow[]
  readonly remove: readonly NativeRow[]
  /** A row that stays but changes: unmapped columns of it survive. */
  readonly change: readonly { readonly from: NativeRow; readonly to: NativeRow }[]
}

/** Set algebra on a reference: nothing of it is read. `only` first removes every link that is not in `add`. */
export interface LinkDelta {
  readonly reference: Reference
  readonly only: boolean
  readonly add: readonly ScimId[]
  readonly remove: readonly ScimId[]
}

/** Checked inside the write; a record other than this one that satisfies `where` is a 409 `uniqueness`. */
export interface UniqueCheck {
  readonly attribute: string
  readonly where: Predicate
}

/** What is to be written once the prior state is known. */
export interface Decision {
  readonly write: WriteSet
  readonly unique: readonly UniqueCheck[]
  /** Values that the side store takes, the changed ones only; undefined leaves it alone. */
  readonly side: SideValues | undefined
}

export type SideValues = Readonly<Record<string, NativeValue>>

/** What a client calls somebody whom a reference is to point at, and how that may be meant. */
export interface Name {
  readonly reference: Reference
  /** As it was sent. */
  readonly value: string
  /** In the order in which they are tried: the first that finds somebody decides, and it has to find one only. */
  readonly ways: readonly Way[]
}

export interface Way {
  /** `id`, or the canonical name of the attribute. */
  readonly by: string
  readonly of: readonly { readonly type: string; readonly where: Predicate }[]
}

/** Who was found for a value that a client sent; undefined when nobody was. */
export type IdOf = (reference: Reference, value: string) => ScimId | undefined

export interface CreatePlan {
  readonly kind: 'create'
  readonly of: ResourceMapping
  /** Links of references that are matched by more than ids hold what was sent: `createByIds` puts the ids in. */
  readonly decision: Decision
  /** What the request calls those whom it names; a store finds them out before anything else. */
  readonly names?: readonly Name[]
  /** `set.create` and `set.write` of the mapping. */
  readonly assign: readonly Assignment[]
  readonly answer: Want
}

/**
 * A change reads `prior` under the record's lock, decides (pure), writes, and reads `answer` back, all in one
 * transaction. `decide` throws BridgeError (preconditionFailed, mutability, noTarget …) and then nothing is written.
 */
export interface ChangePlan {
  readonly kind: 'change'
  readonly of: ResourceMapping
  readonly id: ScimId
  readonly prior: Want
  /**
   * Ids that the request names for references, known before anything is read: a store may look them up together with
   * the record. The decision may name others.
   */
  readonly named?: readonly { readonly reference: Reference; readonly ids: readonly ScimId[] }[]
  /** What the request calls those whom it names, where that need not be an id; a store finds them out before it decides. */
  readonly names?: readonly Name[]
  decide(prior: NativeRecord, idOf?: IdOf): Decision
  /** `set.write`, applied only when the decision writes anything. */
  readonly assign: readonly Assignment[]
  readonly answer: Want | undefined
}

export interface RemovePlan {
  readonly kind: 'remove'
  readonly of: ResourceMapping
  readonly id: ScimId
  readonly prior: Want
  /** Throws BridgeError when a guard fails. */
  check(prior: NativeRecord): void
}

export type Plan = GetPlan | ListPlan | CreatePlan | ChangePlan | RemovePlan
