import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { Directory } from './directory.ts'

/**
 * Entries of a type were written: lists of it that are kept are of yesterday, and those of types that show the other
 * side of its references. `named`: it is also possible that one is called otherwise now, or is another one.
 */
export function changed({ catalog, lists, groupNames }: Directory, { type }: ResourceMapping, named: boolean): void {
  const showing = catalog.types.filter(({ attributes }) =>
    attributes.some(
      (one) =>
        one.kind === 'reference' &&
        one.reference.place.kind === 'reverse' &&
        one.reference.place.of.startsWith(`${type.name}.`),
    ),
  )
  for (const one of [type.name, ...showing.map((mapping) => mapping.type.name)]) lists.changed(one)
  if (named && showing.length > 0) groupNames.clear()
}
