import { createHash } from 'node:crypto'
import type { JsonObject } from '../base/json.ts'
import type { PageKey } from '../mapping/record.ts'
import type { Query } from '../scim/request.ts'
import type { Application } from './application.ts'
import { fresh } from './by-index.ts'
import { refuseOtherCount } from './cursors.ts'
import type { Carried } from './cursors.ts'
import { keepAnchor } from './places.ts'
import type { Places } from './places.ts'

/** Where a page of several types begins, and how many are on it. */
export interface Start {
  /** Passed over and counted, when no place is known. */
  readonly offset: number
  readonly limit: number
  readonly places: Places
  /** What the total is: of all, of what lies behind the places, or nothing that anybody counts. */
  readonly counting: 'all' | 'rest' | 'nothing'
}

/** What came of it. */
export interface Ended {
  readonly length: number
  readonly total: number
  readonly places: Places
  /** Only told exactly when it is asked for: a page by index says its total instead. */
  readonly more: boolean
}

/** How a client pages through several types (RFC 7644 section 3.4.2.4, RFC 9865). */
export interface AmongPaging {
  readonly start: Start
  readonly needsMore: boolean
  head(ended: Ended): JsonObject
}

const noPlaces: Places = new Map()

/** What two requests have to have in common to be pages of one walk. A digest: conditions are personal data. */
function walkAmong(client: string, { filter, sortBy, sortOrder }: Query): string {
  const text = JSON.stringify([client, filter ?? null, sortBy ?? null, sortOrder ?? null])
  return createHash('sha256').update(text).digest('base64url')
}

/** Pages by number, with the numbers of the walk: see `byIndex`, which does the same for one type. */
export function amongByIndex(
  app: Application,
  client: string,
  query: Query,
  offset: number,
  limit: number,
  now = (): number => performance.now(),
): AmongPaging {
  const walk = walkAmong(client, query)
  const anchor = offset === 0 || limit === 0 ? undefined : app.walks.find(`${walk} ${offset}`)
  const isDue = anchor === undefined || offset + limit >= anchor.total || now() - anchor.counted > fresh
  return {
    start: {
      offset: anchor === undefined ? offset : 0,
      limit,
      places: anchor?.places ?? noPlaces,
      counting: anchor === undefined ? 'all' : isDue ? 'rest' : 'nothing',
    },
    needsMore: false,
    head({ length, total: counted, places }) {
      const shown = offset + length
      const total = anchor === undefined ? counted : isDue ? offset + counted : length < limit ? shown : anchor.total
      const when = isDue ? now() : anchor.counted
      if (length > 0) keepAnchor(app.walks, `${walk} ${shown}`, { places, total, counted: when })
      return { totalResults: total, itemsPerPage: length, startIndex: offset + 1 }
    },
  }
}

/** Pages by cursor, forward: a cursor holds the place in each type. See `byCursor`, which does the same for one type. */
export function amongByCursor(
  app: Application,
  client: string,
  query: Query,
  cursor: string,
  limit: number,
): AmongPaging {
  const { attributes = [], excludedAttributes = [], count } = query
  const about = JSON.stringify([app.catalog.name, walkAmong(client, query), attributes, excludedAttributes])
  const held = cursor === '' ? undefined : placesFrom(app.cursors.open(about, cursor, [limit, []]))
  if (held !== undefined) refuseOtherCount(held.count, count, limit)
  const length = held?.count ?? limit
  return {
    start: {
      offset: 0,
      limit: length,
      places: held?.places ?? noPlaces,
      counting: held === undefined ? 'all' : 'nothing',
    },
    needsMore: length > 0,
    head: (ended) => ({
      ...(held === undefined && { totalResults: ended.total }),
      itemsPerPage: ended.length,
      ...(ended.more && length > 0 && { nextCursor: app.cursors.seal(about, carriedFrom(length, ended.places)) }),
    }),
  }
}

const carriedFrom = (count: number, places: Places): Carried => [
  count,
  [...places].map(([type, { sort, key }]) => [type, sort, key]),
]

/** Only what `carriedFrom` made is ever opened. */
function placesFrom(carried: Carried): { readonly count: number; readonly places: Places } {
  const [count, places] = carried as readonly [
    number,
    readonly (readonly [type: string, sort: PageKey['sort'], key: PageKey['key']])[],
  ]
  return { count, places: new Map(places.map(([type, sort, key]) => [type, { sort, key }])) }
}
