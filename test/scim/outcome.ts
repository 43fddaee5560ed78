import { isBridgeError } from '../../src/base/errors.ts'

/** The reason of the BridgeError that was thrown, or what came back; any other error is a bug and goes on. */
export function outcome<T>(run: () => T): T | string {
  try {
    return run()
  } catch (error) {
    if (isBridgeError(error)) return error.reason
    throw error
  }
}
