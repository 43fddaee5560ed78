/** Turns at names: whoever holds some lets others with any of the same wait. */
export interface Turns {
  /** Resolves when all of these are this holder's. Rejects when the signal says so; then none of them is. */
  take(holder: object, names: readonly string[], signal: AbortSignal): Promise<void>
  release(holder: object): void
}

interface Queue {
  holder: object
  readonly waiting: { readonly holder: object; readonly go: () => void }[]
}

/** Within this process. Names are taken in one order, so that no two wait for each other. */
export function turns(): Turns {
  const queues = new Map<string, Queue>()
  const held = new Map<object, Set<string>>()
  const give = (holder: object, name: string): void => {
    held.set(holder, (held.get(holder) ?? new Set()).add(name))
  }
  const one = (holder: object, name: string, signal: AbortSignal): Promise<void> | undefined => {
    const queue = queues.get(name)
    if (queue === undefined) {
      queues.set(name, { holder, waiting: [] })
      give(holder, name)
      return undefined
    }
    if (queue.holder === holder) return undefined
    return new Promise((resolve, reject) => {
      const place = {
        holder,
        go: () => {
          signal.removeEventListener('abort', leave)
          queue.holder = holder
          give(holder, name)
          resolve()
        },
      }
      const leave = (): void => {
        queue.waiting.splice(queue.waiting.indexOf(place), 1)
        reject(signal.reason instanceof Error ? signal.reason : new Error('given up'))
      }
      if (signal.aborted) return reject(signal.reason as Error)
      signal.addEventListener('abort', leave, { once: true })
      queue.waiting.push(place)
    })
  }
  return {
    async take(holder, names, signal) {
      for (const name of [...new Set(names)].sort()) await one(holder, name, signal)
    },
    release(holder) {
      for (const name of held.get(holder) ?? []) {
        const queue = queues.get(name)
        const next = queue?.waiting.shift()
        if (next === undefined) queues.delete(name)
        else next.go()
      }
      held.delete(holder)
    },
  }
}
