import { BridgeError } from '../../base/errors.ts'

/** What a dialect cannot say; `explain` tells it instead of a statement that would be wrong. */
export const notSupported = (dialect: string, what: string): BridgeError =>
  new BridgeError('notImplemented', `${dialect} cannot say this: ${what}`)
