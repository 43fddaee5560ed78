import type { Predicate, SlotTest } from '../predicate.ts'
import type { NativeScalar, Slot } from '../slot.ts'

/** Predicates of codecs, folded where a part is known to be true or false. */
export const always: Predicate = { kind: 'true' }
export const nothing: Predicate = { kind: 'false' }
export const test = (slot: Slot, what: SlotTest): Predicate => ({ kind: 'slot', slot, test: what })
export const absent = (slot: Slot): Predicate => test(slot, { op: 'absent' })

export const oneOf = (slot: Slot, values: readonly NativeScalar[]): Predicate =>
  values.length === 0 ? nothing : test(slot, { op: 'in', values })

export function anyOf(...of: readonly Predicate[]): Predicate {
  if (of.some((p) => p.kind === 'true')) return always
  const rest = of.filter((p) => p.kind !== 'false')
  return rest.length === 0 ? nothing : rest.length === 1 && rest[0] ? rest[0] : { kind: 'or', of: rest }
}

export function allOf(...of: readonly Predicate[]): Predicate {
  if (of.some((p) => p.kind === 'false')) return nothing
  const rest = of.filter((p) => p.kind !== 'true')
  return rest.length === 0 ? always : rest.length === 1 && rest[0] ? rest[0] : { kind: 'and', of: rest }
}

export function not(of: Predicate): Predicate {
  if (of.kind === 'true') return nothing
  if (of.kind === 'false') return always
  return of.kind === 'not' ? of.of : { kind: 'not', of }
}
