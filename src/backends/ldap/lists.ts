import type { ScimId } from '../../base/brand.ts'
import { compareCodePoints } from '../../scim/compare.ts'
import type { PageKey } from '../../mapping/record.ts'

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
  /**
   * `going` on in a walk, a list may be older than the last write of our own; who begins wants to see that. As long as
   * a walk goes on in it, a list is kept.
   */
  find(key: string, going: boolean): IdList | undefined
  /**
   * Makes a list that is kept then, or waits for whoever makes it already. It is not given up with the request that
   * began it: what takes longer than a request may would never be there.
   */
  make(asked: Asked, signal: AbortSignal, walk: (signal: AbortSignal) => Promise<IdList>): Promise<IdList>
  /** Something of the type was written. */
  changed(type: string): void
  /** Ends what is being made. */
  close(): void
}

export interface Asked {
  readonly key: string
  readonly type: string
  readonly going: boolean
}

interface Kept {
  readonly list: IdList
  readonly made: number
  until: number
  isStale: boolean
}

interface Making {
  readonly type: string
  readonly list: Promise<IdList>
  readonly end: AbortController
  waiting: number
  isStale: boolean
}

/** Ids kept at most, over all lists together. */
const capacity = 2_000_000
/** Lists of whatever length. */
const most = 200
/** How long a list is kept at most for a walk that goes on in it, in milliseconds. */
const longestWalk = 600_000
/** Lists that are made at most though nobody waits for them any more. */
const mostAbandoned = 2

export function lists(lifetime: number, now: () => number = () => performance.now()): Lists {
  const kept = new Map<string, Kept>()
  const making = new Map<string, Making>()
  /** Those that a write has overtaken, too, as long as they go on. */
  const all = new Set<Making>()
  const size = (): number => [...kept.values()].reduce((sum, { list }) => sum + list.places.length, 0)

  let sweeper: NodeJS.Timeout | undefined
  /** Nobody may come to find a list too old; it would be held for good. */
  const sweepLater = (): void => {
    sweeper ??= setTimeout(() => {
      sweeper = undefined
      for (const [key, { until }] of kept) if (until <= now()) kept.delete(key)
      if (kept.size > 0) sweepLater()
    }, lifetime).unref()
  }
  const keep = (key: string, list: IdList, isStale: boolean): void => {
    const other = kept.get(key)
    if (isStale && other?.isStale === false && other.until > now()) return
    kept.delete(key)
    kept.set(key, { list, made: now(), until: now() + lifetime, isStale })
    sweepLater()
    for (const oldest of kept.keys()) {
      if (oldest === key || (kept.size <= most && size() <= capacity)) return
      kept.delete(oldest)
    }
  }
  const begin = ({ key, type }: Asked, walk: (signal: AbortSignal) => Promise<IdList>): Making => {
    const end = new AbortController()
    const list = walk(end.signal)
      .then((made) => {
        keep(key, made, one.isStale)
        return made
      })
      .finally(() => {
        all.delete(one)
        if (making.get(key) === one) making.delete(key)
      })
    // nobody may wait for it any more when it fails
    list.catch(() => undefined)
    const one: Making = { type, list, end, waiting: 0, isStale: false }
    making.set(key, one)
    all.add(one)
    return one
  }
  const left = (): void => {
    const abandoned = [...all].filter(({ waiting, end }) => waiting === 0 && !end.signal.aborted)
    // of no use to whoever comes next
    const useless = abandoned.filter(({ isStale }) => isStale || lifetime === 0)
    const others = abandoned.filter((one) => !useless.includes(one))
    for (const one of [...useless, ...others.slice(0, -mostAbandoned)]) one.end.abort()
  }

  return {
    find(key, going) {
      const one = kept.get(key)
      if (one === undefined) return undefined
      const time = now()
      if (one.until <= time) kept.delete(key)
      else if (going) {
        one.until = Math.max(one.until, Math.min(time + lifetime, one.made + longestWalk))
        return one.list
      } else if (!one.isStale && time < one.made + lifetime) return one.list
      return undefined
    },
    async make(asked, signal, walk) {
      const met = lifetime === 0 ? undefined : making.get(asked.key)
      const isMet = met !== undefined && !met.end.signal.aborted && (asked.going || !met.isStale)
      const one = isMet ? met : begin(asked, walk)
      one.waiting++
      try {
        return await orAborted(one.list, signal)
      } finally {
        one.waiting--
        left()
      }
    },
    changed(type) {
      for (const one of kept.values()) if (one.list.type === type) one.isStale = true
      for (const one of all) if (one.type === type) one.isStale = true
    },
    close() {
      for (const { end } of all) end.abort()
    },
  }
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason as Error)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
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
export const startBehind = (list: Pick<IdList, 'places' | 'descending'>, key: PageKey): number =>
  startWhere(list, key, (order) => order > 0)

/** Where the places before a key end. */
export const endBefore = (list: Pick<IdList, 'places' | 'descending'>, key: PageKey): number =>
  startWhere(list, key, (order) => order >= 0)

/** The first place that stands to the key as is wanted. */
function startWhere(
  { places, descending }: Pick<IdList, 'places' | 'descending'>,
  key: PageKey,
  is: (order: number) => boolean,
): number {
  const [id] = key.key
  const at: Place = { sort: key.sort as Place['sort'], id: String(id) as ScimId }
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const place = places[middle]
    if (place !== undefined && !is(comparePlaces(place, at, descending))) low = middle + 1
    else high = middle
  }
  return low
}

export const keyOfPlace = ({ sort, id }: Place): PageKey => ({ sort, key: [id] })
