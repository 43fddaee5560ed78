import type { Predicate, SlotTest } from '../../mapping/predicate.ts'
import type { Slot } from '../../mapping/slot.ts'

/** Tests of one slot, any of which is to hold. */
export interface Gathered {
  readonly kind: 'gathered'
  readonly slot: Slot
  readonly tests: readonly SlotTest[]
}

/**
 * Brings the tests of a value in another table together, so that the table is asked once for the value and not once for
 * each test: SQLite needs a cursor for every subquery, and with hundreds of them quadratic time. For a disjunction the
 * tests as they are; for a conjunction those that are negated, since `not a and not b` is `not (a or b)`.
 */
export function gather(of: readonly Predicate[], negated: boolean): readonly (Predicate | Gathered)[] {
  const groups = new Map<string, SlotTest[]>()
  return (negated ? parted(of) : of).flatMap((one): readonly (Predicate | Gathered)[] => {
    const leaf = negated ? (one.kind === 'not' ? one.of : undefined) : one
    if (leaf?.kind !== 'slot' || !liesElsewhere(leaf.slot) || leaf.test.op === 'absent') return [one]
    const known = groups.get(leaf.slot.key)
    if (known !== undefined) {
      known.push(leaf.test)
      return []
    }
    const tests = [leaf.test]
    groups.set(leaf.slot.key, tests)
    return [{ kind: 'gathered', slot: leaf.slot, tests }]
  })
}

const liesElsewhere = ({ at }: Slot): boolean =>
  at.kind === 'lookup' || at.kind === 'keyValue' || (at.kind === 'field' && at.table !== undefined)

/** Several negated disjunctions, each as the negations of its parts. */
function parted(of: readonly Predicate[]): readonly Predicate[] {
  const isNone = (one: Predicate): boolean => one.kind === 'not' && one.of.kind === 'or'
  if (of.filter(isNone).length < 2) return of
  return of.flatMap((one) =>
    one.kind === 'not' && one.of.kind === 'or'
      ? one.of.of.map((part): Predicate => ({ kind: 'not', of: part }))
      : [one],
  )
}
