import type { Leaf, ResourceMapping } from '../../mapping/catalog.ts'
import type { Slot } from '../../mapping/slot.ts'

/** Every leaf of a type, whatever holds it. */
export const leavesOf = (mapping: ResourceMapping): readonly Leaf[] =>
  mapping.attributes.flatMap((one) =>
    one.kind === 'single' ? one.leaves : one.kind === 'elements' ? one.elements.flatMap(({ leaves }) => leaves) : [],
  )

export const leafAt = (mapping: ResourceMapping, { key }: Slot): Leaf | undefined =>
  leavesOf(mapping).find(({ carrier }) =>
    carrier.kind === 'all'
      ? carrier.parts.some(({ slot }) => slot.key === key)
      : 'slot' in carrier && carrier.slot.key === key,
  )

/** What a client calls the place, for an error that it can understand. */
export const nameAt = (mapping: ResourceMapping, slot: Slot): string =>
  leafAt(mapping, slot)?.ref.name ?? mapping.type.name

/** Is the slot written by the directory's own Password Modify operation (RFC 3062)? */
export const isSetByOperation = (mapping: ResourceMapping, slot: Slot): boolean => {
  const carrier = leafAt(mapping, slot)?.carrier
  return carrier?.kind === 'slot' && carrier.codec.name === 'password modify'
}

export const isWriteOnly = (mapping: ResourceMapping, slot: Slot): boolean =>
  leafAt(mapping, slot)?.access === 'writeOnly'

/** Is it a password, in whatever form the directory holds it? */
export function isPassword(mapping: ResourceMapping, slot: Slot): boolean {
  const leaf = leafAt(mapping, slot)
  return (
    leaf?.carrier.kind === 'slot' &&
    (leaf.ref.attribute.name === 'password' || leaf.carrier.codec.name.startsWith('password'))
  )
}
