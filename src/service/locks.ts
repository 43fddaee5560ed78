/** Runs work on the same key one after the other, on different keys side by side. */
export interface Locks {
  hold<T>(key: string, work: () => Promise<T>): Promise<T>
}

export function locks(): Locks {
  const tails = new Map<string, Promise<unknown>>()
  return {
    async hold(key, work) {
      const before = tails.get(key) ?? Promise.resolve()
      const mine = before.then(work, work)
      const tail = mine.catch(() => undefined)
      tails.set(key, tail)
      try {
        return await mine
      } finally {
        if (tails.get(key) === tail) tails.delete(key)
      }
    },
  }
}
