import type { Leaf, ResourceMapping } from './catalog.ts'
import { comparePredicate } from './compare-predicate.ts'
import { leavesOf } from './leaves.ts'
import type { Predicate } from './predicate.ts'

/** The leaves that carry an attribute which a reference is matched by: several where the elements of a list have slots. */
export const leavesNamed = ({ attributes }: ResourceMapping, name: string): readonly Leaf[] =>
  attributes.flatMap(leavesOf).filter(({ ref }) => ref.name === name)

/** Selects the records of a type in which this attribute is this value; undefined when no store could be asked. */
export function namedBy(mapping: ResourceMapping, name: string, value: string): Predicate | undefined {
  const tests = mapping.attributes.flatMap((one) =>
    leavesOf(one)
      .filter(({ ref }) => ref.name === name)
      .map((leaf): Predicate | undefined => {
        const where = comparePredicate(leaf, 'eq', value)
        return one.kind === 'rows' ? where && { kind: 'row', rows: one.rows, where } : where
      }),
  )
  const known = tests.filter((test) => test !== undefined)
  if (known.length === 0 || known.length < tests.length) return undefined
  const [only] = known
  return known.length === 1 ? only : { kind: 'or', of: known }
}
