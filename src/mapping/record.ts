import type { ScimId } from '../base/brand.ts'
import type { NativeScalar, NativeValue } from './slot.ts'

/** A place in the total order of a list, just as its store computed it. Nobody else looks inside. */
export interface PageKey {
  /** The value that is sorted by, in the form in which it is compared; null where there is none, or no order. */
  readonly sort: NativeScalar
  /** The key that ties are broken by. */
  readonly key: readonly NativeScalar[]
}

/** One record as it came from a backend, by slot, rows and reference key; only what was asked for is there. */
export interface NativeRecord {
  readonly id: ScimId
  /** Where a record of a list stands in it. */
  readonly at?: PageKey
  readonly fields: Readonly<Record<string, NativeValue>>
  readonly rows: Readonly<Record<string, readonly NativeRow[]>>
  readonly links: Readonly<Record<string, readonly Link[]>>
  /**
   * Large references that are longer than what is read at once, all of their links, chunk by chunk; such a reference is
   * not among `links`. Read once, and those of a list in the order of its records; nothing is held open in between.
   */
  readonly streams?: Readonly<Record<string, AsyncIterable<readonly Link[]>>>
}

/** A child row by slot key; `rowKey` holds the value of the row's own key column, if it has one. */
export interface NativeRow {
  readonly fields: Readonly<Record<string, NativeScalar>>
  readonly rowKey?: NativeScalar
}

/** One end of a reference, as a client will see it. */
export interface Link {
  readonly type: string
  readonly id: ScimId
  /** The target's displayName or userName, where the store can tell. */
  readonly display?: string
  /** true for a membership that comes through a nested group (RFC 7643 section 4.1.2, `groups.type`). */
  readonly indirect?: boolean
}
