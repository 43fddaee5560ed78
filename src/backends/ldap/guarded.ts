import { code } from './codes.ts'
import type { Delete, Modify, Rename, Result } from './operation.ts'
import type { Steps } from './program.ts'
import { entryAt } from './read.ts'
import { tried } from './searched.ts'

/**
 * A write with its assertion. OpenLDAP hands the control on to what its overlays search for themselves (slapo-unique:
 * always, when a value that is to be unique changes), and there it fails. So a failure is held against the entry, and
 * when that is as it should be the write goes without.
 */
export function* guarded(operation: Modify | Rename | Delete, note: string | undefined, assume: Result): Steps<Result> {
  const result = yield* tried(operation, note, assume)
  if (result.code !== code.assertionFailed || operation.assert === undefined) return result
  const { assert, ...plain } = operation
  const asked = { attributes: ['1.1'], binary: new Set<string>() }
  const entry = yield* entryAt(operation.dn, asked, 'is it as it should be', assert)
  return entry === undefined ? result : yield* tried(plain, note, assume)
}
