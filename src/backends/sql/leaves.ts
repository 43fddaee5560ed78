import { never } from '../../base/errors.ts'
import type { AttributeMapping, Carrier, Leaf, ResourceMapping } from '../../mapping/catalog.ts'
import type { Codec } from '../../mapping/codec.ts'
import type { RowsSource, Slot } from '../../mapping/slot.ts'
import type { AttributeRef } from '../../scim/schema.ts'

export interface NamedSlot {
  readonly name: string
  readonly slot: Slot
  readonly codec: Codec
  readonly ref: AttributeRef
  readonly access: Leaf['access']
}

const slotsOf = (carrier: Carrier): readonly { readonly slot: Slot; readonly codec: Codec }[] => {
  switch (carrier.kind) {
    case 'slot':
    case 'split':
      return [carrier]
    case 'all':
      return carrier.parts
    case 'constant':
    case 'template':
      return []
    default:
      return never(carrier)
  }
}

const leaves = (attribute: AttributeMapping, rows: boolean): readonly Leaf[] => {
  switch (attribute.kind) {
    case 'single':
      return attribute.leaves
    case 'elements':
      return attribute.elements.flatMap((element) => element.leaves)
    case 'rows':
      return rows ? attribute.leaves : []
    case 'reference':
      return []
    default:
      return never(attribute)
  }
}

/** The slots of a record; or, when a `rows` attribute is given, those of its rows. */
export const leavesOf = (mapping: ResourceMapping, of?: AttributeMapping): readonly NamedSlot[] =>
  (of === undefined ? mapping.attributes : [of]).flatMap((attribute) =>
    leaves(attribute, of !== undefined).flatMap((leaf) =>
      slotsOf(leaf.carrier).map(({ slot, codec }) => ({
        name: leaf.ref.name,
        slot,
        codec,
        ref: leaf.ref,
        access: leaf.access,
      })),
    ),
  )

/** The slots of a row, each once. */
export function rowSlots(mapping: ResourceMapping, rows: RowsSource): readonly Slot[] {
  const attribute = mapping.attributes.find((one) => one.kind === 'rows' && one.rows.key === rows.key)
  const slots = attribute === undefined ? [] : leavesOf(mapping, attribute).map((leaf) => leaf.slot)
  return [...new Map(slots.map((slot) => [slot.key, slot])).values()]
}
