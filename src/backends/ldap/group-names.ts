import type { End } from './ends.ts'

/**
 * Groups by their DN, for whoever shows the groups of people: the same few are named by everybody. For reading only, and
 * not for long: what is written is looked up in the same request.
 */
export interface GroupNames {
  find(key: string): End | undefined
  keep(key: string, end: End): void
  /** Something may be named otherwise now. */
  clear(): void
}

/** Milliseconds. */
const lifetime = 15_000
const capacity = 10_000

export function groupNames(now: () => number = () => performance.now()): GroupNames {
  const kept = new Map<string, { readonly end: End; readonly until: number }>()
  return {
    find(key) {
      const one = kept.get(key)
      if (one === undefined) return undefined
      if (one.until > now()) return one.end
      kept.delete(key)
      return undefined
    },
    keep(key, end) {
      kept.delete(key)
      kept.set(key, { end, until: now() + lifetime })
      const [oldest] = kept.keys()
      if (kept.size > capacity && oldest !== undefined) kept.delete(oldest)
    },
    clear: () => kept.clear(),
  }
}
