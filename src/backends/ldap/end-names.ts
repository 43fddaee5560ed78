import type { End } from './ends.ts'

/**
 * Which group is behind a DN, for whoever shows the groups of people: the same few are named by everybody, and only by
 * the server itself, which takes the name of a group that has gone out of memberOf. For reading only, and not for long:
 * whoever is named in a write is looked up in the same request, and so is every manager, whose name nobody takes away.
 */
export interface EndNames {
  /** `key`: of the DN. What is read of an entry differs from reference to reference. */
  find(reference: string, key: string): End | undefined
  keep(reference: string, key: string, end: End): void
  /** Entries of these names were written. */
  drop(keys: readonly string[]): void
  clear(): void
}

/** Milliseconds. */
const lifetime = 15_000
const capacity = 10_000

export function endNames(now: () => number = () => performance.now()): EndNames {
  const kept = new Map<string, { readonly ends: Map<string, End>; readonly until: number }>()
  return {
    find(reference, key) {
      const one = kept.get(key)
      if (one === undefined) return undefined
      if (one.until > now()) return one.ends.get(reference)
      kept.delete(key)
      return undefined
    },
    keep(reference, key, end) {
      const one = kept.get(key)
      if (one !== undefined && one.until > now()) {
        one.ends.set(reference, end)
        return
      }
      kept.delete(key)
      kept.set(key, { ends: new Map([[reference, end]]), until: now() + lifetime })
      const [oldest] = kept.keys()
      if (kept.size > capacity && oldest !== undefined) kept.delete(oldest)
    },
    drop(keys) {
      for (const key of keys) kept.delete(key)
    },
    clear: () => kept.clear(),
  }
}
