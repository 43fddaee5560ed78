import type { ScimId } from '../base/brand.ts'
import type { AttributeMapping, Leaf, ResourceMapping } from '../mapping/catalog.ts'
import type { Predicate } from '../mapping/predicate.ts'
import type { ScimFilter } from '../scim/filter.ts'
import type { AttributeRef } from '../scim/schema.ts'
import { leafOf } from '../scim/schema.ts'
import type { PlanLimits } from './limits.ts'
import type { Cut, GetPlan, ListPlan, Order, Page } from './plan.ts'
import type { Say } from './port.ts'
import { pushdown } from './pushdown.ts'
import { namesIn, topLevelName, wantOf, withWholeLinks } from './want.ts'

/** `shown` holds canonical top-level names; the version is always read, for ETag and If-None-Match. */
export function planGet(mapping: ResourceMapping, id: ScimId, shown: ReadonlySet<string>): GetPlan {
  return { kind: 'get', of: mapping, id, want: wantOf(mapping, showing(shown), true) }
}

const showing =
  (shown: ReadonlySet<string>) =>
  (carrier: AttributeMapping): boolean =>
    shown.has(topLevelName(carrier.of))

/** A resolved query: what is left of RFC 7644 section 3.4.2 when names are found and numbers are in range. */
export interface ListQuery {
  readonly filter: ScimFilter
  readonly sort: { readonly by: AttributeRef; readonly descending: boolean } | undefined
  readonly page: Page
}

export function planList(
  mapping: ResourceMapping,
  query: ListQuery,
  shown: ReadonlySet<string>,
  limits: PlanLimits,
  say: (leaf: Predicate) => Say,
): ListPlan {
  const { where, residual } = pushdown(query.filter, mapping, say)
  const order = query.sort && orderOf(mapping, query.sort.by, query.sort.descending)
  const byBackend = residual === undefined && (query.sort === undefined || order !== undefined)
  const needed = new Set(shown)
  if (!byBackend) {
    if (residual) for (const name of namesIn(residual)) needed.add(name)
    // `schemas` is made of what the resource has of each extension
    if (residual && namesIn(residual).has('schemas')) {
      for (const m of mapping.attributes) if (m.of.extension !== undefined) needed.add(topLevelName(m.of))
    }
    if (query.sort) needed.add(topLevelName(query.sort.by))
  }
  const cut: Cut = byBackend
    ? { by: 'backend', page: query.page, order }
    : {
        by: 'bridge',
        page: query.page,
        residual: residual ?? { kind: 'true' },
        sort: query.sort,
        scanLimit: limits.scanLimit,
      }
  // meta.version is shown with meta, or compared when the filter names meta
  const want = wantOf(mapping, showing(needed), needed.has('meta'))
  const evaluated = new Set(byBackend ? [] : [...(residual ? namesIn(residual) : []), ...sortName(query)])
  const isWhole = want.links.some((reference) => evaluated.has(topLevelName(reference.of)))
  return { kind: 'list', of: mapping, where, want: isWhole ? withWholeLinks(want, limits.scanLimit) : want, cut }
}

const sortName = ({ sort }: ListQuery): readonly string[] => (sort === undefined ? [] : [topLevelName(sort.by)])

/** A sort key that a backend can order by: one slot in the record itself whose native order is the SCIM order. */
function orderOf(mapping: ResourceMapping, by: AttributeRef, descending: boolean): Order | undefined {
  const carrier = mapping.attributes.find((m) => topLevelName(m.of) === topLevelName(by))
  if (carrier?.kind !== 'single') return undefined
  const leaf: Leaf | undefined = carrier.leaves.find((l) => l.ref.sub?.name === by.sub?.name)
  if (leaf?.carrier.kind !== 'slot' || !leaf.carrier.codec.keepsOrder) return undefined
  const { slot, codec } = leaf.carrier
  if (slot.many || slot.at.kind !== 'field') return undefined
  const attribute = leafOf(by)
  return { slot, descending, fold: attribute.type === 'string' && !attribute.caseExact, present: codec.present(slot) }
}
