import { BridgeError } from './errors.ts'

/** Work that ends with the signal, whether or not it heeds the signal itself. */
export function bounded<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      const reason: unknown = signal.reason
      reject(reason instanceof Error ? reason : new BridgeError('timeout', 'The request was given up'))
    }
    if (signal.aborted) return stop()
    // heard before the work hears it: the reason is told, not what the work makes of it
    signal.addEventListener('abort', stop, { once: true })
    void work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop))
  })
}
