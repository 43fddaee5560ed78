import type { Attribute } from '../../scim/schema.ts'
import { fold } from '../../scim/compare.ts'
import type { CompareOp, Literal } from '../../scim/filter.ts'
import type { Predicate } from '../predicate.ts'
import type { Slot } from '../slot.ts'
import { nativeText, textOf } from './made.ts'
import type { MadeCodec } from './made.ts'
import { absent, allOf, anyOf, not, nothing, test } from './tests.ts'

/** A filled slot that is not the empty string: the empty string means "no value" (RFC 7643 section 2.5). */
export const filled = (slot: Slot): Predicate =>
  not(anyOf(absent(slot), test(slot, { op: 'eq', value: '', fold: false })))

/** The comparison of a text with what is in the slot, by the case rule of the attribute. */
export function compareText(
  op: CompareOp,
  value: Exclude<Literal, null>,
  slot: Slot,
  caseExact: boolean,
): Predicate | undefined {
  if (typeof value !== 'string') return nothing
  if (op === 'ne') return undefined
  const folds = !caseExact
  if (value === '') {
    // every text contains, begins with, ends with and is not below the empty one; none equals it, since it is "no value"
    return op === 'eq' || op === 'lt' || op === 'le' ? nothing : filled(slot)
  }
  const said = test(slot, { op, ...folding(value, folds) })
  return op === 'lt' || op === 'le' ? allOf(said, filled(slot)) : said
}

/** The form of a text in which it is compared, with the text itself where a store may fold it in another way. */
export const folding = (value: string, folds: boolean) => ({
  value: folds ? fold(value) : value,
  fold: folds,
  ...(folds && fold(value) !== value && /[^\x00-\x7f]/.test(value) && { asked: value }),
})

/** Text as it is. */
export const text = (attribute: Attribute): MadeCodec => ({
  name: 'text',
  decode: (native) => nativeText(native) || undefined,
  encode: (value) => textOf(value, attribute.name),
  none: null,
  compare: (op, value, slot) => compareText(op, value, slot, attribute.caseExact),
  present: filled,
  keepsOrder: true,
  samples: ['a', 'Ab c'],
})
