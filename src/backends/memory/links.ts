import { scimId } from '../../base/brand.ts'
import type { ScimId } from '../../base/brand.ts'
import { BridgeError } from '../../base/errors.ts'
import type { Reference, ResourceMapping } from '../../mapping/catalog.ts'
import { displayOf } from '../../mapping/display.ts'
import { decodeLeaf, decodeRecord, fillTemplate } from '../../mapping/decode.ts'
import type { Link, NativeRecord } from '../../mapping/record.ts'
import type { Slot } from '../../mapping/slot.ts'
import { holds } from '../../mapping/holds.ts'
import { ambiguous, asIds, idsByName, isShown } from '../../plan/names.ts'
import type { IdOf, LinkDelta, Name } from '../../plan/plan.ts'
import { protectedFrom } from '../../plan/protect.ts'
import type { Subject } from '../../mapping/holds.ts'
import { endKey, find, isVisible, ownSubject, recordsOf } from './state.ts'
import type { End, Held, State } from './state.ts'

/** A record as predicates see it. */
export const subjectOf = (state: State, held: Held): Subject => ({
  ...ownSubject(held),
  linked: (reference, to) => linked(state, held, reference, to),
})

interface Seen extends End {
  readonly indirect: boolean
}

/** The ends of a reference that a reader sees: targets outside of sight are left out, not removed. */
export function linksOf(state: State, held: Held, reference: Reference): readonly Link[] {
  return seenEnds(state, held, reference).flatMap((end) => {
    const target = find(state, end.type, end.id)
    if (target === undefined) return []
    const display = textOf(state, target)
    return [
      {
        type: end.type,
        id: end.id,
        ...(display === undefined ? {} : { display }),
        ...(end.indirect ? { indirect: true } : {}),
      },
    ]
  })
}

export function linked(state: State, held: Held, reference: Reference, to: 'any' | readonly ScimId[]): boolean {
  if (to !== 'any' && reference.place.kind !== 'reverse') {
    const ends = state.links.get(reference.key)?.get(held.id)
    return (
      ends !== undefined &&
      to.some((id) =>
        reference.to.some((type) => ends.has(endKey({ type, id })) && find(state, type, id) !== undefined),
      )
    )
  }
  return seenEnds(state, held, reference).some(
    (end) => (to === 'any' || to.includes(end.id)) && find(state, end.type, end.id) !== undefined,
  )
}

function seenEnds(state: State, held: Held, reference: Reference): readonly Seen[] {
  if (reference.place.kind !== 'reverse') {
    const ends = state.links.get(reference.key)?.get(held.id)
    return ends === undefined ? [] : [...ends.values()].map((end) => ({ ...end, indirect: false }))
  }
  const { of, nested } = reference.place
  const stored = state.stored.get(of)
  if (stored === undefined) return []
  const direct = ownersOf(state, of, stored.owner, { type: held.type, id: held.id })
  const found = new Map(direct.map((end) => [endKey(end), { ...end, indirect: false }]))
  // breadth first; a group that was met already is not entered again, so circles of groups end
  for (let wave = direct; nested && wave.length > 0;) {
    wave = wave
      .flatMap((end) => ownersOf(state, of, stored.owner, end))
      .filter((end) => {
        const fresh = !found.has(endKey(end))
        if (fresh) found.set(endKey(end), { ...end, indirect: true })
        return fresh
      })
  }
  return [...found.values()]
}

/** Records whose stored reference points at `target`; a path through a hidden group leads nowhere. */
function ownersOf(state: State, key: string, type: string, target: End): readonly End[] {
  const wanted = endKey(target)
  return [...(state.links.get(key) ?? [])]
    .filter(([, ends]) => ends.has(wanted))
    .flatMap(([id]) => (find(state, type, id) === undefined ? [] : [{ type, id }]))
}

const isOwnField = ({ at, many }: Slot): boolean => at.kind === 'field' && at.table === undefined && !many

function textOf(state: State, target: Held): string | undefined {
  const mapping = state.mappings.get(target.type)
  return mapping && displayOf(mapping, isOwnField)?.text(Object.fromEntries(target.fields))
}

/** The text of a single leaf, by its slot or its template. */
export function leafText(mapping: ResourceMapping, held: Pick<Held, 'fields'>, name: string): string | undefined {
  for (const attribute of mapping.attributes) {
    if (attribute.kind !== 'single') continue
    const leaf = attribute.leaves.find(({ ref }) => ref.name === name)
    if (leaf === undefined) continue
    const fields = Object.fromEntries(held.fields)
    const value =
      leaf.carrier.kind === 'template'
        ? fillTemplate(leaf.carrier.template, decodeRecord(mapping, { id: scimId(''), fields, rows: {}, links: {} }))
        : decodeLeaf(leaf, fields)
    return value === undefined || value === null || typeof value === 'object' ? undefined : String(value)
  }
  return undefined
}

/** One effective change of a link set: `add` is not held, `remove` is. */
export interface LinkChange {
  readonly key: string
  readonly owner: ScimId
  readonly add: readonly End[]
  readonly remove: readonly End[]
}

/** Resolves a delta against what is held; throws before anything is written. `owner` may not exist yet. */
export function planLinks(state: State, owner: End, delta: LinkDelta): readonly LinkChange[] {
  const { reference } = delta
  const { place, key } = reference
  if (place.kind === 'reverse') throw new BridgeError('mutability', `${reference.of.name} is read-only`)
  const held = state.links.get(key)?.get(owner.id) ?? new Map<string, End>()
  const wanted = delta.add.flatMap((id) => {
    // a record may name itself while it is not there yet only by an id nobody has; it is unknown like any other
    const end = resolve(state, reference, id)
    if (end === undefined && reference.onUnknown === 'refuse') {
      throw new BridgeError(
        'invalidValue',
        `${reference.of.name}: there is no ${reference.to.join(' or ')} with the id "${id}"`,
      )
    }
    return end === undefined ? [] : [end]
  })
  const one = reference.size === 'one'
  const adding = new Map((one ? wanted.slice(-1) : wanted).map((end) => [endKey(end), end]))
  const named = new Set(delta.remove.flatMap((id) => reference.to.map((type) => endKey({ type, id }))))
  const remove = [...held.values()].filter((end) => {
    const name = endKey(end)
    if (adding.has(name)) return false
    if (one && adding.size > 0) return true
    // targets that no client can see are not this client's to remove
    return (delta.only || named.has(name)) && find(state, end.type, end.id) !== undefined
  })
  const add = [...adding.values()].filter((end) => !held.has(endKey(end)))
  const own = add.length + remove.length === 0 ? [] : [{ key, owner: owner.id, add, remove }]
  const changes = place.kind === 'onTarget' ? [...moved(state, key, owner.id, add), ...own] : own
  if (!one) for (const change of changes) refuseLeaving(state, reference, change.remove)
  return changes
}

/** A record may be protected from being taken out of a group. */
function refuseLeaving(state: State, reference: Reference, leaving: readonly End[]): void {
  for (const { type, id } of leaving) {
    const held = find(state, type, id)
    const rules = state.mappings.get(type)?.protect ?? []
    const rule = rules.find(
      ({ from, match }) => held !== undefined && from.has('leave') && holds(match, ownSubject(held)),
    )
    if (rule !== undefined) throw protectedFrom('leave', reference.of.name, rule.because)
  }
}

/** A target that holds its owner's key has one owner: it leaves the one it had. */
function moved(state: State, key: string, owner: ScimId, add: readonly End[]): readonly LinkChange[] {
  return [...(state.links.get(key) ?? [])].flatMap(([other, ends]) => {
    const remove = other === owner ? [] : add.filter((end) => ends.has(endKey(end)))
    return remove.length === 0 ? [] : [{ key, owner: other, add: [], remove }]
  })
}

/** Whom a write means: the first way that finds somebody decides, and it has to find one only. */
export const whoIsNamed = (state: State, names: readonly Name[] | undefined, held: NativeRecord | undefined): IdOf =>
  names === undefined || names.length === 0
    ? asIds
    : idsByName(new Map(names.map((name) => [name, isShown(name, held) ? scimId(name.value) : oneNamed(state, name)])))

function oneNamed(state: State, name: Name): ScimId | undefined {
  for (const way of name.ways) {
    const ids = way.of.flatMap(({ type, where }) =>
      [...recordsOf(state, type).values()].filter(
        (held) => isVisible(state, held) && holds(where, subjectOf(state, held)),
      ),
    )
    if (ids.length > 1) throw ambiguous(name, way)
    const [one] = ids
    if (one !== undefined) return one.id
  }
  return undefined
}

function resolve(state: State, reference: Reference, id: ScimId): End | undefined {
  const type = reference.to.find((name) => find(state, name, id) !== undefined)
  return type === undefined ? undefined : { type, id }
}

export function applyLinks(state: State, changes: readonly LinkChange[]): void {
  for (const { key, owner, add, remove } of changes) {
    const owners = state.links.get(key) ?? new Map<ScimId, Map<string, End>>()
    state.links.set(key, owners)
    const ends = owners.get(owner) ?? new Map<string, End>()
    owners.set(owner, ends)
    for (const end of remove) ends.delete(endKey(end))
    for (const end of add) ends.set(endKey(end), end)
  }
}

/** A deleted record leaves no reference behind, neither its own nor one to it. */
export function dropLinks(state: State, end: End): void {
  for (const [key, owners] of state.links) if (state.stored.get(key)?.owner === end.type) owners.delete(end.id)
  dropInbound(state, end)
}

/** Nothing points at it any more. */
export function dropInbound(state: State, end: End): void {
  for (const owners of state.links.values()) for (const ends of owners.values()) ends.delete(endKey(end))
}
