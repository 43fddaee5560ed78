import type { BridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import { assumedEntry, found } from './assumed.ts'
import { code } from './codes.ts'
import type { Directory } from './directory.ts'
import { isOf } from './is-of.ts'
import { sourceFor } from './directory.ts'
import { failed } from './failed.ts'
import { asking } from './fields.ts'
import { outside, taken } from './look.ts'
import { nameRefused } from './name-refused.ts'
import { namingOf } from './naming.ts'
import type { Search } from './operation.ts'
import { visible } from './predicate.ts'
import type { Circumstances, Steps } from './program.ts'
import { entryAt, everyEntry } from './read.ts'
import { tried } from './searched.ts'

/** The name of an entry is held by another one: is that one of those that clients see? */
export function* nameTaken(directory: Directory, mapping: ResourceMapping, dn: string): Steps<BridgeError> {
  const source = sourceFor(directory, mapping)
  const held = yield* entryAt(dn, asking(directory, mapping.id.fields), 'who has the name', visible(directory, source))
  const naming = namingOf(mapping)
  return held !== undefined && isOf(directory, source, held)
    ? taken(mapping, naming, mapping.unique.some(({ name }) => name === naming) ? '' : ', which names its entry')
    : outside(mapping.type.name, naming, dn)
}

/**
 * Refuses a name that anybody has, before others are made to point at it, or to no longer do so: whoever has it is in
 * groups of its own.
 */
export function* refuseNameTaken(
  directory: Directory,
  mapping: ResourceMapping,
  dn: string,
  circumstances: Circumstances,
): Steps<void> {
  const search: Search = { kind: 'search', base: dn, scope: 'base', filter: everyEntry, ...asking(directory, []) }
  const result = yield* tried(search, 'nobody has the name', found(assumedEntry(search, dn)))
  if (result.code === code.noSuchObject) return
  // an entry that only says where to go (RFC 3296); that the base is here is known by then
  if (result.code === code.referral) throw outside(mapping.type.name, namingOf(mapping), dn)
  if (result.code !== code.success) throw nameRefused(mapping, result, search) ?? failed(result, search)
  if (result.entries.length > 0 && circumstances.assumed === undefined) throw yield* nameTaken(directory, mapping, dn)
}
