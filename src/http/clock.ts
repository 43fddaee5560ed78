import type { StageClock } from '../service/bridge.ts'

/** A stage clock that can be read. */
export interface Clock extends StageClock {
  /** Milliseconds by stage, in the order the stages were entered first. */
  stages(): readonly (readonly [stage: string, milliseconds: number])[]
  /** Milliseconds since the clock was made. */
  total(): number
}

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise

/** Measures the stages of one request; a stage that is entered twice adds up. */
export function clock(now: () => number = () => performance.now()): Clock {
  const start = now()
  const spent = new Map<string, number>()
  const add = (stage: string, since: number): void => {
    spent.set(stage, (spent.get(stage) ?? 0) + now() - since)
  }
  return {
    time<T>(stage: string, work: () => T): T {
      const since = now()
      spent.set(stage, spent.get(stage) ?? 0)
      let result: T
      try {
        result = work()
      } catch (error) {
        add(stage, since)
        throw error
      }
      if (!isPromise(result)) {
        add(stage, since)
        return result
      }
      return result.finally(() => add(stage, since)) as T
    },
    stages: () => [...spent],
    total: () => now() - start,
  }
}

/** `parse;dur=0.2, run;dur=3.1, total;dur=3.6` (W3C Server Timing); names that are no tokens are left out. */
export function serverTiming(of: Clock): string {
  const entries = [...of.stages(), ['total', of.total()] as const]
  return entries
    .filter(([stage]) => /^[A-Za-z][\w-]*$/.test(stage))
    .map(([stage, milliseconds]) => `${stage};dur=${milliseconds.toFixed(1)}`)
    .join(', ')
}
