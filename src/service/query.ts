import { BridgeError } from '../base/errors.ts'
import { filterAmong } from '../scim/filter-among.ts'
import { parseFilter } from '../scim/filter-parse.ts'
import { resolveFilter } from '../scim/filter-resolve.ts'
import type { Filter, ScimFilter } from '../scim/filter.ts'
import type { AttributePath } from '../scim/path.ts'
import { parseAttributePath } from '../scim/path-parse.ts'
import type { Quirks } from '../scim/quirks.ts'
import type { Query } from '../scim/request.ts'
import type { ResourceType } from '../scim/schema.ts'
import type { PlanLimits } from '../plan/limits.ts'
import type { Page } from '../plan/plan.ts'
import type { ListQuery } from '../plan/read.ts'
import { resolveSort, sortAmong } from './sort.ts'

/** Resolves a query against a type and brings its numbers into range (RFC 7644 sections 3.4.2.3 and 3.4.2.4). */
export const resolveQuery = (query: Query, type: ResourceType, quirks: Quirks, limits: PlanLimits): ListQuery => ({
  filter: resolveQueryFilter(query.filter, type, quirks),
  sort:
    query.sortBy === undefined
      ? undefined
      : { by: resolveSort(sortPath(query.sortBy), type), descending: descending(query.sortOrder) },
  page: pageOf(query, limits),
})

export const resolveQueryFilter = (filter: string | undefined, type: ResourceType, quirks: Quirks): ScimFilter =>
  resolveFilter(filterOf({ filter }, quirks), type, quirks)

/**
 * The same for several types at once (RFC 7644 section 3.4.2.1): what each of them is asked. Types that the filter
 * excludes are not among them; one that lacks the attribute to sort by has no sort.
 */
export function resolveAmongTypes(
  query: Query,
  types: readonly ResourceType[],
  quirks: Quirks,
  limits: PlanLimits,
): { readonly queries: ReadonlyMap<ResourceType, ListQuery>; readonly page: Page } {
  const filters = filterAmong(filterOf(query, quirks), types, quirks)
  const sorts = query.sortBy === undefined ? undefined : sortAmong(sortPath(query.sortBy), types, [...filters.keys()])
  const down = descending(query.sortOrder)
  const page = pageOf(query, limits)
  const queries = [...filters].map(([type, filter]): readonly [ResourceType, ListQuery] => {
    const by = sorts?.get(type)
    return [type, { filter, sort: by && { by, descending: down }, page }]
  })
  return { queries: new Map(queries), page }
}

const filterOf = ({ filter }: { readonly filter?: string | undefined }, quirks: Quirks): Filter<AttributePath> =>
  filter === undefined ? { kind: 'true' } : parseFilter(filter, { bareValues: quirks.has('bareFilterValue') })

const sortPath = (sortBy: string): AttributePath => parseAttributePath(sortBy, 'invalidValue')

function pageOf(query: Query, limits: PlanLimits): Page {
  if (query.cursor !== undefined) checkCursorPaging(query, limits)
  const startIndex = Math.max(1, query.startIndex ?? 1)
  return { offset: startIndex - 1, limit: Math.min(Math.max(0, query.count ?? limits.page), limits.maxResults) }
}

/** RFC 9865 sections 2.1 and 2.4: one method of the two, and no more on a page than there can be. */
function checkCursorPaging({ startIndex, count = 0 }: Query, { maxResults }: PlanLimits): void {
  if (startIndex !== undefined)
    throw new BridgeError('invalidValue', 'startIndex pages by index and cursor by cursor; give one of them')
  if (count > maxResults) throw new BridgeError('invalidCount', `count must not be larger than ${maxResults}`)
}

export function descending(order: string | undefined): boolean {
  const word = (order ?? 'ascending').toLowerCase()
  if (word === 'ascending') return false
  if (word === 'descending') return true
  throw new BridgeError('invalidValue', "sortOrder is neither 'ascending' nor 'descending'")
}
