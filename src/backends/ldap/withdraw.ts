import type { ResourceMapping } from '../../mapping/catalog.ts'
import { success } from './assumed.ts'
import { code } from './codes.ts'
import type { Directory } from './directory.ts'
import { failed } from './failed.ts'
import { isInvolved } from './guard.ts'
import { guarded } from './guarded.ts'
import { idFilter, idOfEntry } from './identify.ts'
import type { Delete, Entry } from './operation.ts'
import type { Steps } from './program.ts'

/** Deletes what was just added, unless somebody else has the name by now. */
export function* withdraw(directory: Directory, mapping: ResourceMapping, entry: Entry): Steps<void> {
  const id = directory.abilities.assertion ? idOfEntry(mapping, entry) : undefined
  const assert = id === undefined ? undefined : idFilter(directory.schema, mapping, id)
  const operation: Delete = { kind: 'delete', dn: entry.dn, ...(assert !== undefined && { assert }) }
  const how = { note: 'undo', assume: success, hasFollowers: isInvolved(mapping) }
  const result = yield* guarded(directory, operation, how)
  switch (result.code) {
    case code.success:
    case code.noSuchObject:
    case code.assertionFailed:
      return
    default:
      throw failed(result, operation)
  }
}
