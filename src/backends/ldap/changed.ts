import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { Directory } from './directory.ts'

/** What a write may have made of what is kept for readers. */
export interface Written {
  /** The names of the entry, before and after. */
  readonly dns: readonly string[]
  /** One group may have come into another, so who is in which is another matter for all within. */
  readonly isNesting: boolean
}

/**
 * An entry of a type was written: lists of it that are kept are of yesterday, and those of types that show the other
 * side of its references.
 */
export function changed(
  { catalog, lists, endNames, keyOf }: Directory,
  { type }: ResourceMapping,
  { dns, isNesting }: Written,
): void {
  const showing = catalog.types.filter(({ attributes }) =>
    attributes.some(
      (one) =>
        one.kind === 'reference' &&
        one.reference.place.kind === 'reverse' &&
        one.reference.place.of.startsWith(`${type.name}.`),
    ),
  )
  for (const one of [type.name, ...showing.map((mapping) => mapping.type.name)]) lists.changed(one)
  endNames.drop(dns.flatMap((dn) => keyOf(dn) ?? []))
  if (isNesting && showing.length > 0) endNames.clear()
}
