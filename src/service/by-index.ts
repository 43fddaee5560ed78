import type { ListPlan } from '../plan/plan.ts'
import type { Anchors } from './anchors.ts'
import type { Paging } from './paging.ts'

/**
 * How long a total is the total of a walk, in milliseconds. Counting costs more than a page where there are many; a
 * walk is told the sum of what it shows, which no deletion before its place changes.
 */
export const fresh = 30_000

/**
 * Pages by number (RFC 7644 section 3.4.2.4). A page that goes on where one ended not long ago is read from there and
 * not counted to. Numbers are then those of the walk: what it has shown, and what still lies behind. So whoever goes on
 * while `startIndex <= totalResults` sees each record that stays exactly once, and comes to an end:
 * - the first page counts afresh, and later ones keep that total as long as it leads further;
 * - a page that would reach it counts what lies behind its beginning, so that what was added there is shown too;
 * - behind a page after which nothing is left the total is what was shown.
 */
export function byIndex(plan: ListPlan, anchors: Anchors, walk: string, now = (): number => performance.now()): Paging {
  const { offset, limit } = plan.cut.page
  const anchor = offset === 0 || limit === 0 ? undefined : anchors.find(walk, offset)
  const isDue =
    anchor === undefined || plan.cut.by === 'bridge' || offset + limit >= anchor.total || now() - anchor.counted > fresh
  return {
    page:
      anchor === undefined
        ? { offset, limit }
        : { offset, limit, after: anchor.end, counting: isDue ? 'rest' : 'nothing' },
    head({ resources, total: counted = 0, last, more }) {
      const shown = offset + resources.length
      const total = anchor === undefined ? counted : isDue ? offset + counted : more ? anchor.total : shown
      const when = isDue ? now() : anchor.counted
      if (last !== undefined) anchors.keep(walk, shown, { end: last, total, counted: when })
      return { totalResults: total, itemsPerPage: resources.length, startIndex: offset + 1 }
    },
  }
}
