import type { ScimId } from '../base/brand.ts'
import type { Reference } from './catalog.ts'
import type { NativeScalar, RowsSource, Slot } from './slot.ts'

/** One test of the values of a slot; true when any value satisfies it, false when there is none (save `absent`). */
export type SlotTest =
  | {
      readonly op: 'eq' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'
      readonly value: NativeScalar
      /**
       * Text is compared as NFC and locale-free lower case (`caseExact: false`), else by code point.
       * When `fold` is set `value` has been folded already. Numbers compare as numbers and never fold.
       */
      readonly fold: boolean
      /** The text before it was folded, where that is more than the case of ASCII: a store may have a rule of its own. */
      readonly asked?: string
    }
  | { readonly op: 'in'; readonly values: readonly NativeScalar[] }
  | { readonly op: 'absent' }
  /** Moments are compared, whatever their spelling: generalized time (RFC 4517 section 3.3.13) has many for one of them. */
  | { readonly op: 'moment'; readonly is: 'eq' | 'gt' | 'ge' | 'lt' | 'le'; readonly value: string }
  /** `(value & mask) = equals` */
  | { readonly op: 'bits'; readonly mask: number; readonly equals: number }

/**
 * What a backend is asked to select: two-valued at every node (`not` is total: NULL and unassigned count as false
 * below it, so their negation is true). Plain data, so that plans can be printed and compared.
 */
export type Predicate =
  | { readonly kind: 'true' }
  | { readonly kind: 'false' }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Predicate[] }
  | { readonly kind: 'not'; readonly of: Predicate }
  | { readonly kind: 'slot'; readonly slot: Slot; readonly test: SlotTest }
  /** Some child row satisfies `where`, whose slots are columns of that row. */
  | { readonly kind: 'row'; readonly rows: RowsSource; readonly where: Predicate }
  /** The reference holds one of these ids, or anything at all. Ids that cannot exist simply do not match. */
  | { readonly kind: 'link'; readonly reference: Reference; readonly to: 'any' | readonly ScimId[] }
  | { readonly kind: 'id'; readonly ids: readonly ScimId[] }
