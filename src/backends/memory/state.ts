import type { ScimId } from '../../base/brand.ts'
import type { Catalog, Reference, ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeRow } from '../../mapping/record.ts'
import type { NativeScalar, NativeValue, RowsSource, Slot } from '../../mapping/slot.ts'
import { holds } from '../../mapping/holds.ts'
import type { Subject } from '../../mapping/holds.ts'

/** One record; never changed in place, so whoever reads it keeps what it saw. */
export interface Held {
  readonly type: string
  readonly id: ScimId
  /** Position in insertion order. */
  readonly serial: number
  /** By slot key. */
  readonly fields: ReadonlyMap<string, NativeValue>
  /** By rows key. */
  readonly rows: ReadonlyMap<string, readonly NativeRow[]>
}

export interface End {
  readonly type: string
  readonly id: ScimId
}

/** Everything one store holds, and the mapping's structure as far as the records' meaning depends on it. */
export interface State {
  readonly catalog: Catalog
  readonly mappings: ReadonlyMap<string, ResourceMapping>
  /** Stored references by key, with the type that owns them. */
  readonly stored: ReadonlyMap<string, { readonly owner: string; readonly reference: Reference }>
  readonly records: ReadonlyMap<string, Map<ScimId, Held>>
  /** Reference key, owner, end key. */
  readonly links: Map<string, Map<ScimId, Map<string, End>>>
  /** Numbers given out so far: record serials, keys by type, row keys. */
  readonly counters: Map<string, number>
}

export const endKey = (end: End): string => `${end.type}/${end.id}`

export function emptyState(catalog: Catalog): State {
  const references = catalog.types.flatMap((m) =>
    m.attributes.flatMap((a) => (a.kind === 'reference' ? [{ owner: m.type.name, reference: a.reference }] : [])),
  )
  return {
    catalog,
    mappings: new Map(catalog.types.map((m) => [m.type.name, m])),
    stored: new Map(
      references.filter((r) => r.reference.place.kind !== 'reverse').map((r) => [r.reference.key, r] as const),
    ),
    records: new Map(catalog.types.map((m) => [m.type.name, new Map<ScimId, Held>()])),
    links: new Map(),
    counters: new Map(),
  }
}

/** A state of its own that shares the records: what a dry run writes to. */
export const copyOf = (state: State): State => ({
  ...state,
  records: new Map([...state.records].map(([type, records]) => [type, new Map(records)])),
  links: new Map(
    [...state.links].map(([key, owners]) => [key, new Map([...owners].map(([id, ends]) => [id, new Map(ends)]))]),
  ),
  counters: new Map(state.counters),
})

export const recordsOf = (state: State, type: string): ReadonlyMap<ScimId, Held> => state.records.get(type) ?? new Map()

export const valuesOf = (value: NativeValue | undefined): readonly NativeScalar[] =>
  (Array.isArray(value) ? (value as readonly NativeScalar[]) : [value as NativeScalar | undefined]).filter(
    (v) => v !== undefined && v !== null,
  )

/** A record by what it holds itself; links need the whole state (`subjectOf`). */
export const ownSubject = (held: Pick<Held, 'id' | 'fields' | 'rows'>): Subject => ({
  id: held.id,
  values: (slot: Slot) => valuesOf(held.fields.get(slot.key)),
  rows: (source: RowsSource) => (held.rows.get(source.key) ?? []).map(rowSubject),
  linked: () => false,
})

const rowSubject = (row: NativeRow): Subject => ({
  id: undefined,
  values: (slot) => (Object.hasOwn(row.fields, slot.key) ? valuesOf(row.fields[slot.key]) : []),
  rows: () => [],
  linked: () => false,
})

/** Kept but marked as deleted: gone for every reader (`onDelete.set` with `hide`). */
export function isVisible(state: State, held: Held): boolean {
  const rule = state.mappings.get(held.type)?.onDelete
  return rule?.kind !== 'set' || rule.hide === undefined || !holds(rule.hide, ownSubject(held))
}

export function find(state: State, type: string, id: ScimId): Held | undefined {
  const held = state.records.get(type)?.get(id)
  return held !== undefined && isVisible(state, held) ? held : undefined
}

export function take(state: State, counter: string): number {
  const next = (state.counters.get(counter) ?? 0) + 1
  state.counters.set(counter, next)
  return next
}
