import { BridgeError } from '../../base/errors.ts'
import type { Reference } from '../../mapping/catalog.ts'

/** A group of a class that demands a member (groupOfNames, RFC 4519 section 3.5), where the mapping has no placeholder for it. */
export const emptied = ({ of }: Reference, cause?: unknown): BridgeError =>
  new BridgeError('constraint', `${of.name}: the directory holds no entry of this kind without any`, cause)
