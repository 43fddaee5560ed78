import type { Leaf, ResourceMapping } from './catalog.ts'
import { comparePredicate } from './compare-predicate.ts'
import type { Predicate } from './predicate.ts'

/** The leaves that carry an attribute which a reference is matched by: several where the elements of a list have slots. */
export function leavesNamed(mapping: ResourceMapping, name: string): readonly Leaf[] {
  return mapping.attributes.flatMap((one): readonly Leaf[] => {
    const leaves =
      one.kind === 'reference' ? [] : one.kind === 'elements' ? one.elements.flatMap((e) => e.leaves) : one.leaves
    return leaves.filter(({ ref }) => ref.name === name)
  })
}

/** Selects the records of a type in which this attribute is this value; undefined when no store could be asked. */
export function namedBy(mapping: ResourceMapping, name: string, value: string): Predicate | undefined {
  const tests = mapping.attributes.flatMap((one): readonly (Predicate | undefined)[] => {
    switch (one.kind) {
      case 'reference':
        return []
      case 'single':
        return one.leaves.filter(({ ref }) => ref.name === name).map((leaf) => comparePredicate(leaf, 'eq', value))
      case 'elements':
        return one.elements
          .flatMap(({ leaves }) => leaves.filter(({ ref }) => ref.name === name))
          .map((leaf) => comparePredicate(leaf, 'eq', value))
      case 'rows':
        return one.leaves
          .filter(({ ref }) => ref.name === name)
          .map((leaf) => {
            const where = comparePredicate(leaf, 'eq', value)
            return where && { kind: 'row', rows: one.rows, where }
          })
    }
  })
  const known = tests.filter((test) => test !== undefined)
  if (known.length === 0 || known.length < tests.length) return undefined
  const [only] = known
  return known.length === 1 ? only : { kind: 'or', of: known }
}
