import { fold } from '../../scim/compare.ts'
import type { Attribute } from '../../scim/schema.ts'
import { nativeText, textOf, wrong } from './made.ts'
import type { MadeCodec } from './made.ts'
import { allOf, not, nothing, test } from './tests.ts'

const ascii = /^[\x20-\x7e]*$/

/** Native text around the value: `uid={value},ou=people`, a prefix or a suffix. What lacks them is no value of ours. */
export function affix(attribute: Attribute, before: string, after: string): MadeCodec {
  if (!ascii.test(before + after)) throw wrong('a prefix or suffix is plain ASCII text')
  const same = (a: string, b: string) => (attribute.caseExact ? a === b : fold(a) === fold(b))
  const around = before.length + after.length
  const form = (text: string) => (attribute.caseExact ? text : fold(text))
  const folds = !attribute.caseExact
  return {
    name: 'affix',
    decode(native) {
      const text = nativeText(native)
      if (text === undefined || text.length <= around) return undefined
      const fits = same(text.slice(0, before.length), before) && same(text.slice(text.length - after.length), after)
      return fits ? text.slice(before.length, text.length - after.length) : undefined
    },
    encode: (value) => before + textOf(value, attribute.name) + after,
    none: null,
    compare(op, value, slot) {
      if (op !== 'eq') return undefined
      if (typeof value !== 'string' || value === '') return nothing
      return test(slot, { op: 'eq', value: form(before + value + after), fold: folds })
    },
    present(slot) {
      const starts = test(slot, { op: 'sw', value: form(before), fold: folds })
      const ends = test(slot, { op: 'ew', value: form(after), fold: folds })
      const bare = test(slot, { op: 'eq', value: form(before + after), fold: folds })
      if (before !== '' && after !== '') return allOf(starts, ends, not(overlapping(slot, before, after, form, folds)))
      return allOf(before === '' ? ends : starts, not(bare))
    },
    keepsOrder: false,
    samples: ['a', 'x.y'],
  }
}

/** Texts in which prefix and suffix share letters, or that hold nothing between them. */
function overlapping(
  slot: Parameters<typeof test>[0],
  before: string,
  after: string,
  form: (text: string) => string,
  folds: boolean,
) {
  const short: string[] = []
  for (let shared = 0; shared <= Math.min(before.length, after.length); shared++) {
    if (form(before.slice(before.length - shared)) === form(after.slice(0, shared)))
      short.push(form(before + after.slice(shared)))
  }
  const tests = short.map((value) => test(slot, { op: 'eq', value, fold: folds }))
  return tests.length === 1 && tests[0] ? tests[0] : ({ kind: 'or', of: tests } as const)
}
