import { fold } from '../../scim/compare.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import type { ListPlan, Order, Want } from '../../plan/plan.ts'
import type { NativeScalar } from '../../mapping/slot.ts'
import { linksOf, subjectOf } from './links.ts'
import { compareScalars, holds } from '../../mapping/holds.ts'
import { isVisible, recordsOf, valuesOf } from './state.ts'
import type { Held, State } from './state.ts'

/** What was asked of a record; a slot that was never written reads as null. */
export const recordOf = (state: State, held: Held, want: Want): NativeRecord => ({
  id: held.id,
  fields: Object.fromEntries(want.slots.map((slot) => [slot.key, held.fields.get(slot.key) ?? null])),
  rows: Object.fromEntries(want.rows.map((rows) => [rows.key, held.rows.get(rows.key) ?? []])),
  links: Object.fromEntries(want.links.map((reference) => [reference.key, linksOf(state, held, reference)])),
})

/** The records a list plan selects, in order, and their number before a page cut by the backend. */
export function listOf(
  state: State,
  plan: ListPlan,
): { readonly found: readonly Held[]; readonly total: number | undefined } {
  const found = [...recordsOf(state, plan.of.type.name).values()].filter(
    (held) => isVisible(state, held) && holds(plan.where, subjectOf(state, held)),
  )
  if (plan.cut.by === 'bridge') return { found, total: undefined }
  const { page, order } = plan.cut
  const sorted = order === undefined ? found : sort(found, order)
  return { found: sorted.slice(page.offset, page.offset + page.limit), total: found.length }
}

/** A record without a value comes last when ascending, first when descending (RFC 7644 section 3.4.2.3). */
function sort(found: readonly Held[], order: Order): readonly Held[] {
  const sign = order.descending ? -1 : 1
  const keyed = found.map((held) => ({ held, key: sortKey(held, order) }))
  return keyed
    .sort((a, b) => {
      if (a.key === undefined || b.key === undefined)
        return sign * (Number(a.key === undefined) - Number(b.key === undefined))
      return sign * (compareScalars(a.key, b.key) ?? 0)
    })
    .map(({ held }) => held)
}

function sortKey(held: Held, order: Order): NativeScalar | undefined {
  const value = valuesOf(held.fields.get(order.slot.key))[0]
  return order.fold && typeof value === 'string' ? fold(value) : value
}
