/** A bounded memory of what may be asked for again soon; it never has to be there. */
export interface Recently<T> {
  find(name: string): T | undefined
  keep(name: string, value: T): void
  forget(name: string): void
}

/** Values remembered; the least recently used one goes first. */
const capacity = 4096
/** What nobody has asked for in so many milliseconds is let go. */
const lifetime = 60 * 60 * 1000

export function recently<T>(now: () => number = () => performance.now()): Recently<T> {
  const kept = new Map<string, { readonly value: T; readonly until: number }>()
  return {
    find(name) {
      const found = kept.get(name)
      if (found === undefined) return undefined
      kept.delete(name)
      if (found.until < now()) return undefined
      kept.set(name, found)
      return found.value
    },
    keep(name, value) {
      kept.delete(name)
      kept.set(name, { value, until: now() + lifetime })
      const [oldest] = kept.keys()
      if (kept.size > capacity && oldest !== undefined) kept.delete(oldest)
    },
    forget: (name) => void kept.delete(name),
  }
}
