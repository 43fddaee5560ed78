import { fold } from '../../scim/compare.ts'
import type { Attribute } from '../../scim/schema.ts'
import { ascii } from './ascii.ts'
import { nativeText, textOf } from './made.ts'
import type { MadeCodec } from './made.ts'
import { nothing } from './tests.ts'
import { compareText, filled } from './text.ts'

export type CanonicalStep = 'lower' | 'upper' | 'trim' | 'ascii'

/** Upper case letter by letter, and only where the way back exists (not for the German sharp s). */
const upper = (text: string): string =>
  Array.from(text.normalize('NFC'), (letter) => {
    const large = letter.toUpperCase()
    return large.length === letter.length && fold(large) === fold(letter) ? large : letter
  }).join('')

const steps = { lower: fold, upper, trim: (text: string) => text.trim(), ascii } as const

/** Both ways through the same steps: what is read and what is written have one form. */
export function canonical(attribute: Attribute, names: readonly CanonicalStep[]): MadeCodec {
  const canon = (text: string) => names.reduce((t, name) => steps[name](t), text)
  const loses = names.includes('trim') || names.includes('ascii')
  return {
    name: names.join('+'),
    decode: (native) => canon(nativeText(native) ?? '') || undefined,
    encode: (value) => canon(textOf(value, attribute.name)),
    none: null,
    compare(op, value, slot) {
      // blanks and accents cannot be seen by a native comparison, and letters only where case does not count
      if (loses || attribute.caseExact) return undefined
      return typeof value === 'string' ? compareText(op, value, slot, false) : nothing
    },
    present: filled,
    // a slot of nothing but blanks is filled, and has no value
    ...(loses ? { presentIsSuperset: true as const } : {}),
    keepsOrder: !loses,
    samples: ['abc', 'Abc', ' x y '].map((sample) => canon(sample)),
  }
}
