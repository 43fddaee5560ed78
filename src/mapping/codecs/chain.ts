import { never } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import type { Predicate } from '../predicate.ts'
import type { NativeScalar, Slot } from '../slot.ts'
import type { MadeCodec } from './made.ts'
import { invalid } from './made.ts'
import { allOf, anyOf, not } from './tests.ts'

/** A codec below another: what its value looks like with and without regard to case. */
export interface Below {
  readonly exact: MadeCodec
  readonly folding: MadeCodec
}

const scalar = (value: Json): NativeScalar => {
  if (typeof value === 'object' && value !== null) throw invalid('a list or object has no native form')
  return value
}

/** `outer` reads what `inner` made of the native value: `[trim, { values: … }]`. */
export function chain(inner: Below, outer: MadeCodec): MadeCodec {
  const present = (slot: Slot): Predicate | undefined =>
    outer.presentIsSuperset || inner.exact.presentIsSuperset ? undefined : through(outer.present(slot), slot, inner)
  const probe: Slot = { key: '', many: false, at: { kind: 'side' } }
  return {
    name: `${inner.exact.name}, ${outer.name}`,
    decode: (native) => outer.decode(scalar(inner.exact.decode(native) ?? null)),
    encode(value, held) {
      const middle = outer.encode(value)
      if (middle === null) return inner.exact.none
      if (typeof middle === 'bigint' || middle instanceof Uint8Array) return middle
      return inner.exact.encode(middle, held)
    },
    none: inner.exact.none,
    compare(op, value, slot) {
      const said = outer.compare(op, value, slot)
      return said === undefined ? undefined : through(said, slot, inner)
    },
    present: (slot) => present(slot) ?? { kind: 'true' },
    ...(present(probe) === undefined ? { presentIsSuperset: true as const } : {}),
    keepsOrder: inner.exact.keepsOrder && outer.keepsOrder,
    samples: outer.samples,
  }
}

/** A predicate over the inner value as one over the native value; undefined where a leaf cannot be carried across. */
function through(p: Predicate, slot: Slot, inner: Below): Predicate | undefined {
  switch (p.kind) {
    case 'true':
    case 'false':
      return p
    case 'and':
    case 'or': {
      const parts = p.of.map((part) => through(part, slot, inner))
      const all = parts.filter((part) => part !== undefined)
      if (all.length !== parts.length) return undefined
      return p.kind === 'and' ? allOf(...all) : anyOf(...all)
    }
    case 'not': {
      const part = through(p.of, slot, inner)
      return part === undefined ? undefined : not(part)
    }
    case 'slot': {
      const t = p.test
      if (t.op === 'bits' || t.op === 'moment') return undefined
      if (t.op === 'absent') {
        return inner.exact.presentIsSuperset ? undefined : not(inner.exact.present(slot))
      }
      if (t.op === 'in') {
        const each = t.values.map((v) => compared(inner.exact, 'eq', v, slot))
        const all = each.filter((one) => one !== undefined)
        return all.length === each.length ? anyOf(...all) : undefined
      }
      return compared(t.fold ? inner.folding : inner.exact, t.op, t.value, slot)
    }
    case 'row':
    case 'link':
    case 'id':
      return undefined
    default:
      return never(p)
  }
}

function compared(
  codec: MadeCodec,
  op: 'eq' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le',
  value: NativeScalar,
  slot: Slot,
): Predicate | undefined {
  if (value === null) return undefined
  // '' means absent to most codecs, so that a test for it says nothing
  if (value === '') return op === 'eq' ? { kind: 'false' } : undefined
  if (typeof value === 'bigint' || value instanceof Uint8Array) return undefined
  return codec.compare(op, value, slot)
}
