import { BridgeError } from '../../../base/errors.ts'

/** Nobody waits for it any more. */
export const givenUp = (signal: AbortSignal): BridgeError =>
  new BridgeError('timeout', 'the request was given up before it was finished', signal.reason)
