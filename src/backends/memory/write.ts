import type { ScimId } from '../../base/brand.ts'
import { BridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import { idOf } from '../../mapping/id.ts'
import type { NativeRow } from '../../mapping/record.ts'
import type { NativeScalar, NativeValue } from '../../mapping/slot.ts'
import type { CreatePlan, Decision, RowsDelta, UniqueCheck } from '../../plan/plan.ts'
import { generate } from '../../mapping/generate.ts'
import { assign } from './assign.ts'
import { applyLinks, dropInbound, dropLinks, planLinks, subjectOf } from './links.ts'
import type { LinkChange } from './links.ts'
import { compareScalars, holds } from '../../mapping/holds.ts'
import { isVisible, recordsOf, take } from './state.ts'
import type { End, Held, State } from './state.ts'

/** A write that passed every check: applying it cannot fail, so a refused one leaves nothing behind. */
export interface Prepared {
  readonly before: Held | undefined
  readonly after: Held
  readonly links: readonly LinkChange[]
  readonly changed: boolean
}

export function prepareCreate(state: State, plan: CreatePlan): Prepared {
  const { of: mapping, decision } = plan
  const type = mapping.type.name
  const { keys, fields } = withKey(state, plan, written(initial(state, mapping, plan), decision))
  const id = idOf(mapping.id, keys)
  // a record that is hidden still holds its key
  if (recordsOf(state, type).has(id)) throw new BridgeError('conflict', `a ${type} with this id exists already`)
  checkUnique(state, type, undefined, decision.unique)
  const after: Held = {
    type,
    id,
    serial: take(state, 'record'),
    fields,
    rows: withRows(state, new Map(), decision.write.rows),
  }
  return { before: undefined, after, links: linkChanges(state, after, decision), changed: true }
}

/** What a record has before the request's own values: assigned columns, and those by which it lies inside or somewhere. */
const initial = (state: State, mapping: ResourceMapping, plan: CreatePlan): ReadonlyMap<string, NativeValue> =>
  new Map([
    ...assign(state, mapping, new Map(), [...companionSet(mapping, plan.decision), ...plan.assign]),
    ...Object.entries(mapping.table?.where.create ?? {}),
    ...slotsOf(mapping).flatMap(({ key, at }) => (at.kind === 'container' ? [[key, at.dns[0] ?? null] as const] : [])),
  ])

/** What further tables are given when their row is made; an optional one only with a value of its own. */
const companionSet = (mapping: ResourceMapping, { write }: Decision) =>
  (mapping.table?.with ?? []).flatMap((one) => {
    const isFilled = write.fields.some(
      ({ slot, value }) => slot.at.kind === 'field' && slot.at.table === one.name && value !== null,
    )
    return one.optional && !isFilled ? [] : one.set.create
  })

export function prepareChange(
  state: State,
  mapping: ResourceMapping,
  before: Held,
  decision: Decision,
  stamps: CreatePlan['assign'],
): Prepared {
  checkUnique(state, before.type, before.id, decision.unique)
  const links = linkChanges(state, before, decision)
  const { write } = decision
  const changed =
    links.length > 0 ||
    write.fields.length > 0 ||
    write.rows.some((r) => r.add.length + r.remove.length + r.change.length > 0)
  const fields = written(before.fields, decision)
  const after: Held = {
    ...before,
    fields: changed ? assign(state, mapping, fields, stamps) : fields,
    rows: withRows(state, before.rows, write.rows),
  }
  return { before, after, links, changed }
}

export function apply(state: State, { after, links }: Prepared): void {
  state.records.get(after.type)?.set(after.id, after)
  applyLinks(state, links)
}

/** Deletes, or marks; a marked record keeps its references, which nobody sees any more. */
export function remove(state: State, mapping: ResourceMapping, held: Held): void {
  const rule = mapping.onDelete
  if (rule.kind === 'set') {
    state.records.get(held.type)?.set(held.id, { ...held, fields: assign(state, mapping, held.fields, rule.set) })
    if (rule.leave) dropInbound(state, held)
    return
  }
  state.records.get(held.type)?.delete(held.id)
  dropLinks(state, held)
}

function checkUnique(state: State, type: string, self: ScimId | undefined, checks: readonly UniqueCheck[]): void {
  for (const { attribute, where } of checks) {
    for (const other of recordsOf(state, type).values()) {
      if (other.id !== self && isVisible(state, other) && holds(where, subjectOf(state, other))) {
        throw new BridgeError('conflict', `another ${type} has this ${attribute} already`)
      }
    }
  }
}

const linkChanges = (state: State, owner: End, decision: Decision): readonly LinkChange[] =>
  decision.write.links.flatMap((delta) => planLinks(state, owner, delta))

/** Side values are kept beside the others: a store that keeps anything needs no second one. */
function written(fields: ReadonlyMap<string, NativeValue>, decision: Decision): ReadonlyMap<string, NativeValue> {
  const next = new Map(fields)
  for (const { slot, value } of decision.write.fields) next.set(slot.key, value)
  for (const [key, value] of Object.entries(decision.side ?? {})) next.set(key, value)
  return next
}

/** Keys that nobody wrote are generated, else numbered as a database numbers its rows; slots over a key column show it. */
function withKey(
  state: State,
  { of: mapping, assign: assigned }: CreatePlan,
  fields: ReadonlyMap<string, NativeValue>,
): { readonly keys: readonly NativeScalar[]; readonly fields: ReadonlyMap<string, NativeValue> } {
  const next = new Map(fields)
  // a directory makes its ids itself
  const made = mapping.id.generate ?? (mapping.entry && ({ kind: 'uuid' } as const))
  const slots = [...slotsOf(mapping), ...assigned.map(({ slot }) => slot)]
  const keys = mapping.id.fields.map((field): NativeScalar => {
    const over = slots.filter(({ at }) => at.kind === 'field' && at.table === undefined && at.field === field)
    const given = over.map((slot) => fields.get(slot.key)).find((value) => value !== undefined && value !== null)
    const key =
      given !== undefined && !Array.isArray(given)
        ? (given as NativeScalar)
        : made !== undefined
          ? generate(made)
          : take(state, `key ${mapping.type.name} ${field}`)
    for (const name of [field, ...over.map((slot) => slot.key)]) next.set(name, key)
    return key
  })
  return { keys, fields: next }
}

const slotsOf = (mapping: ResourceMapping) =>
  mapping.attributes.flatMap((attribute) =>
    (attribute.kind === 'single'
      ? attribute.leaves
      : attribute.kind === 'elements'
        ? attribute.elements.flatMap((element) => element.leaves)
        : []
    ).flatMap(({ carrier }) => (carrier.kind === 'slot' || carrier.kind === 'split' ? [carrier.slot] : [])),
  )

function withRows(
  state: State,
  held: ReadonlyMap<string, readonly NativeRow[]>,
  deltas: readonly RowsDelta[],
): ReadonlyMap<string, readonly NativeRow[]> {
  const next = new Map(held)
  for (const { rows, add, remove: gone, change } of deltas) {
    const kept = (next.get(rows.key) ?? []).filter((row) => !gone.some((other) => same(row, other)))
    const changed = kept.map((row) => {
      const to = change.find(({ from }) => same(row, from))?.to
      return to === undefined ? row : { ...row, fields: { ...row.fields, ...to.fields } }
    })
    const fresh = add.map((row): NativeRow => {
      const whole = { ...row, fields: { ...rows.where.create, ...row.fields } }
      const isKeyed = rows.rowKey === undefined || row.rowKey !== undefined
      return isKeyed ? whole : { ...whole, rowKey: take(state, `row ${rows.key}`) }
    })
    next.set(rows.key, [...changed, ...fresh])
  }
  return next
}

/** By the row's own key where it has one, else by what is mapped of it. */
function same(held: NativeRow, named: NativeRow): boolean {
  if (held.rowKey !== undefined && named.rowKey !== undefined) return compareScalars(held.rowKey, named.rowKey) === 0
  return Object.entries(named.fields).every(([key, value]) => {
    const own = Object.hasOwn(held.fields, key) ? (held.fields[key] ?? null) : null
    return value === null || own === null ? value === own : compareScalars(own, value) === 0
  })
}
