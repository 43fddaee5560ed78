import type { ScimId } from '../../base/brand.ts'
import { compareCodePoints } from '../../scim/compare.ts'
import type { PageKey } from '../../plan/plan.ts'

/** One place of a list: what it is sorted by, in the form that compares, and the id that breaks ties. */
export interface Place {
  readonly sort: string | number | null
  readonly id: ScimId
}

/** The ids of everything that a condition selects, in order: what pages are cut from, since LDAP has no order of its own. */
export interface IdList {
  readonly type: string
  readonly descending: boolean
  readonly places: readonly Place[]
}

/** Shared by everybody who walks through the same condition in the same order, for some time. */
export interface Lists {
  /** `going` on in a walk, a list may be older than the last write of our own; who begins wants to see that. */
  find(key: string, going: boolean): IdList | undefined
  keep(key: string, list: IdList): void
  /** Something of the type was written. */
  changed(type: string): void
}

/** Ids kept at most, over all lists together. */
const capacity = 2_000_000
/** Lists of whatever length. */
const most = 200

export function lists(lifetime: number, now: () => number = () => performance.now()): Lists {
  const kept = new Map<string, { readonly list: IdList; readonly until: number; isStale: boolean }>()
  const size = (): number => [...kept.values()].reduce((sum, { list }) => sum + list.places.length, 0)
  return {
    find(key, going) {
      const one = kept.get(key)
      if (one === undefined) return undefined
      if (one.until <= now()) kept.delete(key)
      else if (going || !one.isStale) return one.list
      return undefined
    },
    keep(key, list) {
      kept.delete(key)
      kept.set(key, { list, until: now() + lifetime, isStale: false })
      for (const oldest of kept.keys()) {
        if (oldest === key || (kept.size <= most && size() <= capacity)) return
        kept.delete(oldest)
      }
    },
    changed(type) {
      for (const one of kept.values()) if (one.list.type === type) one.isStale = true
    },
  }
}

/** Without a value last, descending first (RFC 7644 section 3.4.2.3); ties by id, in the same direction whatever the order. */
export function comparePlaces(a: Place, b: Place, descending: boolean): number {
  const order = compareSorts(a.sort, b.sort)
  return (descending ? -order : order) || compareCodePoints(a.id, b.id)
}

function compareSorts(a: Place['sort'], b: Place['sort']): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return compareCodePoints(String(a), String(b))
}

export const sorted = (places: readonly Place[], descending: boolean): readonly Place[] =>
  [...places].sort((a, b) => comparePlaces(a, b, descending))

/** Where the places behind a key begin, by bisection: the key itself may have gone. */
export function startBehind({ places, descending }: Pick<IdList, 'places' | 'descending'>, key: PageKey): number {
  const [id] = key.key
  const at: Place = { sort: key.sort as Place['sort'], id: String(id) as ScimId }
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const place = places[middle]
    if (place !== undefined && comparePlaces(place, at, descending) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

export const keyOfPlace = ({ sort, id }: Place): PageKey => ({ sort, key: [id] })
