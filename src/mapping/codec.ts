import type { Json } from '../base/json.ts'
import type { CompareOp, Literal } from '../scim/filter.ts'
import type { Predicate } from './predicate.ts'
import type { NativeScalar, Slot } from './slot.ts'

/**
 * A transform between one native value and one SCIM value. It is bidirectional or it is no codec:
 * law 1: `decode(encode(s)) = s` (canonical steps: `encode` of the decoded value is stable);
 * law 2: `compare(op, v, slot)` holds for a native value n exactly when `decode(n) op v` does;
 * law 3: `present(slot)` holds for n exactly when `decode(n)` is not undefined.
 * The laws speak of native values in the codec's form; what else stands in a column (`abc` among numbers) is no value.
 */
export interface Codec {
  readonly name: string
  /** undefined: nothing is assigned (an empty string, a zero date, a word that means "none"). Never throws. */
  decode(native: NativeScalar): Json | undefined
  /**
   * Throws BridgeError invalidValue when the value has no native form. `held` is what the slot holds now: codecs that
   * own a part of it only (bits) keep the rest.
   */
  encode(value: Json, held?: NativeScalar): NativeScalar
  /**
   * `encode` off the event loop, for a codec that is slow on purpose (password hashing): whoever may wait asks it before
   * planning and hands the result to the plan. `encode` itself gives the same, while everybody waits.
   */
  readonly encodeAhead?: (value: Json) => Promise<NativeScalar>
  /** The native value written for "no value": null, or the word that means it. */
  readonly none: NativeScalar
  /** undefined: this comparison cannot be carried across; the bridge evaluates it. `op` is never `ne`. */
  compare(op: CompareOp, value: Exclude<Literal, null>, slot: Slot): Predicate | undefined
  present(slot: Slot): Predicate
  /** `present` selects too much, and only the bridge can tell the rest (a table of words behind a trim). */
  readonly presentIsSuperset?: true
  /** May a backend sort by the native value? */
  readonly keepsOrder: boolean
}
