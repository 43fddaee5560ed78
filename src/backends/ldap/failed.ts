import type { BridgeError } from '../../base/errors.ts'
import { refused } from './errors.ts'
import type { Operation, Result } from './operation.ts'

/** An operation that was refused, as an error; for the log with the entry that it was about. */
export const failed = (result: Result, operation: Operation): BridgeError =>
  refused(result, `${operation.kind} ${operation.kind === 'search' ? operation.base : operation.dn}`)
