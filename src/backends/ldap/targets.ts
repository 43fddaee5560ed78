import { isOf } from './is-of.ts'
import type { ScimId } from '../../base/brand.ts'
import type { Reference } from '../../mapping/catalog.ts'
import { assumedTarget, found } from './assumed.ts'
import type { Directory } from './directory.ts'
import { sourceNamed } from './directory.ts'
import { asking } from './fields.ts'
import type { LdapFilter, Value } from './filter.ts'
import { allOf, anyOf, isNothing } from './filter.ts'
import { idOfEntry, idsFilter } from './identify.ts'
import type { Entry, ReadBack, Search } from './operation.ts'
import { valuesOf } from './operation.ts'
import { visible } from './predicate.ts'
import type { Circumstances, Steps } from './program.ts'
import { searched } from './searched.ts'
import type { Source } from './source.ts'
import { reaches } from './source.ts'

/** An entry that an id names. */
export interface Target {
  readonly type: string
  readonly id: ScimId
  readonly entry: Entry
}

/** Ids by the name of their resource type. */
export type Ids = ReadonlyMap<string, ReadonlySet<ScimId>>

/** Ids that one search asks for. */
const atOnce = 200

/** Ids as the types of their references have them. */
export function idsOf(named: readonly { readonly reference: Reference; readonly ids: readonly ScimId[] }[]): Ids {
  const ids = new Map<string, Set<ScimId>>()
  for (const { reference, ids: of } of named)
    for (const type of reference.to) {
      const known = ids.get(type) ?? new Set()
      for (const id of of) known.add(id)
      if (known.size > 0) ids.set(type, known)
    }
  return ids
}

/** The entries of ids; what is not there is not among them. `attributes` are read besides what tells their ids. */
export function* targetsOf(
  directory: Directory,
  ids: Ids,
  attributes: readonly (string | undefined)[],
  circumstances: Circumstances,
  note: string,
): Steps<readonly Target[]> {
  const all: Target[] = []
  for (const some of portions(ids))
    all.push(...(yield* targetsAtOnce(directory, some, attributes, circumstances, note)))
  return all
}

function* portions(ids: Ids): Generator<Ids> {
  const size = Math.max(0, ...[...ids.values()].map((of) => of.size))
  for (let from = 0; from < size; from += atOnce)
    yield new Map([...ids].map(([type, of]) => [type, new Set([...of].slice(from, from + atOnce))]))
}

/** One search for all types where one base reaches them and their entries are told apart by where they lie. */
function* targetsAtOnce(
  directory: Directory,
  ids: Ids,
  attributes: readonly (string | undefined)[],
  circumstances: Circumstances,
  note: string,
): Steps<readonly Target[]> {
  const wanted = [...ids].map(([type, of]) => ({ source: sourceNamed(directory, type), of: [...of] }))
  const isOne =
    wanted.length < 2 || (directory.commonBase !== undefined && areApart(wanted.map(({ source }) => source)))
  const searches = isOne ? [wanted] : wanted.map((one) => [one])
  const targets: Target[] = []
  for (const some of searches) {
    const filter = anyOf(some.map(({ source, of }) => selecting(directory, source, of)))
    const [first] = some
    if (first === undefined || isNothing(filter)) continue
    const asked = asking(directory, [...some.flatMap(({ source }) => source.mapping.id.fields), ...attributes])
    const place: Pick<Search, 'base' | 'scope'> =
      some.length === 1
        ? { base: first.source.entry.base, scope: first.source.entry.scope }
        : { base: directory.commonBase ?? '', scope: 'sub' }
    const search: Search = { kind: 'search', ...place, filter, ...asked }
    const assumed = assumedTargets(some, asked)
    const entries = yield* searched(search, note, found(...assumed.map(({ entry }) => entry)))
    if (circumstances.assumed !== undefined) targets.push(...assumed)
    else for (const { source, of } of some) targets.push(...among(directory, source, new Set(of), entries))
  }
  return targets
}

/** Each id once: of several types it is one of the first. */
function assumedTargets(
  wanted: readonly { readonly source: Source; readonly of: readonly ScimId[] }[],
  asked: ReadBack,
): readonly Target[] {
  const all = wanted.flatMap(({ source: { mapping }, of }) =>
    of.map((id): Target => ({ type: mapping.type.name, id, entry: assumedTarget(mapping, id, asked) })),
  )
  return all.filter(({ id }, i) => all.findIndex((one) => one.id === id) === i)
}

const selecting = (directory: Directory, source: Source, ids: readonly ScimId[]): LdapFilter => {
  const filter = idsFilter(directory.schema, source.mapping, ids)
  return isNothing(filter) ? filter : allOf([visible(directory, source), filter])
}

/** No entry below one base lies below another. */
const areApart = (sources: readonly Source[]): boolean =>
  sources.every((one, i) =>
    sources.every((other, j) => i === j || !(reaches(one, other.baseKey) || one.baseKey === other.baseKey)),
  )

function among(
  directory: Directory,
  source: Source,
  ids: ReadonlySet<ScimId>,
  entries: readonly Entry[],
): readonly Target[] {
  const found = entries.flatMap((entry) => {
    const id = idOfEntry(source.mapping, entry)
    if (id === undefined || !ids.has(id) || !isOf(directory, source, entry)) return []
    return [{ type: source.mapping.type.name, id, entry }]
  })
  const keys = new Map(found.map(({ id, entry }) => [id, directory.keyOf(entry.dn)]))
  for (const id of ids) directory.endNames.met(id, keys.get(id))
  return found
}

/** What a reference holds for a target: its DN, or the value of the attribute that the mapping names. */
export function valueOfTarget({ place }: Reference, { entry }: Pick<Target, 'entry'>): Value | undefined {
  if (place.kind !== 'field' || place.by === undefined) return entry.dn
  return valuesOf(entry, place.by)[0]
}

/** The attributes of targets that their references hold. */
export const heldBy = (references: readonly Reference[]): readonly string[] =>
  references.flatMap(({ place }) => (place.kind === 'field' && place.by !== undefined ? [place.by] : []))
