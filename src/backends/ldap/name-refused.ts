import { BridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import { code } from './codes.ts'
import { failed } from './failed.ts'
import { namingOf } from './naming.ts'
import type { Operation, Result } from './operation.ts'

/** A name that the directory cannot give to any entry, as an error about what a client knows of it. */
export function nameRefused(mapping: ResourceMapping, result: Result, operation: Operation): BridgeError | undefined {
  const isTooLong = result.code === code.other && lengthIn(operation) > longest
  if (!isTooLong && result.code !== code.invalidDnSyntax) return undefined
  const what = isTooLong ? 'a name of this length' : 'this in the name of an entry'
  const detail = `${namingOf(mapping)}: the directory does not take ${what}`
  return new BridgeError('constraint', detail, failed(result, operation))
}

/** What OpenLDAP answers `other` (80) to: the keys of its index of names have 511 bytes, and hold an RDN twice. */
const longest = 200

const lengthIn = (operation: Operation): number => {
  if (operation.kind === 'rename') return Buffer.byteLength(operation.rdn)
  return operation.kind === 'add' ? Buffer.byteLength(/^(?:\\.|[^,\\])*/.exec(operation.dn)?.[0] ?? '') : 0
}
