import { readFileSync } from 'node:fs'

/**
 * Resolves with the name of the signal that asks the process to stop. A second one ends it at once. To be called before
 * anybody is told that the process is there: a signal that nobody listens to ends it without a drain.
 */
export function untilStopped(): Promise<string> {
  return new Promise((resolve) => {
    const stop = (signal: string): void => {
      process.once('SIGTERM', () => process.exit(1))
      process.once('SIGINT', () => process.exit(1))
      resolve(signal)
    }
    process.once('SIGTERM', () => stop('SIGTERM'))
    process.once('SIGINT', () => stop('SIGINT'))
  })
}

/**
 * Resolves when whoever started this process is gone: it may be killed without a word. Under `npm run` the parent is
 * npm, which outlives its own parent, so that one is watched as well.
 */
export function untilOrphaned(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const ancestry = (): string => {
    const parent = process.ppid
    return env['npm_lifecycle_event'] === undefined ? String(parent) : `${parent} ${parentOf(parent)}`
  }
  const first = ancestry()
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (ancestry() === first) return
      clearInterval(timer)
      resolve('the process that started this one has ended')
    }, 250)
    timer.unref()
  })
}

/** From /proc where there is one (proc(5)); elsewhere only the direct parent is watched. */
function parentOf(pid: number): string {
  try {
    return /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}
