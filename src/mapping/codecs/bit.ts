import type { NativeScalar, Slot } from '../slot.ts'
import { invalid, nativeNumber, wrong } from './made.ts'
import type { MadeCodec } from './made.ts'
import { absent, allOf, not, nothing, test } from './tests.ts'

/** One or several bits of a number (userAccountControl); the other bits stay as they are held. */
export function bit(mask: number, is: number = mask): MadeCodec {
  if (!Number.isSafeInteger(mask) || mask <= 0) throw wrong('a bit mask is a positive whole number')
  if ((BigInt(is) & ~BigInt(mask)) !== 0n) throw wrong('"is" has bits that the mask has not')
  const masked = (native: NativeScalar): bigint | undefined => {
    const n = nativeNumber(native)
    return n === undefined || (typeof n === 'number' && !Number.isSafeInteger(n)) ? undefined : BigInt(n) & BigInt(mask)
  }
  const set = (slot: Slot) => test(slot, { op: 'bits', mask, equals: is })
  return {
    name: 'bit',
    decode(native) {
      const bits = masked(native)
      return bits === undefined ? undefined : bits === BigInt(is)
    },
    encode(value, held = null) {
      if (typeof value !== 'boolean') throw invalid('a flag must be true or false')
      const n = nativeNumber(held)
      const kept = n === undefined || (typeof n === 'number' && !Number.isSafeInteger(n)) ? 0n : BigInt(n)
      const bits = value ? BigInt(is) : BigInt(mask) ^ BigInt(is)
      const next = (kept & ~BigInt(mask)) | bits
      if (typeof held === 'string') return String(next)
      return typeof held === 'bigint' ? next : Number(next)
    },
    none: null,
    compare(op, value, slot) {
      if (op !== 'eq' || typeof value !== 'boolean') return op === 'eq' ? nothing : undefined
      return value ? set(slot) : allOf(not(absent(slot)), not(set(slot)))
    },
    present: (slot) => not(absent(slot)),
    keepsOrder: false,
    samples: [true, false],
  }
}
