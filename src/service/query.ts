import { BridgeError } from '../base/errors.ts'
import { parseFilter } from '../scim/filter-parse.ts'
import { resolveFilter } from '../scim/filter-resolve.ts'
import { parseAttributePath } from '../scim/path-parse.ts'
import type { Quirks } from '../scim/quirks.ts'
import type { Query } from '../scim/request.ts'
import type { ResourceType } from '../scim/schema.ts'
import type { PlanLimits } from '../plan/limits.ts'
import type { ListQuery } from '../plan/read.ts'
import { resolveSort } from './sort.ts'

/** Resolves a query against a type and brings its numbers into range (RFC 7644 sections 3.4.2.3 and 3.4.2.4). */
export function resolveQuery(query: Query, type: ResourceType, quirks: Quirks, limits: PlanLimits): ListQuery {
  const startIndex = Math.max(1, query.startIndex ?? 1)
  const count = Math.min(Math.max(0, query.count ?? limits.page), limits.maxResults)
  return {
    filter:
      query.filter === undefined
        ? { kind: 'true' }
        : resolveFilter(parseFilter(query.filter, { bareValues: quirks.has('bareFilterValue') }), type, quirks),
    sort:
      query.sortBy === undefined
        ? undefined
        : {
            by: resolveSort(parseAttributePath(query.sortBy, 'invalidValue'), type),
            descending: descending(query.sortOrder),
          },
    page: { offset: startIndex - 1, limit: count },
  }
}

function descending(order: string | undefined): boolean {
  const word = (order ?? 'ascending').toLowerCase()
  if (word === 'ascending') return false
  if (word === 'descending') return true
  throw new BridgeError('invalidValue', "sortOrder is neither 'ascending' nor 'descending'")
}
