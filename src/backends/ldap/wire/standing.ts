/** How a server stands: in use, passed over for a while, or being tried again. */
export interface Standing {
  /** `away`: no connection. `slow`: it has been late twice running, and is used when there is no other. */
  readonly state: 'used' | 'slow' | 'away'
  /** Something was answered. */
  answered(): void
  /** An operation was late. */
  late(): void
  /** No connection came about. */
  gone(cause: unknown): void
  stop(): void
}

/** Milliseconds: the first pause, and the longest: a server that works again is found within a few seconds. */
const shortest = 500
const longest = 2_500

export interface StandingHooks {
  /** Rejects when the server does not answer yet. */
  probe(): Promise<void>
  changed(state: Standing['state'], cause: unknown): void
}

/**
 * A server that failed is passed over for a time that doubles from failure to failure, give or take a quarter, so that
 * many processes do not come back at once. Then one probe tries it, while everybody else goes on with the next server.
 */
export function standing({ probe, changed }: StandingHooks): Standing {
  let state: Standing['state'] = 'used'
  let lateRunning = 0
  let pause = shortest
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  const become = (next: Standing['state'], cause: unknown): void => {
    if (state === next) return
    state = next
    changed(next, cause)
  }
  const rest = (): void => {
    if (timer !== undefined || isStopped) return
    timer = setTimeout(() => void tryAgain(), pause * (0.75 + Math.random() / 2)).unref()
    pause = Math.min(pause * 2, longest)
  }
  const tryAgain = async (): Promise<void> => {
    try {
      await probe()
      timer = undefined
      pause = shortest
      lateRunning = 0
      become('used', undefined)
    } catch (error) {
      timer = undefined
      become('away', error)
      rest()
    }
  }
  return {
    get state() {
      return state
    },
    answered() {
      lateRunning = 0
    },
    late() {
      lateRunning++
      if (lateRunning < 2 || state !== 'used') return
      become('slow', undefined)
      rest()
    },
    gone(cause) {
      become('away', cause)
      rest()
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
