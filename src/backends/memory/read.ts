import { fold } from '../../scim/compare.ts'
import type { NativeRecord, PageKey } from '../../mapping/record.ts'
import type { ListPlan, Order, Page, Want } from '../../plan/plan.ts'
import { tooManyLinks } from '../../plan/too-many-links.ts'
import { linksOf, subjectOf } from './links.ts'
import { compareScalars, holds } from '../../mapping/holds.ts'
import { isVisible, recordsOf, valuesOf } from './state.ts'
import type { Held, State } from './state.ts'

/** What was asked of a record; a slot that was never written reads as null. */
export function recordOf(state: State, held: Held, want: Want): NativeRecord {
  const links = want.links.map((reference) => [reference, linksOf(state, held, reference)] as const)
  const large = links.reduce((sum, [{ size }, of]) => (size === 'large' ? sum + of.length : sum), 0)
  if (want.whole !== undefined && large > want.whole) throw tooManyLinks(want.whole)
  return {
    id: held.id,
    fields: Object.fromEntries(want.slots.map((slot) => [slot.key, held.fields.get(slot.key) ?? null])),
    rows: Object.fromEntries(want.rows.map((rows) => [rows.key, held.rows.get(rows.key) ?? []])),
    links: Object.fromEntries(links.map(([{ key }, of]) => [key, of])),
  }
}

/** What a list plan selects, in order, with where each stands. */
export interface Selected {
  readonly found: readonly Placed[]
  readonly total: number | undefined
  readonly more: boolean
}

interface Placed {
  readonly held: Held
  readonly at: PageKey
}

export function listOf(state: State, plan: ListPlan): Selected {
  const { cut } = plan
  const order = cut.by === 'backend' ? cut.order : undefined
  const placed = [...recordsOf(state, plan.of.type.name).values()]
    .filter((held) => isVisible(state, held) && holds(plan.where, subjectOf(state, held)))
    .map((held) => ({ held, at: placeOf(state, held, order) }))
    .sort((a, b) => comparePlaces(a.at, b.at, order))
  if (cut.by === 'bridge') {
    const found = cut.sort === undefined ? beyond(placed, cut.page, order) : placed
    return { found, total: undefined, more: false }
  }
  const { offset, limit, after, before, counting } = cut.page
  const rest = beyond(placed, cut.page, order).slice(after === undefined && before === undefined ? offset : 0)
  const total = counting === 'nothing' ? undefined : counting === 'rest' ? rest.length : placed.length
  const found = rest.slice(0, limit)
  return { found: before === undefined ? found : found.reverse(), total, more: rest.length > limit }
}

/** From the place where a page begins, in the direction in which it is read. */
function beyond(placed: readonly Placed[], { after, before }: Page, order: Order | undefined): Placed[] {
  if (before !== undefined)
    return placed.filter(({ at }) => before === 'end' || comparePlaces(at, before, order) < 0).reverse()
  return placed.filter(({ at }) => after === undefined || comparePlaces(at, after, order) > 0)
}

function placeOf(state: State, held: Held, order: Order | undefined): PageKey {
  const isPresent = order !== undefined && holds(order.present, subjectOf(state, held))
  const value = isPresent ? (valuesOf(held.fields.get(order.slot.key))[0] ?? null) : null
  return { sort: order?.fold === true && typeof value === 'string' ? fold(value) : value, key: [held.serial] }
}

/** A record without a value comes last when ascending, first when descending (RFC 7644 section 3.4.2.3). */
function comparePlaces(a: PageKey, b: PageKey, order: Order | undefined): number {
  const sign = order?.descending === true ? -1 : 1
  const sorted =
    a.sort === null || b.sort === null
      ? Number(a.sort === null) - Number(b.sort === null)
      : (compareScalars(a.sort, b.sort) ?? 0)
  return sign * sorted || (compareScalars(a.key[0] ?? null, b.key[0] ?? null) ?? 0)
}
