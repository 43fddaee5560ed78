import { scimId } from '../../base/brand.ts'
import type { ScimId } from '../../base/brand.ts'
import { idOf as idOfKey } from '../../mapping/id.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import { ambiguous, asIds, idsByName, isShown, noteOfWay } from '../../plan/names.ts'
import type { IdOf, Name } from '../../plan/plan.ts'
import { found, unknown } from './assumed.ts'
import type { Directory } from './directory.ts'
import { sourceNamed } from './directory.ts'
import { asking } from './fields.ts'
import { allOf, isNothing } from './filter.ts'
import { idOfEntry } from './identify.ts'
import { isOf } from './is-of.ts'
import { shownWith } from './known-ends.ts'
import { bearer } from './look.ts'
import { filterOf, visible } from './predicate.ts'
import type { Held } from './prior.ts'
import type { Circumstances, Steps } from './program.ts'
import { searched } from './searched.ts'
import type { Ids, Target } from './targets.ts'
import { heldBy, targetsOf, valueOfTarget } from './targets.ts'

type Met = Pick<Held, 'targets' | 'asked'>

/** Who was found for the names of a write, and the entries of everybody met on the way. */
export interface Named extends Met {
  readonly idOf: IdOf
}

interface Found {
  readonly type: string
  readonly id: ScimId
}

/**
 * Finds out whom a write means, in the order that the mapping gives. Whoever was found by an attribute is looked up once
 * more by the id, when nobody renames or deletes them any more.
 */
export function* whoIsNamed(
  directory: Directory,
  names: readonly Name[] | undefined,
  met: Met,
  held: NativeRecord | undefined,
  circumstances: Circumstances,
): Steps<Named> {
  if (names === undefined || names.length === 0) return { ...met, idOf: asIds }
  const ids = new Map<Name, ScimId | undefined>()
  const byAttribute = new Map<Name, Found>()
  let known: Met = met
  for (const name of names) {
    if (isShown(name, held)) ids.set(name, scimId(name.value))
    else {
      for (const [i, way] of name.ways.entries()) {
        if (way.by === 'id') known = yield* metById(directory, name, known, circumstances)
        const one = way.by === 'id' ? inMet(known, name) : yield* oneBy(directory, name, i, circumstances)
        if (one === undefined) continue
        if (way.by !== 'id') byAttribute.set(name, one)
        ids.set(name, one.id)
        if (circumstances.assumed === undefined) break
      }
    }
  }
  if (byAttribute.size > 0) {
    const wanted = [...byAttribute.values()]
    yield { kind: 'lock', names: wanted.map(({ type, id }) => bearer(type, id)) }
    const targets = yield* lookedUp(directory, names, byType(wanted), 'who was found', circumstances)
    for (const [name, { id }] of byAttribute) if (!targets.some((target) => target.id === id)) ids.set(name, undefined)
    known = { targets: [...known.targets, ...targets], asked: new Set([...known.asked, ...wanted.map(({ id }) => id)]) }
  }
  for (const [name, id] of ids) {
    const target = known.targets.find((one) => one.id === id && name.reference.to.includes(one.type))
    // whoever cannot be pointed at is waited for, as nobody is
    if (
      target !== undefined &&
      name.reference.aside !== undefined &&
      valueOfTarget(name.reference, target) === undefined
    )
      ids.set(name, undefined)
  }
  return { ...known, idOf: circumstances.assumed === undefined ? idsByName(ids) : asIds }
}

const inMet = ({ targets }: Met, { reference, value }: Name): Target | undefined =>
  targets.find(({ type, id }) => id === value && reference.to.includes(type))

/** An id that was not looked for together with the record. */
function* metById(directory: Directory, name: Name, met: Met, circumstances: Circumstances): Steps<Met> {
  const id = scimId(name.value)
  if (met.asked.has(id)) return met
  const ids = new Map(name.reference.to.map((type) => [type, new Set([id])]))
  const targets = yield* lookedUp(directory, [name], ids, 'named in the request', circumstances)
  return { targets: [...met.targets, ...targets], asked: new Set([...met.asked, id]) }
}

function lookedUp(
  directory: Directory,
  names: readonly Name[],
  ids: Ids,
  note: string,
  circumstances: Circumstances,
): Steps<readonly Target[]> {
  const references = names.map(({ reference }) => reference)
  const attributes = [...heldBy(references), ...shownWith(directory, references)]
  return targetsOf(directory, ids, attributes, circumstances, note)
}

function byType(all: readonly Found[]): Ids {
  const ids = new Map<string, Set<ScimId>>()
  for (const { type, id } of all) ids.set(type, (ids.get(type) ?? new Set()).add(id))
  return ids
}

/** The one entry that an attribute names. */
function* oneBy(directory: Directory, name: Name, i: number, circumstances: Circumstances): Steps<Found | undefined> {
  const way = name.ways[i]
  if (way === undefined) return undefined
  const note = `${name.reference.key}: ${noteOfWay(name, i)}`
  const all = new Map<ScimId, Found>()
  for (const { type, where } of way.of) {
    const source = sourceNamed(directory, type)
    const named = filterOf(directory, source, where, () => [])
    if (isNothing(named)) continue
    const { mapping, entry } = source
    const asked = asking(directory, mapping.id.fields)
    const filter = allOf([visible(directory, source), named])
    const entries = yield* searched(
      { kind: 'search', base: entry.base, scope: entry.scope, filter, ...asked },
      note,
      found(),
    )
    if (circumstances.assumed !== undefined) {
      const id = idOfKey(
        mapping.id,
        mapping.id.fields.map((field) => unknown(field)),
      )
      all.set(id, { type, id })
      break
    }
    for (const one of entries) {
      const id = isOf(directory, source, one) ? idOfEntry(mapping, one) : undefined
      if (id !== undefined) all.set(id, { type, id })
    }
  }
  const [first, ...others] = all.values()
  if (others.length > 0) throw ambiguous(name, way)
  return first
}
