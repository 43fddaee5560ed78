import type { ScimId } from '../../base/brand.ts'
import type { End } from './ends.ts'

/**
 * Who is behind a DN, for whoever shows the groups and the managers of people: the same few are named by everybody.
 * For showing only, and not for long, since what is done beside the bridge is noticed no sooner than the entry is met:
 * whatever decides a write is looked up in the same request.
 */
export interface EndNames {
  /** `key`: of the DN. What is read of an entry differs from reference to reference. */
  find(reference: string, key: string): End | undefined
  keep(reference: string, key: string, end: End): void
  /** Entries of these names were written. */
  drop(keys: readonly string[]): void
  /** An id was met under the name of this key, or was looked for and is nowhere: what is known otherwise is over. */
  met(id: ScimId, key: string | undefined): void
  clear(): void
}

/** Milliseconds. */
const lifetime = 15_000
const capacity = 10_000

export function endNames(now: () => number = () => performance.now()): EndNames {
  const kept = new Map<string, { readonly id: ScimId; readonly ends: Map<string, End>; readonly until: number }>()
  const keys = new Map<ScimId, string>()
  const drop = (key: string): void => {
    const one = kept.get(key)
    kept.delete(key)
    if (one !== undefined && keys.get(one.id) === key) keys.delete(one.id)
  }
  return {
    find(reference, key) {
      const one = kept.get(key)
      if (one === undefined) return undefined
      if (one.until > now()) return one.ends.get(reference)
      drop(key)
      return undefined
    },
    keep(reference, key, end) {
      const { id } = end.link
      const one = kept.get(key)
      if (one !== undefined && one.until > now() && one.id === id) {
        one.ends.set(reference, end)
        return
      }
      drop(key)
      kept.set(key, { id, ends: new Map([[reference, end]]), until: now() + lifetime })
      keys.set(id, key)
      const [oldest] = kept.keys()
      if (kept.size > capacity && oldest !== undefined) drop(oldest)
    },
    drop: (all) => all.forEach(drop),
    met(id, key) {
      const known = keys.get(id)
      if (known !== undefined && known !== key) drop(known)
      if (key !== undefined && kept.get(key)?.id !== id) drop(key)
    },
    clear() {
      kept.clear()
      keys.clear()
    },
  }
}
