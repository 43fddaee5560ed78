import { isBridgeError } from '../../base/errors.ts'
import type { ErrorReason } from '../../base/errors.ts'

const reasons: ReadonlySet<ErrorReason> = new Set<ErrorReason>(['unavailable', 'timeout', 'busy'])

/** Nobody knows whether it was done, or nobody was there to do it. */
export const isUncertain = (error: unknown): boolean => isBridgeError(error) && reasons.has(error.reason)
