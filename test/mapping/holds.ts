import { utcOf } from '../../src/backends/ldap/generalized-time.ts'
import type { Predicate, SlotTest } from '../../src/mapping/predicate.ts'
import type { NativeScalar } from '../../src/mapping/slot.ts'
import { compareCodePoints, fold } from '../../src/scim/compare.ts'

/** A store of one slot with one value: what the laws of a codec are tried against. */
export function holds(p: Predicate, native: NativeScalar): boolean {
  switch (p.kind) {
    case 'true':
      return true
    case 'false':
      return false
    case 'and':
      return p.of.every((one) => holds(one, native))
    case 'or':
      return p.of.some((one) => holds(one, native))
    case 'not':
      return !holds(p.of, native)
    case 'slot':
      return passes(p.test, native)
    default:
      throw new Error(`a codec speaks of its slot only, not of ${p.kind}`)
  }
}

/** Without the Z, a whole second comes before its parts. */
const spelt = (text: string): string | null => utcOf(text)?.slice(0, -1) ?? null

function passes(t: SlotTest, native: NativeScalar): boolean {
  if (t.op === 'absent') return native === null
  if (native === null) return false
  if (t.op === 'in') return t.values.some((one) => order(native, one) === 0)
  if (t.op === 'moment') return passes({ op: t.is, value: spelt(t.value), fold: false }, spelt(String(native)))
  if (t.op === 'bits') return (BigInt(native as number) & BigInt(t.mask)) === BigInt(t.equals)
  const held = t.fold && typeof native === 'string' ? fold(native) : native
  if (t.op === 'co' || t.op === 'sw' || t.op === 'ew') {
    const [text, part] = [String(held), String(t.value)]
    return t.op === 'co' ? text.includes(part) : t.op === 'sw' ? text.startsWith(part) : text.endsWith(part)
  }
  const by = order(held, t.value)
  if (by === undefined) return false
  return { eq: by === 0, gt: by > 0, ge: by >= 0, lt: by < 0, le: by <= 0 }[t.op]
}

/** Numbers by size, text by code point, bytes for equality; nothing else compares. */
function order(a: NativeScalar, b: NativeScalar): number | undefined {
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  const isNumber = (v: NativeScalar): v is number | bigint => typeof v === 'number' || typeof v === 'bigint'
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0
  return a === b ? 0 : undefined
}
