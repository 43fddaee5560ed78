import type { Attribute } from '../../scim/schema.ts'
import { invalid, nativeNumber } from './made.ts'
import type { MadeCodec } from './made.ts'
import { absent, not, nothing, test } from './tests.ts'

const whole = /^(?:0|-?[1-9]\d*)$/

/**
 * Whole numbers. For a SCIM string (employeeNumber) the digits are the text. A number beyond 2^53 has no exact JSON form
 * and counts as unassigned; mapped to a string it keeps every digit.
 */
export function integer(attribute: Attribute): MadeCodec {
  const asText = attribute.type !== 'integer' && attribute.type !== 'decimal'
  return {
    name: 'integer',
    decode(native) {
      const n = nativeNumber(native)
      if (n === undefined || (typeof n === 'number' && !Number.isInteger(n))) return undefined
      if (asText) return String(BigInt(n))
      return Number.isSafeInteger(Number(n)) ? Number(n) : undefined
    },
    encode(value) {
      if (typeof value === 'number' && Number.isSafeInteger(value)) return value
      if (typeof value === 'string' && asText && whole.test(value) && value.length < 40) {
        return Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value)
      }
      throw invalid(`${attribute.name} must be a whole number`)
    },
    none: null,
    compare(op, value, slot) {
      if (op === 'ne') return undefined
      if (typeof value === 'number' && !asText) {
        if (op === 'co' || op === 'sw' || op === 'ew') return undefined
        return test(slot, { op, value, fold: false })
      }
      // text compares by letters, numbers by size: only equality is the same
      if (typeof value !== 'string' || !asText) return nothing
      if (op !== 'eq') return undefined
      if (!whole.test(value) || value.length >= 40) return nothing
      const n = Number(value)
      return test(slot, { op, value: Number.isSafeInteger(n) ? n : BigInt(value), fold: false })
    },
    present: (slot) => not(absent(slot)),
    keepsOrder: !asText,
    samples: asText ? ['0', '42', '-7'] : [0, 42, -7],
  }
}

/** Decimal numbers, out of floats and out of the text that drivers make of NUMERIC columns. */
export const decimal = (attribute: Attribute): MadeCodec => ({
  name: 'decimal',
  decode(native) {
    const n = nativeNumber(native)
    return n === undefined ? undefined : Number(n)
  },
  encode(value) {
    if (typeof value === 'number' && Number.isFinite(value)) return value
    throw invalid(`${attribute.name} must be a number`)
  },
  none: null,
  compare(op, value, slot) {
    if (typeof value !== 'number') return nothing
    if (op === 'ne' || op === 'co' || op === 'sw' || op === 'ew') return undefined
    return test(slot, { op, value, fold: false })
  },
  present: (slot) => not(absent(slot)),
  keepsOrder: true,
  samples: [0, 1.5, -2],
})
