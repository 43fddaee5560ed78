import type { ScimId } from '../../base/brand.ts'
import type { Predicate } from '../../mapping/predicate.ts'
import type { ListPlan, Order, Page } from '../../plan/plan.ts'
import type { Directory } from './directory.ts'
import { sourceFor } from './directory.ts'
import { asking, attributeOf, attributesFor } from './fields.ts'
import type { LdapFilter, Value } from './filter.ts'
import { isNothing } from './filter.ts'
import { filterText } from './filter-text.ts'
import { isOf } from './is-of.ts'
import type { IdList, Place } from './lists.ts'
import { sorted } from './lists.ts'
import { withNested } from './nested.ts'
import type { Entry } from './operation.ts'
import { placeOf } from './order.ts'
import { filterOf, linksIn } from './predicate.ts'
import type { Circumstances, Steps } from './program.ts'
import { entriesUpTo, searchIn } from './read.ts'
import type { Source } from './source.ts'
import { heldBy, idsOf, targetsOf, valueOfTarget } from './targets.ts'
import { walked } from './walked.ts'

/** What a list is cut from: entries that were all read at once, or the places of everything that is selected. */
export type Selected =
  | { readonly kind: 'none' }
  | { readonly kind: 'entries'; readonly entries: readonly Entry[]; readonly places: readonly Place[] }
  | { readonly kind: 'list'; readonly list: IdList }

/** Entries that are read in the hope that there are no more: the answer to a look-up comes with one operation. */
const hoped = { least: 10, most: 300, scanned: 200 } as const

export const placesOf = (selected: Selected): readonly Place[] =>
  selected.kind === 'none' ? [] : selected.kind === 'list' ? selected.list.places : selected.places

/** Everything that a plan selects: read at once when it is little, else as a list of places that is shared. */
export function* select(
  directory: Directory,
  plan: Pick<ListPlan, 'of' | 'where' | 'want'>,
  order: Order | undefined,
  page: Page | undefined,
  circumstances: Circumstances,
): Steps<Selected> {
  const source = sourceFor(directory, plan.of)
  const where = yield* conditionOf(directory, source, plan.where, circumstances)
  if (isNothing(where)) return { kind: 'none' }
  const light =
    page?.limit !== 0 && !plan.want.links.some(({ size, place }) => size !== 'one' && place.kind !== 'reverse')
  const names = [...plan.of.id.fields, ...(order === undefined ? [] : [attributeOf(order.slot)])]
  const search = searchIn(directory, source, where, asking(directory, names))
  const key = `${plan.of.type.name} ${order?.slot.key ?? ''} ${String(order?.descending)} ${String(order?.fold)} ${filterText(search.filter)}`
  const isAssumed = circumstances.assumed !== undefined
  const going = page?.after !== undefined || page?.before !== undefined
  const known = isAssumed ? undefined : directory.lists.find(key, going)
  if (known !== undefined) return { kind: 'list', list: known }
  const reach = page === undefined || going ? hoped.scanned : page.offset + page.limit
  const descending = order?.descending === true
  if (reach <= hoped.most) {
    const most = Math.max(reach, hoped.least)
    const attributes = light ? asking(directory, [...attributesFor(directory, plan.of, plan.want), ...names]) : search
    const entries = yield* entriesUpTo(
      { ...search, attributes: attributes.attributes, binary: attributes.binary },
      most,
      light ? `unless there are more than ${most}` : `ids, unless there are more than ${most}`,
    )
    if (entries !== undefined) {
      const whole = placed(directory, source, order, descending, entries)
      if (light) return { kind: 'entries', ...whole }
      return { kind: 'list', list: { type: plan.of.type.name, descending, places: whole.places } }
    }
  }
  const asked = { key, type: plan.of.type.name, going }
  return { kind: 'list', list: yield* walked(directory, source, order, search, isAssumed ? undefined : asked) }
}

/** The condition as a filter; the ids that references are compared with are looked up first. */
function* conditionOf(
  directory: Directory,
  source: Source,
  where: ListPlan['where'],
  circumstances: Circumstances,
): Steps<LdapFilter> {
  const links = linksIn(where)
  const references = links.map(({ reference }) => reference)
  const targets = yield* targetsOf(directory, idsOf(links), heldBy(references), circumstances, 'named in the filter')
  const byId = Map.groupBy(targets, ({ id }) => id)
  const names = new Map<Predicate, readonly Value[]>()
  for (const link of links) {
    const { reference, ids } = link
    const direct = ids.flatMap((id) =>
      (byId.get(id) ?? [])
        .filter(({ type }) => reference.to.includes(type))
        .flatMap((target) => valueOfTarget(reference, target) ?? []),
    )
    names.set(link.of, yield* withNested(directory, reference, direct, circumstances))
  }
  return filterOf(directory, source, where, (link) => names.get(link) ?? [])
}

/** Entries in order, with their places. */
function placed(
  directory: Directory,
  source: Source,
  order: Order | undefined,
  descending: boolean,
  entries: readonly Entry[],
) {
  const byId = new Map<ScimId, Entry>()
  const places = entries.flatMap((entry) => {
    const place = isOf(directory, source, entry) ? placeOf(source.mapping, order, entry) : undefined
    if (place !== undefined) byId.set(place.id, entry)
    return place ?? []
  })
  const inOrder = sorted(places, descending)
  return { places: inOrder, entries: inOrder.flatMap(({ id }) => byId.get(id) ?? []) }
}
