import type { Attribute } from '../../scim/schema.ts'
import type { Predicate } from '../predicate.ts'
import type { Slot } from '../slot.ts'
import { nativeText, textOf, wrong } from './made.ts'
import type { MadeCodec } from './made.ts'
import { allOf, anyOf, not, nothing, test } from './tests.ts'
import { folding } from './text.ts'

/**
 * Native text around the value: `uid={value},ou=people`, a prefix or a suffix. What lacks them, letter by letter, is no
 * value of ours.
 */
export function affix(attribute: Attribute, before: string, after: string): MadeCodec {
  if (!/^[\x20-\x7e]*$/.test(before + after)) throw wrong('a prefix or suffix is plain ASCII text')
  const around = before.length + after.length
  const folds = !attribute.caseExact

  const is = (op: 'eq' | 'sw' | 'ew', slot: Slot, value: string) => test(slot, { op, value, fold: false })
  const framed = (slot: Slot): Predicate =>
    allOf(...(before === '' ? [] : [is('sw', slot, before)]), ...(after === '' ? [] : [is('ew', slot, after)]))

  return {
    name: 'affix',
    decode(native) {
      const text = nativeText(native)
      if (text === undefined || text.length <= around || !text.startsWith(before) || !text.endsWith(after))
        return undefined
      return text.slice(before.length, text.length - after.length)
    },
    encode: (value) => before + textOf(value, attribute.name) + after,
    none: null,
    compare(op, value, slot) {
      if (op !== 'eq') return undefined
      if (typeof value !== 'string' || value === '') return nothing
      const whole = before + value + after
      if (!folds) return is('eq', slot, whole)
      return allOf(test(slot, { op: 'eq', ...folding(whole, true) }), framed(slot))
    },
    present: (slot) => allOf(framed(slot), not(anyOf(...tooShort(before, after).map((text) => is('eq', slot, text))))),
    keepsOrder: false,
    samples: ['a', 'x.y'],
  }
}

/** Texts in which prefix and suffix share letters, and the one that holds nothing between them. */
function tooShort(before: string, after: string): readonly string[] {
  const found: string[] = []
  for (let shared = 0; shared <= Math.min(before.length, after.length); shared++)
    if (before.slice(before.length - shared) === after.slice(0, shared)) found.push(before + after.slice(shared))
  return found
}
