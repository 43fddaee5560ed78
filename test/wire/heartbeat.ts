import type { Client } from './client.ts'

export interface Heartbeat {
  /** Ends it; resolves with the longest time that an answer took, in milliseconds, and the statuses seen. */
  stop(): Promise<{ readonly slowest: number; readonly statuses: ReadonlySet<number> }>
}

/** Asks for one user again and again beside other requests, to see that nobody else has to wait for those. */
export function heartbeat(client: Client, path = '/Users?count=1'): Heartbeat {
  let stopped = false
  let slowest = 0
  const statuses = new Set<number>()
  const beat = async (): Promise<void> => {
    while (!stopped) {
      const start = performance.now()
      statuses.add((await client.get(path)).status)
      slowest = Math.max(slowest, performance.now() - start)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  const beating = beat()
  return {
    stop: async () => {
      stopped = true
      await beating
      return { slowest, statuses }
    },
  }
}
