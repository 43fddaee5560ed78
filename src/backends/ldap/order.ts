import type { Json } from '../../base/json.ts'
import type { Leaf, ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeScalar } from '../../mapping/slot.ts'
import type { Order } from '../../plan/plan.ts'
import { fold } from '../../scim/compare.ts'
import { leafOf } from '../../scim/schema.ts'
import { attributeOf, orderedValues } from './fields.ts'
import { idOfEntry } from './identify.ts'
import type { Place } from './lists.ts'
import type { Entry } from './operation.ts'

/** Where an entry stands in an order: by what a client will see of the value that is sorted by. */
export function placeOf(mapping: ResourceMapping, order: Order | undefined, entry: Entry): Place | undefined {
  const id = idOfEntry(mapping, entry)
  if (id === undefined) return undefined
  if (order === undefined) return { sort: null, id }
  const [native] = orderedValues(entry, attributeOf(order.slot) ?? '')
  return { sort: native === undefined ? null : sortOf(leafAt(mapping, order), order, native as NativeScalar), id }
}

function sortOf(leaf: Leaf | undefined, order: Order, native: NativeScalar): Place['sort'] {
  const decoded: Json | undefined = leaf?.carrier.kind === 'slot' ? leaf.carrier.codec.decode(native) : String(native)
  if (decoded === undefined || decoded === null) return null
  if (typeof decoded === 'number') return decoded
  const text = String(decoded)
  if (leaf !== undefined && leafOf(leaf.ref).type === 'dateTime') return Date.parse(text)
  return order.fold ? fold(text) : text
}

const leafAt = (mapping: ResourceMapping, order: Order): Leaf | undefined =>
  mapping.attributes
    .flatMap((one) => (one.kind === 'single' ? one.leaves : []))
    .find(({ carrier }) => carrier.kind === 'slot' && carrier.slot.key === order.slot.key)
