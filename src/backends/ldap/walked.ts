import type { Order } from '../../plan/plan.ts'
import { success } from './assumed.ts'
import { code } from './codes.ts'
import type { Directory } from './directory.ts'
import { isOf } from './is-of.ts'
import type { Asked, IdList, Place } from './lists.ts'
import { sorted } from './lists.ts'
import type { Result, Search } from './operation.ts'
import { placeOf } from './order.ts'
import type { Share, Steps } from './program.ts'
import { gone } from './searched.ts'
import type { Source } from './source.ts'

/**
 * Every id, page by page, on a connection of its own; the entries themselves are not kept. Those who ask for the same
 * at the same time share one walk; `asked` is undefined where nobody is waited for.
 */
export function* walked(
  directory: Directory,
  source: Source,
  order: Order | undefined,
  search: Search,
  asked: Asked | undefined,
): Steps<IdList> {
  const { mapping } = source
  const places: Place[] = []
  let shared: IdList | undefined
  const listed = (result: Result): IdList => {
    if (result.code !== code.success) throw gone(result, search)
    const descending = order?.descending === true
    return { type: mapping.type.name, descending, places: sorted(places, descending) }
  }
  const share =
    (of: Asked): Share =>
    async (begin, signal) => {
      shared = await directory.lists.make(of, signal, async (until) => listed(await begin(until)))
      return success
    }
  const result: Result = yield {
    kind: 'walk',
    search,
    note: 'ids and what is sorted by, page by page; shared by all pages of the list',
    take: (entries) => {
      for (const entry of entries) {
        const place = isOf(directory, source, entry) ? placeOf(mapping, order, entry) : undefined
        if (place !== undefined) places.push(place)
      }
    },
    share: asked && share(asked),
  }
  return shared ?? listed(result)
}
