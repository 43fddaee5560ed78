import { bounded } from '../../base/bounded.ts'
import { BridgeError } from '../../base/errors.ts'

/** Work that has its own time, in milliseconds, and ends with the whole of which it is a part. */
export async function within<T>(
  milliseconds: number,
  whole: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort(new BridgeError('timeout', `The operation was not done within ${milliseconds} ms`))
  }, milliseconds)
  const stop = (): void => controller.abort(whole?.reason)
  if (whole?.aborted === true) stop()
  whole?.addEventListener('abort', stop, { once: true })
  try {
    return await bounded(controller.signal, () => work(controller.signal))
  } finally {
    clearTimeout(timer)
    whole?.removeEventListener('abort', stop)
  }
}
