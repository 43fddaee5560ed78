import type { ScimId } from '../base/brand.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import { conjunction } from '../plan/bounds.ts'
import { notAllowed } from '../plan/membership.ts'
import type { PageKey } from '../mapping/record.ts'
import type { ListPlan, Page } from '../plan/plan.ts'
import { planList } from '../plan/read.ts'
import { topLevelName } from '../plan/want.ts'
import type { Projection } from '../scim/projection.ts'
import { parseProjection, wantedAttributes } from '../scim/projection.ts'
import type { Query } from '../scim/request.ts'
import type { AttributeRef } from '../scim/schema.ts'
import type { Application } from './application.ts'
import type { Start } from './among-paging.ts'
import { paged } from './paging.ts'
import { descending, resolveAmongTypes } from './query.ts'

/** What one resource type is asked in a query over several. */
export interface Part {
  readonly mapping: ResourceMapping
  readonly projection: Projection
  /** undefined: nothing is sorted, or no resource of this type has a value to sort by. */
  readonly sort: AttributeRef | undefined
  /** Everything that is shown, and what is sorted by. Its page is that of the whole query, until another is put in its place. */
  readonly plan: ListPlan
  /** What is sorted by, and nothing else. */
  readonly keys: ListPlan
}

/** A query over all resource types, planned for each of those that can be among the answers. */
export interface Among {
  readonly parts: readonly Part[]
  readonly page: Page
  readonly descending: boolean
}

/** Plans a query of the server root (RFC 7644 section 3.4.2.1). Types that may not be read are left out. */
export function planAmong(app: Application, query: Query): Among {
  const { catalog, limits, store } = app
  const readable = catalog.types.filter(({ allow }) => allow.has('read'))
  const [first] = catalog.types
  if (readable.length === 0 && first !== undefined) throw notAllowed(first, 'read')
  const { queries, page } = resolveAmongTypes(
    query,
    readable.map(({ type }) => type),
    catalog.quirks,
    limits,
  )
  const parts = readable.flatMap((mapping): readonly Part[] => {
    const { type } = mapping
    const asked = queries.get(type)
    if (asked === undefined) return []
    const projection = parseProjection(query, type, catalog.quirks)
    const sort = asked.sort?.by
    const sorted = sort === undefined ? [] : [topLevelName(sort), sort.name]
    const planned = (shown: ReadonlySet<string>): ListPlan =>
      planList(mapping, asked, shown, limits, (leaf) => store.say(leaf))
    const shown = new Set([...wantedAttributes(projection, type), ...sorted])
    return [{ mapping, projection, sort, plan: planned(shown), keys: planned(new Set(sorted)) }]
  })
  return { parts, page, descending: descending(query.sortOrder) }
}

export const nameOf = ({ mapping }: Part): string => mapping.type.name

/** Does the order go across the types? A single one is in order already. */
export const isMerged = ({ parts }: Among, limit: number): boolean =>
  limit > 0 && parts.length > 1 && parts.some(({ sort }) => sort !== undefined)

/** What of a type may be on a page that begins there. */
export function behind({ places, counting }: Start, part: Part, limit: number): Page {
  const after = places.get(nameOf(part))
  const counted = counting === 'nothing' || (counting === 'rest' && after !== undefined) ? counting : undefined
  return { offset: 0, limit, ...(after && { after }), ...(counted && { counting: counted }) }
}

/**
 * The resources of a type that are on a merged page, known by their ids. A backend goes on from a place; where the
 * bridge itself cuts the page, the rest is not looked at again.
 */
export function planOnPage({ plan }: Part, from: PageKey | undefined, ids: readonly ScimId[]): ListPlan {
  const page: Page = { offset: 0, limit: ids.length, counting: 'nothing' }
  if (plan.cut.by === 'backend') return paged(plan, { ...page, ...(from && { after: from }) })
  return paged({ ...plan, where: conjunction([plan.where, { kind: 'id', ids }]) }, page)
}
