import { expect } from 'vitest'
import type { Result } from '../../../../src/backends/ldap/operation.ts'

/** Time limits of a directory that is to be seen failing. */
export const quick = { connect: 800, operation: 800, walk: 10_000 }
export const refused = (reason: string): unknown => expect.objectContaining({ name: 'BridgeError', reason })

/** How long it takes, in milliseconds, and what comes of it: the code of a result, or the reason of an error. */
export async function timed(work: Promise<Result>): Promise<{ readonly took: number; readonly outcome: unknown }> {
  const from = performance.now()
  const outcome = await work.then(
    ({ code }) => code,
    (error: { reason: string }) => error.reason,
  )
  return { took: performance.now() - from, outcome }
}
