import type { AttributeMapping, Leaf } from './catalog.ts'

/** The leaves that carry an attribute, those of all its elements included; a reference has none. */
export function leavesOf(one: AttributeMapping): readonly Leaf[] {
  if (one.kind === 'reference') return []
  return one.kind === 'elements' ? one.elements.flatMap(({ leaves }) => leaves) : one.leaves
}

/** Is the value of a leaf held, and not made of others? */
export const isKept = ({ carrier }: Leaf): boolean => carrier.kind !== 'constant' && carrier.kind !== 'template'
