import type { Attribute } from '../../scim/schema.ts'
import { invalid, textOf } from './made.ts'
import type { MadeCodec } from './made.ts'
import { absent, anyOf, not, nothing, test } from './tests.ts'

const base64 = /^[A-Za-z0-9+/_-]*={0,2}$/
const decoded = (text: string): Uint8Array | undefined =>
  base64.test(text) && text.replace(/=+$/, '').length % 4 !== 1
    ? new Uint8Array(Buffer.from(text, 'base64'))
    : undefined
const encoded = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** Bytes as base64 (RFC 7643 section 2.3.6). */
export const binary = (attribute: Attribute): MadeCodec => ({
  name: 'base64',
  decode(native) {
    if (native === null) return undefined
    const bytes = native instanceof Uint8Array ? native : new TextEncoder().encode(String(native))
    return bytes.length === 0 ? undefined : encoded(bytes)
  },
  encode(value) {
    const bytes = decoded(textOf(value, attribute.name).replace(/\s+/g, ''))
    if (bytes === undefined) throw invalid(`${attribute.name} must be base64`)
    return bytes
  },
  none: null,
  compare(op, value, slot) {
    if (op !== 'eq') return undefined
    const bytes = typeof value === 'string' ? decoded(value) : undefined
    // values compare as the text that is shown: one without its padding equals none
    if (bytes === undefined || bytes.length === 0) return nothing
    if (encoded(bytes) !== value) return attribute.caseExact ? nothing : undefined
    return attribute.caseExact ? test(slot, { op: 'eq', value: bytes, fold: false }) : undefined
  },
  present: (slot) => not(anyOf(absent(slot), test(slot, { op: 'eq', value: new Uint8Array(), fold: false }))),
  keepsOrder: false,
  samples: ['AA==', 'aGVsbG8='],
})
