import { BridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { Directory } from './directory.ts'
import { sourceFor } from './directory.ts'
import { asking } from './fields.ts'
import { attributesIn } from './filter.ts'
import type { Change, Entry } from './operation.ts'
import type { Circumstances, Steps } from './program.ts'
import { isOf } from './is-of.ts'
import { entryAt } from './read.ts'

/** A new entry is one of those that are offered: the mapping may ask for more than the classes that it was added with. */
export function* isInside(directory: Directory, mapping: ResourceMapping, entry: Entry): Steps<boolean> {
  const source = sourceFor(directory, mapping)
  if (!isOf(directory, source, entry)) return false
  if (!source.asksForMore) return true
  const inside = yield* entryAt(entry.dn, asking(directory, mapping.id.fields), 'inside', source.filter)
  return inside !== undefined
}

export const outsideNow = ({ type }: ResourceMapping): BridgeError =>
  new BridgeError('constraint', `this ${type.name} would lie outside of what is offered here`)

/**
 * No value takes an entry out of what is offered: nobody could bring it back. Asked only after a change of what the
 * filter looks at.
 */
export function* refuseOutside(
  directory: Directory,
  mapping: ResourceMapping,
  written: { readonly dn: string; readonly isRenamed: boolean; readonly changes: readonly Change[] },
  circumstances: Circumstances,
): Steps<void> {
  const { filter, entry } = sourceFor(directory, mapping)
  const looksAt = new Set(attributesIn(filter).map((name) => oidOf(directory, name)))
  const changed = written.changes.map(({ attribute }) => oidOf(directory, attribute))
  const named = written.isRenamed ? [oidOf(directory, entry.rdn.attribute)] : []
  if (changed.length + named.length === 0) return
  if (![...changed, ...named, ...supertypes].some((oid) => looksAt.has(oid))) return
  const inside = yield* entryAt(written.dn, asking(directory, mapping.id.fields), 'inside', filter)
  if (inside === undefined && circumstances.assumed === undefined && !circumstances.dry) throw outsideNow(mapping)
}

const oidOf = ({ schema }: Directory, name: string): string => schema.attribute(name)?.oid ?? name.toLowerCase()

/** name and distinguishedName: what others are made of, so that a filter on them looks at those (RFC 4519 sections 2.7 and 2.18). */
const supertypes = ['2.5.4.41', '2.5.4.49']
