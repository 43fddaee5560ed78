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
  /** Written and never read. */
  readonly isCopy: boolean
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

/** The slots of a record, those that are only written included; or, when a `rows` attribute is given, those of its rows. */
export const leavesOf = (mapping: ResourceMapping, of?: AttributeMapping): readonly NamedSlot[] =>
  (of === undefined ? mapping.attributes : [of]).flatMap((attribute) =>
    leaves(attribute, of !== undefined).flatMap((leaf) =>
      [...slotsOf(leaf.carrier), ...leaf.copies].map((one) => ({
        name: leaf.ref.name,
        slot: one.slot,
        codec: one.codec,
        ref: leaf.ref,
        access: leaf.access,
        isCopy: leaf.copies.some((copy) => copy === one),
      })),
    ),
  )

const leavesOfRow = (mapping: ResourceMapping, { key }: RowsSource): readonly Leaf[] =>
  mapping.attributes.flatMap((one) => (one.kind === 'rows' && one.rows.key === key ? one.leaves : []))

/** The slots of a row, each once. */
export const rowSlots = (mapping: ResourceMapping, rows: RowsSource): readonly Slot[] => {
  const slots = leavesOfRow(mapping, rows).flatMap((leaf) => slotsOf(leaf.carrier).map((one) => one.slot))
  return [...new Map(slots.map((slot) => [slot.key, slot])).values()]
}

/** The slots of a row that are written with others and never read. */
export const rowCopies = (mapping: ResourceMapping, rows: RowsSource): readonly Slot[] =>
  leavesOfRow(mapping, rows).flatMap((leaf) => leaf.copies.map((copy) => copy.slot))
