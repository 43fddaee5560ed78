import { never } from '../base/errors.ts'
import type { ScimId } from '../base/brand.ts'
import { compareCodePoints, fold } from '../scim/compare.ts'
import { isInOrder } from '../scim/compare-values.ts'
import type { Instant } from '../scim/instant.ts'
import { compareInstants } from '../scim/instant.ts'
import type { Reference } from './catalog.ts'
import { timeForm } from './codecs/time-form.ts'
import { zone } from './codecs/zone.ts'
import type { Predicate, SlotTest } from './predicate.ts'
import type { NativeScalar, RowsSource, Slot } from './slot.ts'

/** What a predicate can ask of one record or of one child row. */
export interface Subject {
  readonly id: ScimId | undefined
  /** The assigned values of a slot: no nulls. */
  values(slot: Slot): readonly NativeScalar[]
  rows(source: RowsSource): readonly Subject[]
  linked(reference: Reference, to: 'any' | readonly ScimId[]): boolean
}

/** The reference semantics of `Predicate`: two-valued at every node. */
export function holds(predicate: Predicate, subject: Subject): boolean {
  switch (predicate.kind) {
    case 'true':
      return true
    case 'false':
      return false
    case 'and':
      return predicate.of.every((p) => holds(p, subject))
    case 'or':
      return predicate.of.some((p) => holds(p, subject))
    case 'not':
      return !holds(predicate.of, subject)
    case 'slot':
      return satisfies(subject.values(predicate.slot), predicate.test)
    case 'row':
      return subject.rows(predicate.rows).some((row) => holds(predicate.where, row))
    case 'link':
      return subject.linked(predicate.reference, predicate.to)
    case 'id':
      return subject.id !== undefined && predicate.ids.includes(subject.id)
    default:
      return never(predicate)
  }
}

/** True when any of the values passes; `absent` when there is none. */
export function satisfies(values: readonly NativeScalar[], test: SlotTest): boolean {
  return test.op === 'absent' ? values.length === 0 : values.some((value) => passes(value, test))
}

function passes(held: NativeScalar, test: Exclude<SlotTest, { readonly op: 'absent' }>): boolean {
  if (held === null) return false
  switch (test.op) {
    case 'in':
      return test.values.some((value) => compareScalars(held, value) === 0)
    case 'moment': {
      const [one, other] = [momentOf(held), momentOf(test.value)]
      return one !== undefined && other !== undefined && isInOrder(test.is, compareInstants(one, other))
    }
    case 'bits': {
      const number = integer(held)
      return number !== undefined && (number & BigInt(test.mask)) === BigInt(test.equals)
    }
    case 'co':
    case 'sw':
    case 'ew': {
      if (test.value === null) return false
      const text = textOf(held, test.fold)
      const part = textOf(test.value, false)
      return test.op === 'co' ? text.includes(part) : test.op === 'sw' ? text.startsWith(part) : text.endsWith(part)
    }
    case 'eq':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le': {
      const order = compareScalars(test.fold && typeof held === 'string' ? fold(held) : held, test.value)
      if (order === undefined) return false
      return isInOrder(test.op, order)
    }
    default:
      return never(test)
  }
}

const generalized = timeForm('generalized', zone('UTC'))
const momentOf = (value: NativeScalar): Instant | undefined => generalized.parse(value)

/**
 * Numbers, big integers and booleans compare as numbers, text by code point, bytes by byte. A number beside text
 * compares as text, as a codec that reads a numeric column as a string would. undefined: null, or bytes beside anything else.
 */
export function compareScalars(a: NativeScalar, b: NativeScalar): number | undefined {
  if (a === null || b === null) return undefined
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) : undefined
  }
  if (typeof a === 'string' || typeof b === 'string') return compareCodePoints(textOf(a, false), textOf(b, false))
  const x = typeof a === 'boolean' ? Number(a) : a
  const y = typeof b === 'boolean' ? Number(b) : b
  // mixed number and bigint compare by mathematical value
  return x < y ? -1 : x > y ? 1 : 0
}

function textOf(value: Exclude<NativeScalar, null>, folded: boolean): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  const text = typeof value === 'boolean' ? String(Number(value)) : String(value)
  return folded ? fold(text) : text
}

/** Bit tests go through BigInt: a directory's flag word may use bit 31, which JavaScript takes for a sign. */
function integer(value: Exclude<NativeScalar, null>): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'boolean') return BigInt(value)
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : undefined
}
