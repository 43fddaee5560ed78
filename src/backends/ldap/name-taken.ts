import type { BridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { Directory } from './directory.ts'
import { isOf } from './is-of.ts'
import { sourceFor } from './directory.ts'
import { asking } from './fields.ts'
import { outside, taken } from './look.ts'
import { visible } from './predicate.ts'
import type { Circumstances, Steps } from './program.ts'
import { entryAt } from './read.ts'

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
  const held = yield* entryAt(dn, asking(directory, []), 'nobody has the name')
  if (held !== undefined && circumstances.assumed === undefined) throw yield* nameTaken(directory, mapping, dn)
}

/** What a client knows of the name: the attributes that it is made of. */
const namingOf = ({ entry }: ResourceMapping): string =>
  (entry?.rdn.template ?? []).flatMap((part) => (part.kind === 'path' ? [part.ref.name] : [])).join(' and ') || 'name'
