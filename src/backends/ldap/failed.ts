import { BridgeError } from '../../base/errors.ts'
import { refused } from './errors.ts'
import type { Operation, Result } from './operation.ts'

/** An operation that was refused, as an error; for the log with the entry that it was about. */
export function failed(result: Result, operation: Operation): BridgeError {
  const error = refused(result, `${operation.kind} ${operation.kind === 'search' ? operation.base : operation.dn}`)
  return result.code === other && nameIn(operation) > longest
    ? new BridgeError('constraint', 'the directory does not take a name of this length', error.cause)
    : error
}

/** What OpenLDAP says when the index of names cannot hold one: its keys have 511 bytes, and hold an RDN twice. */
const other = 80
const longest = 200

const nameIn = (operation: Operation): number => {
  if (operation.kind === 'rename') return Buffer.byteLength(operation.rdn)
  return operation.kind === 'add' ? Buffer.byteLength(/^(?:\\.|[^,\\])*/.exec(operation.dn)?.[0] ?? '') : 0
}
