import type { PageKey } from '../mapping/record.ts'
import type { ListPlan, Page } from '../plan/plan.ts'
import { refuseOtherCount } from './cursors.ts'
import type { Carried, Cursors } from './cursors.ts'
import type { Paging } from './paging.ts'

/** What a cursor says: where a page begins, or ends when it is read backwards, and how many are on a page. */
interface Place {
  readonly backwards: boolean
  /** undefined for the beginning of the list, or its end. */
  readonly key: PageKey | undefined
  readonly count: number
}

/**
 * Pages by cursor (RFC 9865). `query` is all that the requests of a walk have in common, `count` what this one asks for.
 * The first page tells the total; later ones leave it out rather than count again, where nobody knows it anyway.
 */
export function byCursor(
  { cut }: ListPlan,
  cursors: Cursors,
  query: string,
  cursor: string,
  count: number | undefined,
): Paging {
  const { limit } = cut.page
  const place =
    cursor === '' ? begin(limit) : placeFrom(cursors.open(query, cursor, carriedFrom(explained(limit))), count, limit)
  const isFirst = !place.backwards && place.key === undefined
  const isCounted = isFirst && (place.count === 0 || cut.by === 'backend')
  const page: Page = {
    offset: 0,
    limit: place.count,
    ...(!place.backwards && place.key !== undefined && { after: place.key }),
    ...(place.backwards && { before: place.key ?? 'end' }),
    ...(!isCounted && { counting: 'nothing' }),
  }
  const seal = (backwards: boolean, key: PageKey | undefined): string =>
    cursors.seal(query, carriedFrom({ backwards, key, count: place.count }))
  return {
    page,
    head({ resources, total, first, last, more }) {
      const hasNext = place.count > 0 && (place.backwards || more)
      const hasPrevious = place.backwards ? more : !isFirst
      return {
        ...(total !== undefined && { totalResults: total }),
        itemsPerPage: resources.length,
        // of a page whose records have all gone: from the beginning, or from the end
        ...(hasNext && { nextCursor: seal(false, last) }),
        ...(hasPrevious && { previousCursor: seal(true, first) }),
      }
    },
  }
}

const begin = (count: number): Place => ({ backwards: false, key: undefined, count })
/** Some page that is not the first. */
const explained = (count: number): Place => ({ backwards: false, key: { sort: '', key: [''] }, count })

const carriedFrom = ({ backwards, key, count }: Place): Carried =>
  key === undefined ? [backwards, count] : [backwards, count, key.sort, key.key]

/** Only what `carriedFrom` made is ever opened. */
function placeFrom(carried: Carried, count: number | undefined, limit: number): Place {
  const [backwards, held, sort, key] = carried as readonly [boolean, number, PageKey['sort']?, PageKey['key']?]
  refuseOtherCount(held, count, limit)
  return { backwards, count: held, key: key === undefined ? undefined : { sort: sort ?? null, key } }
}
