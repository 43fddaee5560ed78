import { BridgeError } from '../base/errors.ts'
import type { Caller } from './bridge.ts'

/** RFC 7644 section 2: 401 is for who, 403 for what. */
export function refuseReader({ readOnly }: Pick<Caller, 'readOnly'>): void {
  if (readOnly) throw new BridgeError('forbidden', 'This token may only read')
}
