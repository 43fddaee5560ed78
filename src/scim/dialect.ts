import type { QuirkName, Quirks } from './quirks.ts'

export type ObserveQuirk = (name: QuirkName) => void

/** Which deviations are understood, and who wants to know that one was met. */
export interface Dialect {
  readonly quirks: Quirks
  readonly observe: ObserveQuirk
}

export const dialect = (quirks: Quirks, observe: ObserveQuirk = () => undefined): Dialect => ({ quirks, observe })

/** True when a deviation is understood; says so to the observer. To be asked only where the deviation has been met. */
export function understands(spoken: Dialect, name: QuirkName): boolean {
  if (!spoken.quirks.has(name)) return false
  spoken.observe(name)
  return true
}
