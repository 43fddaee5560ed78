import { isOf } from './is-of.ts'
import type { Reference } from '../../mapping/catalog.ts'
import { assumedEntry, found } from './assumed.ts'
import type { Directory } from './directory.ts'
import { sourceNamed } from './directory.ts'
import { keyOfValue } from './ends.ts'
import { asking, attributeOfReference, storedSide } from './fields.ts'
import type { Value } from './filter.ts'
import { anyOf, equal } from './filter.ts'
import type { Circumstances, Steps } from './program.ts'
import { searchIn } from './read.ts'
import { searched } from './searched.ts'

/** Groups that one search asks for the groups within. */
const atOnce = 200

/** May owners be within owners, so that whoever is in the inner one is shown in the outer one as well? */
export function canNest(directory: Directory, reference: Reference): boolean {
  const owner = reference.to[0] ?? ''
  return (
    reference.place.kind === 'reverse' &&
    reference.place.nested &&
    storedSide(directory.catalog, reference)?.to.includes(owner) === true
  )
}

/**
 * The names of groups and of all groups within them: what a server keeps with a member (memberOf) are the groups that it
 * is in by itself. Wave by wave downwards; a group that was met is not asked again, so circles end.
 */
export function* withNested(
  directory: Directory,
  reference: Reference,
  names: readonly Value[],
  circumstances: Circumstances,
): Steps<readonly Value[]> {
  const attribute = attributeOfReference(reference)
  if (attribute === undefined || !canNest(directory, reference)) return names
  const source = sourceNamed(directory, reference.to[0] ?? '')
  const asked = asking(directory, source.mapping.id.fields)
  const keyOf = (value: Value): string => keyOfValue(directory, reference, value)
  const met = new Map(names.map((name) => [keyOf(name), name]))
  for (let wave = [...met.values()]; wave.length > 0;) {
    const next = new Map<string, Value>()
    for (let from = 0; from < wave.length; from += atOnce) {
      const test = anyOf(wave.slice(from, from + atOnce).map((name) => equal(attribute, name)))
      const entries = yield* searched(
        searchIn(directory, source, test, asked),
        'groups within them',
        found(assumedEntry(asked)),
      )
      for (const entry of entries)
        if (isOf(directory, source, entry) && !met.has(keyOf(entry.dn))) next.set(keyOf(entry.dn), entry.dn)
    }
    for (const [key, name] of next) met.set(key, name)
    wave = circumstances.assumed === undefined ? [...next.values()] : []
  }
  return [...met.values()]
}
