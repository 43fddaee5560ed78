import type { Attribute } from '../../scim/schema.ts'
import { nativeText, textOf } from './made.ts'
import type { MadeCodec } from './made.ts'
import { filled } from './text.ts'

/** `+1 201 555 0123 x99` as `tel:+1-201-555-0123;ext=99` (RFC 3966 section 3), and back as `+1-201-555-0123 x99`. */
function uri(number: string): string | undefined {
  const text = number.trim()
  if (text === '') return undefined
  const [, main = '', extension] = /^(.*?)(?:\s*(?:;ext=|ext\.?|x)\s*(\d+))?$/i.exec(text) ?? []
  const dashed = main.replace(/[()]/g, ' ').trim().replace(/\s+/g, '-').replace(/-{2,}/g, '-')
  return `tel:${dashed}${extension === undefined ? '' : `;ext=${extension}`}`
}

/** Telephone numbers as RFC 3966 URIs, as RFC 7643 section 4.1.2 recommends. A canonical step: blanks become hyphens. */
export const tel = (attribute: Attribute): MadeCodec => ({
  name: 'tel',
  decode(native) {
    const text = nativeText(native)
    return text === undefined ? undefined : uri(text.replace(/^tel:/i, ''))
  },
  encode(value) {
    const [number = '', ...parameters] = textOf(value, attribute.name).trim().replace(/^tel:/i, '').split(';')
    const extension = parameters.find((p) => /^ext=\d+$/i.test(p))
    return number + (extension === undefined ? '' : ` x${extension.slice(4)}`)
  },
  none: null,
  // many spellings of one number are one value: only the bridge can compare them
  compare: () => undefined,
  present: filled,
  presentIsSuperset: true,
  keepsOrder: false,
  samples: ['tel:+1-201-555-0123', 'tel:+49-30-123;ext=7'],
})
