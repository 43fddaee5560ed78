import type { ResourceMapping } from '../mapping/catalog.ts'

/** Keys of the slots whose values are never shown: what is made of a password is as secret as the password. */
export const secretSlots = (mapping: ResourceMapping): ReadonlySet<string> =>
  new Set(
    mapping.attributes.flatMap((carrier) =>
      carrier.kind === 'single'
        ? carrier.leaves.flatMap((leaf) =>
            leaf.carrier.kind === 'slot' &&
            (leaf.access === 'writeOnly' ||
              leaf.ref.attribute.returned === 'never' ||
              leaf.ref.sub?.returned === 'never')
              ? [leaf.carrier.slot.key, ...leaf.copies.map((copy) => copy.slot.key)]
              : [],
          )
        : [],
    ),
  )
