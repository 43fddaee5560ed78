import { code } from './codes.ts'
import type { Directory } from './directory.ts'
import { hasOverlays } from './guard.ts'
import type { Delete, Modify, Rename, Result } from './operation.ts'
import type { Steps } from './program.ts'
import { entryAt } from './read.ts'
import { tried } from './searched.ts'

/** How a guarded write is told and assumed, and whether it changes who points at whom. */
export interface Telling {
  readonly note?: string | undefined
  readonly assume: Result
  readonly hasFollowers: boolean
}

/**
 * A write with its assertion. OpenLDAP hands the control on to whatever its overlays do because of the write, where it
 * fails: slapo-unique then refuses it with the same code, and slapo-memberof leaves memberOf as it was and says nothing.
 * So where memberOf is known and references change, the entry is asked before; and where the assertion failed, whether
 * it was the entry that failed it.
 */
export function* guarded(
  directory: Directory,
  operation: Modify | Rename | Delete,
  { note, assume, hasFollowers }: Telling,
): Steps<Result> {
  const { assert, ...plain } = operation
  if (assert === undefined) return yield* tried(operation, note, assume)
  const asked = { attributes: ['1.1'], binary: new Set<string>() }
  if (hasFollowers && hasOverlays(directory)) {
    const entry = yield* entryAt(operation.dn, asked, note ?? 'is it as it should be', assert)
    return entry === undefined ? { ...assume, code: code.assertionFailed } : yield* tried(plain, note, assume)
  }
  const result = yield* tried(operation, note, assume)
  if (result.code !== code.assertionFailed) return result
  const entry = yield* entryAt(operation.dn, asked, note ?? 'is it as it should be', assert)
  return entry === undefined ? result : yield* tried(plain, note, assume)
}
