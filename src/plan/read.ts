import type { ScimId } from '../base/brand.ts'
import type { Leaf, ResourceMapping } from '../mapping/catalog.ts'
import type { Predicate } from '../mapping/predicate.ts'
import type { ScimFilter } from '../scim/filter.ts'
import type { AttributeRef } from '../scim/schema.ts'
import { leafOf } from '../scim/schema.ts'
import type { PlanLimits } from './limits.ts'
import type { Cut, GetPlan, ListPlan, Order, Page, Want } from './plan.ts'
import type { Say } from './port.ts'
import { pushdown } from './pushdown.ts'
import { namesIn, topLevelName, wantNamed, withWholeLinks } from './want.ts'

/**
 * `shown` holds canonical names, parts included; the version is always read, for ETag and If-None-Match. What `filter`
 * looks at is read as well, of its links at most `whole`.
 */
export function planGet(
  mapping: ResourceMapping,
  id: ScimId,
  shown: ReadonlySet<string>,
  filter: ScimFilter = { kind: 'true' },
  whole = 0,
): GetPlan {
  const looked = [...namesIn(filter)]
  const want = wantNamed(mapping, new Set([...shown, ...looked.flatMap((name) => wholly(mapping, name))]), true)
  return { kind: 'get', of: mapping, id, want: looksAtLinks(want, looked) ? withWholeLinks(want, whole) : want }
}

const looksAtLinks = (want: Want, looked: readonly string[]): boolean =>
  want.links.some((reference) => looked.includes(topLevelName(reference.of)))

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
  const looked = byBackend ? [] : [...(residual ? namesIn(residual) : []), ...sortName(query)]
  const cut: Cut = byBackend
    ? { by: 'backend', page: query.page, order }
    : {
        by: 'bridge',
        page: query.page,
        residual: residual ?? { kind: 'true' },
        sort: query.sort,
        scanLimit: limits.scanLimit,
      }
  const needed = new Set([...shown, ...looked.flatMap((name) => wholly(mapping, name))])
  const want = wantNamed(mapping, needed, needed.has('meta.version'))
  const whole = looksAtLinks(want, looked) ? withWholeLinks(want, limits.scanLimit) : want
  return { kind: 'list', of: mapping, where, want: whole, cut }
}

/** All that an attribute is made of, by name. */
function wholly(mapping: ResourceMapping, name: string): readonly string[] {
  // `schemas` is made of what the resource has of each extension
  const carriers = mapping.attributes.filter(({ of }) =>
    name === 'schemas' ? of.extension !== undefined : topLevelName(of) === name,
  )
  const parts = carriers.flatMap((m) => (m.kind === 'single' ? m.leaves.map(({ ref }) => ref.name) : []))
  return [name, ...carriers.map(({ of }) => topLevelName(of)), ...parts, ...(name === 'meta' ? ['meta.version'] : [])]
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
