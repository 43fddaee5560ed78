import type { Attribute } from '../../scim/schema.ts'
import { invalid, textOf } from './made.ts'
import type { MadeCodec } from './made.ts'
import { absent, not, nothing, test } from './tests.ts'

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** objectGUID stores the first three groups little-endian (MS-DTYP section 2.3.4.2). */
const microsoft = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const
const plain = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] as const

/** Sixteen bytes and their text: `guid` in the byte order of Microsoft, `uuid` in that of RFC 9562. */
export function guid(attribute: Attribute, kind: 'guid' | 'uuid'): MadeCodec {
  const order = kind === 'guid' ? microsoft : plain
  const bytesOf = (text: string): Uint8Array | undefined => {
    const lower = text.toLowerCase()
    if (!form.test(lower)) return undefined
    const bytes = Buffer.from(lower.replaceAll('-', ''), 'hex')
    return Uint8Array.from(order, (i) => bytes[i] ?? 0)
  }
  return {
    name: kind,
    decode(native) {
      if (!(native instanceof Uint8Array) || native.length !== 16) return undefined
      const hex = Buffer.from(order.map((i) => native[i] ?? 0)).toString('hex')
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
    },
    encode(value) {
      const bytes = bytesOf(textOf(value, attribute.name))
      if (bytes === undefined) throw invalid(`${attribute.name} must be a UUID`)
      return bytes
    },
    none: null,
    compare(op, value, slot) {
      if (op !== 'eq') return undefined
      const bytes = typeof value === 'string' ? bytesOf(value) : undefined
      if (bytes === undefined || (attribute.caseExact && value !== String(value).toLowerCase())) return nothing
      return test(slot, { op: 'eq', value: bytes, fold: false })
    },
    present: (slot) => not(absent(slot)),
    keepsOrder: false,
    samples: ['00112233-4455-6677-8899-aabbccddeeff'],
  }
}
