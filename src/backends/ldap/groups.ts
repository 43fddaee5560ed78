import { isOf } from './is-of.ts'
import { knownEndsOf } from './known-ends.ts'
import type { Reference } from '../../mapping/catalog.ts'
import type { Link } from '../../mapping/record.ts'
import { assumedEntry, found } from './assumed.ts'
import type { Directory } from './directory.ts'
import { sourceNamed } from './directory.ts'
import type { End } from './ends.ts'
import { endOf, keyOfValue } from './ends.ts'
import { asking, attributeOf, attributeOfReference, storedSide } from './fields.ts'
import type { Value } from './filter.ts'
import { allOf, anyOf, equal, present } from './filter.ts'
import type { Entry, Search } from './operation.ts'
import { valuesOf } from './operation.ts'
import { visible } from './predicate.ts'
import type { Circumstances, Steps } from './program.ts'
import { searched } from './searched.ts'
import { displayOf } from '../../mapping/display.ts'

/** Who holds whom: owners of a stored reference by the key of what they point at. */
type Owners = Map<string, ReadonlyMap<string, End>>

/**
 * The other side of a stored reference: the groups of each of these entries, with those that the groups are in when the
 * mapping asks for it. Wave by wave upwards, each a single look-up; a group that was met is not asked again, so circles end.
 */
export function* reverseLinks(
  directory: Directory,
  reference: Reference,
  entries: readonly Entry[],
  circumstances: Circumstances,
): Steps<readonly (readonly Link[])[]> {
  const stored = storedSide(directory.catalog, reference)
  if (stored === undefined || reference.place.kind !== 'reverse') return entries.map(() => [])
  const { nested } = reference.place
  const owners: Owners = new Map()
  const nameOf = (entry: Entry): Value | undefined =>
    stored.place.kind === 'field' && stored.place.by !== undefined ? valuesOf(entry, stored.place.by)[0] : entry.dn
  const keyOf = (entry: Entry): string | undefined => {
    const name = nameOf(entry)
    return name === undefined ? undefined : keyOfValue(directory, stored, name)
  }
  const canNest = nested && stored.to.includes(reference.to[0] ?? '')
  for (let wave = entries; wave.length > 0;) {
    const asked = wave.filter((entry) => {
      const key = keyOf(entry)
      return key !== undefined && !owners.has(key)
    })
    const met = yield* ownersOf(directory, reference, stored, asked, nameOf, canNest, circumstances)
    for (const [i, entry] of asked.entries()) {
      const key = keyOf(entry)
      if (key !== undefined) owners.set(key, met[i] ?? new Map<string, End>())
    }
    const next = new Map(asked.flatMap((_, i) => [...(met[i] ?? [])]))
    wave = canNest && circumstances.assumed === undefined ? [...next.values()].map(({ entry }) => entry) : []
  }
  return entries.map((entry) => upwards(owners, keyOf(entry), (one) => keyOf(one.entry)))
}

/** The direct owners first, then those that are reached through others. */
function upwards(owners: Owners, start: string | undefined, keyOf: (end: End) => string | undefined): readonly Link[] {
  if (start === undefined) return []
  const links = new Map<string, Link>()
  let wave = [...(owners.get(start)?.values() ?? [])]
  for (let indirect = false; wave.length > 0; indirect = true) {
    const fresh = wave.filter(({ link }) => !links.has(link.id))
    for (const { link } of fresh) links.set(link.id, indirect ? { ...link, indirect } : link)
    wave = fresh.flatMap((end) => [...(owners.get(keyOf(end) ?? '')?.values() ?? [])])
  }
  return [...links.values()]
}

/** The owners of each entry: named by the server in the entry itself, or else by a search for whoever holds its name. */
function* ownersOf(
  directory: Directory,
  reference: Reference,
  stored: Reference,
  entries: readonly Entry[],
  nameOf: (entry: Entry) => Value | undefined,
  canNest: boolean,
  circumstances: Circumstances,
): Steps<readonly ReadonlyMap<string, End>[]> {
  if (entries.length === 0) return []
  const attribute = attributeOfReference(reference)
  return attribute === undefined
    ? yield* searchedOwners(directory, reference, stored, entries.map(nameOf), canNest)
    : yield* keptOwners(directory, reference, attribute, entries, circumstances)
}

/** By what the server keeps (memberOf). */
function* keptOwners(
  directory: Directory,
  reference: Reference,
  attribute: string,
  entries: readonly Entry[],
  circumstances: Circumstances,
): Steps<readonly ReadonlyMap<string, End>[]> {
  const keyOf = (value: Value): string => keyOfValue(directory, reference, value)
  const values = entries.flatMap((entry) => valuesOf(entry, attribute))
  const known = yield* knownEndsOf(directory, reference, values, [attribute], circumstances)
  return entries.map(
    (entry) =>
      new Map(
        valuesOf(entry, attribute).flatMap((value) => {
          const end = known.get(keyOf(value))
          return end === undefined ? [] : [[keyOf(value), end] as const]
        }),
      ),
  )
}

/** Entries whose owners one search asks for. */
const atOnce = 200

/** By a search: whoever holds the name of any of these, and of the names it holds just these (RFC 3876). */
function* searchedOwners(
  directory: Directory,
  reference: Reference,
  stored: Reference,
  names: readonly (Value | undefined)[],
  canNest: boolean,
): Steps<readonly ReadonlyMap<string, End>[]> {
  const attribute = attributeOfReference(stored) ?? ''
  const source = sourceNamed(directory, reference.to[0] ?? '')
  const shown = displayOf(source.mapping, ({ at }) => at.kind === 'field')?.slots ?? []
  const tell = [...source.mapping.id.fields, ...shown.map(attributeOf), ...(canNest ? heldByName(stored) : [])]
  const owners: Owners = new Map()
  const portion = names.length === 1 || directory.abilities.valuesReturnFilter ? atOnce : 1
  const wanted = names.filter((name) => name !== undefined)
  for (let from = 0; from < wanted.length; from += portion) {
    const some = wanted.slice(from, from + portion)
    const tests = some.map((name) => equal(attribute, name))
    const asked = asking(directory, some.length === 1 ? tell : [...tell, attribute])
    const search: Search = {
      kind: 'search',
      base: source.entry.base,
      scope: source.entry.scope,
      filter: allOf([visible(directory, source), anyOf(tests)]),
      ...asked,
      // whoever asks for one knows which one it is
      ...(some.length > 1 && {
        valuesMatching: [...tests, ...tell.flatMap((name) => (name === undefined ? [] : [present(name)]))],
      }),
    }
    const entries = yield* searched(search, reference.key, found(assumedEntry(asked)))
    for (const entry of entries) {
      const end = endOf(source, entry)
      if (end === undefined || !isOf(directory, source, entry)) continue
      const held = some.length === 1 ? some : valuesOf(entry, attribute)
      for (const value of held) {
        const key = keyOfValue(directory, stored, value)
        owners.set(key, new Map([...(owners.get(key) ?? []), [end.link.id, end]]))
      }
    }
  }
  return names.map((name) =>
    name === undefined ? new Map() : (owners.get(keyOfValue(directory, stored, name)) ?? new Map()),
  )
}

const heldByName = ({ place }: Reference): readonly string[] =>
  place.kind === 'field' && place.by !== undefined ? [place.by] : []
