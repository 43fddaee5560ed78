import { scimId } from '../../src/base/brand.ts'
import type { ScimId } from '../../src/base/brand.ts'
import type { Json, JsonObject } from '../../src/base/json.ts'
import type { AttributeMapping, Catalog, Element, Leaf, Reference, ResourceMapping } from '../../src/mapping/catalog.ts'
import type { Predicate } from '../../src/mapping/predicate.ts'
import type { NativeRecord, NativeRow } from '../../src/mapping/record.ts'
import type { NativeScalar, NativeValue, RowsSource, Slot } from '../../src/mapping/slot.ts'
import type { Cut, Decision, LinkDelta, Order, Page, RowsDelta, UniqueCheck, Want } from '../../src/plan/plan.ts'
import type { Outcome, RunOptions, Store } from '../../src/plan/port.ts'
import type { CompareOp } from '../../src/scim/filter.ts'
import { fold } from '../../src/scim/compare.ts'

/**
 * A store spoken to in the words of its mapping's leaves, without the planner: `set({ userName: 'ann' })`. A leaf of an
 * element with a type is named by it: `phoneNumbers.work`. Elements of several leaves are spoken of like child rows.
 */
export function handle(store: Store, catalog: Catalog) {
  const live = new AbortController().signal
  const run = (plan: Parameters<Store['lower']>[0], options: Partial<RunOptions> = {}): Promise<Outcome> =>
    store.run(store.lower(plan), { signal: live, ...options })
  const mapping = (type: string): ResourceMapping =>
    must(
      catalog.types.find((m) => m.type.name === type),
      type,
    )

  const h = {
    store,
    catalog,
    run,
    mapping,
    slot: (type: string, name: string) => leafNamed(mapping(type), name).slot,
    rows: (type: string, name: string) => rowsNamed(mapping(type), name).rows,
    /** What a list of elements is read from. */
    parts: (type: string, name: string): Pick<Want, 'slots' | 'rows'> => {
      const found = elementsNamed(mapping(type), name)
      if (found.kind === 'rows') return { slots: [], rows: [found.rows] }
      return { slots: found.elements.flatMap(({ leaves }) => leaves.map(slotOf)), rows: [] }
    },
    reference: (type: string, name: string) => referenceNamed(mapping(type), name),

    async create(
      type: string,
      values: Values,
      options: Partial<RunOptions> & { readonly unique?: readonly UniqueCheck[] } = {},
    ) {
      const of = mapping(type)
      const decision = { ...decide(of, values), unique: options.unique ?? [] }
      const assign = [...of.set.create, ...of.set.write]
      return written(await run({ kind: 'create', of, decision, assign, answer: wantAll(of) }, options), of)
    },
    async get(type: string, id: string, want?: Want): Promise<NativeRecord | undefined> {
      const of = mapping(type)
      const outcome = await run({ kind: 'get', of, id: scimId(id), want: want ?? wantAll(of) })
      if (outcome.kind !== 'record') throw new Error(`a get answered ${outcome.kind}`)
      return outcome.record
    },
    async show(type: string, id: string): Promise<Shown | undefined> {
      const record = await h.get(type, id)
      return record && show(mapping(type), record)
    },
    async list(type: string, where: Predicate, page: Page = everything, order?: Order, want?: Want) {
      const of = mapping(type)
      const cut: Cut = { by: 'backend', page, order }
      const outcome = await run({ kind: 'list', of, where, want: want ?? wantAll(of), cut })
      return listed(outcome)
    },
    /** One page, where it began and ended, and whether there is more beyond. */
    async page(type: string, page: Page, order?: Order, where: Predicate = { kind: 'true' }) {
      const of = mapping(type)
      const cut: Cut = { by: 'backend', page, order }
      const outcome = await run({ kind: 'list', of, where, want: wantAll(of), cut })
      const found = await listed(outcome)
      return {
        ...found,
        first: found.records[0]?.at,
        next: found.records.at(-1)?.at,
        more: outcome.kind === 'records' && outcome.more,
      }
    },
    /** The userNames or other leaf of the records a predicate selects, sorted. */
    async names(type: string, where: Predicate, leaf: string): Promise<readonly string[]> {
      const { records } = await h.list(type, where)
      return records.map((r) => String(show(mapping(type), r)[leaf])).sort()
    },
    async change(
      type: string,
      id: string,
      values: Values | ((prior: NativeRecord) => Values),
      options: Partial<RunOptions> & { readonly unique?: readonly UniqueCheck[]; readonly prior?: Want } = {},
    ) {
      const of = mapping(type)
      const outcome = await run(
        {
          kind: 'change',
          of,
          id: scimId(id),
          prior: options.prior ?? { slots: [], rows: [], links: [] },
          decide: (prior) => ({
            ...decide(of, typeof values === 'function' ? values(prior) : values),
            unique: options.unique ?? [],
          }),
          assign: of.set.write,
          answer: wantAll(of),
        },
        options,
      )
      return written(outcome, of)
    },
    remove: (
      type: string,
      id: string,
      options: Partial<RunOptions> & { readonly check?: (prior: NativeRecord) => void } = {},
    ) => {
      const of = mapping(type)
      const prior = wantAll(of)
      return run({ kind: 'remove', of, id: scimId(id), prior, check: options.check ?? (() => undefined) }, options)
    },
    compare: (type: string, name: string, op: CompareOp, value: string | number | boolean): Predicate => {
      const { leaf, slot } = leafNamed(mapping(type), name)
      return compared(leaf, slot, op, value)
    },
    present: (type: string, name: string): Predicate => {
      const { leaf, slot } = leafNamed(mapping(type), name)
      return codecOf(leaf).present(slot)
    },
    /** Some element whose sub-attributes compare as given. */
    row: (type: string, name: string, ...tests: readonly SubTest[]): Predicate => {
      const found = elementsNamed(mapping(type), name)
      if (found.kind === 'rows')
        return { kind: 'row', rows: found.rows, where: { kind: 'and', of: subTests(found.leaves, {}, tests) } }
      const isThere = ({ leaves }: Element): Predicate => ({
        kind: 'or',
        of: leaves.map((leaf) => codecOf(leaf).present(slotOf(leaf))),
      })
      return {
        kind: 'or',
        of: found.elements.map((one) => ({
          kind: 'and',
          of: [isThere(one), ...subTests(one.leaves, one.fixed, tests)],
        })),
      }
    },
    link: (type: string, name: string, to: 'any' | readonly string[]): Predicate => ({
      kind: 'link',
      reference: referenceNamed(mapping(type), name),
      to: to === 'any' ? to : to.map(scimId),
    }),
    order: (type: string, name: string, descending = false, folded = true): Order => {
      const { leaf, slot } = leafNamed(mapping(type), name)
      return { slot, descending, fold: folded, present: codecOf(leaf).present(slot) }
    },
  }
  return h
}

export type Handle = ReturnType<typeof handle>
export const everything: Page = { offset: 0, limit: 1000 }

type SubTest = readonly [sub: string, op: CompareOp, value: string | boolean]

/** What one element has to satisfy; its constants decide by themselves. */
const subTests = (leaves: readonly Leaf[], fixed: Element['fixed'], tests: readonly SubTest[]): readonly Predicate[] =>
  tests.map(([sub, op, value]) => {
    if (op === 'ne') return { kind: 'not', of: { kind: 'and', of: subTests(leaves, fixed, [[sub, 'eq', value]]) } }
    if (Object.hasOwn(fixed, sub)) return { kind: fixed[sub] === value ? 'true' : 'false' }
    const leaf = subNamed(leaves, sub)
    return compared(leaf, slotOf(leaf), op, value)
  })

/** What to write, by leaf name; null clears. */
export interface Values {
  readonly set?: Readonly<Record<string, Json | null>>
  readonly rows?: Readonly<Record<string, RowsChange>>
  readonly links?: Readonly<Record<string, LinksChange>>
  readonly side?: Decision['side']
}
type RowsElement = Readonly<Record<string, Json>>
export interface RowsChange {
  readonly add?: readonly RowsElement[]
  readonly remove?: readonly NativeRow[]
  readonly change?: readonly { readonly from: NativeRow; readonly to: RowsElement }[]
}
export interface LinksChange {
  readonly only?: boolean
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
}
export type Shown = Readonly<Record<string, Json | undefined>>

function decide(of: ResourceMapping, { set = {}, rows = {}, links = {}, side }: Values): Decision {
  const byKind = Object.groupBy(Object.entries(rows), ([name]) => elementsNamed(of, name).kind)
  return {
    write: {
      fields: [
        ...Object.entries(set).map(([name, value]) => {
          const { leaf, slot } = leafNamed(of, name)
          return { slot, value: encoded(leaf, slot, value) }
        }),
        ...(byKind.elements ?? []).flatMap(([name, { add = [] }]) => add.flatMap((one) => ownFields(of, name, one))),
      ],
      rows: (byKind.rows ?? []).map(([name, change]): RowsDelta => {
        const source = rowsNamed(of, name)
        const row = (element: RowsElement): NativeRow => ({
          fields: Object.fromEntries(
            source.leaves.flatMap((leaf) => {
              if (leaf.carrier.kind !== 'slot') return []
              const value = element[leaf.ref.sub?.name ?? 'value']
              return [
                [
                  leaf.carrier.slot.key,
                  value === undefined ? leaf.carrier.codec.none : leaf.carrier.codec.encode(value),
                ],
              ]
            }),
          ),
        })
        return {
          rows: source.rows,
          add: (change.add ?? []).map(row),
          remove: change.remove ?? [],
          change: (change.change ?? []).map(({ from, to }) => ({ from, to: row(to) })),
        }
      }),
      links: Object.entries(links).map(([name, change]): LinkDelta => ({
        reference: referenceNamed(of, name),
        only: change.only ?? false,
        add: (change.add ?? []).map(scimId),
        remove: (change.remove ?? []).map(scimId),
      })),
    },
    unique: [],
    side,
  }
}

/** An element as values of the slots that are its own: those of its type, or of no type. */
function ownFields(of: ResourceMapping, name: string, element: RowsElement) {
  const found = elementsNamed(of, name)
  const { type } = element
  const home =
    found.kind === 'elements'
      ? found.elements.find(({ fixed, isDefault }) => (type === undefined ? isDefault : fixed['type'] === type))
      : undefined
  return must(home, `${name} for ${String(type)}`).leaves.flatMap((leaf) => {
    const value = element[leaf.ref.sub?.name ?? 'value']
    return value === undefined ? [] : [{ slot: slotOf(leaf), value: encoded(leaf, slotOf(leaf), value) }]
  })
}

function encoded(leaf: Leaf, slot: Slot, value: Json | null): NativeValue {
  const codec = codecOf(leaf)
  if (value === null) return slot.many ? [] : codec.none
  return Array.isArray(value) ? value.map((v: Json) => codec.encode(v)) : codec.encode(value)
}

function compared(leaf: Leaf, slot: Slot, op: CompareOp, value: string | number | boolean): Predicate {
  const predicate = codecOf(leaf).compare(op, value, slot)
  if (predicate === undefined) throw new Error(`${leaf.ref.name} ${op} cannot be carried across`)
  return predicate
}

/** Folded equality straight on a slot, whatever the codec. */
export const foldedEq = (slot: Slot, value: string): Predicate => ({
  kind: 'slot',
  slot,
  test: { op: 'eq', value: fold(value), fold: true },
})

export function wantAll(of: ResourceMapping): Want {
  const slots = new Map<string, Slot>()
  const rows: RowsSource[] = []
  const links: Reference[] = []
  for (const attribute of of.attributes) {
    if (attribute.kind === 'rows') rows.push(attribute.rows)
    else if (attribute.kind === 'reference') links.push(attribute.reference)
    else
      for (const leaf of leavesOf(attribute))
        if (leaf.carrier.kind === 'slot' && leaf.carrier.slot.at.kind !== 'side')
          slots.set(leaf.carrier.slot.key, leaf.carrier.slot)
  }
  return { slots: [...slots.values()], rows, links }
}

/** A record by leaf names, decoded by the codecs; what has no value is left out; ids of links are sorted. */
export function show(of: ResourceMapping, record: NativeRecord): Shown {
  const shown: Record<string, Json> = {}
  for (const attribute of of.attributes) {
    if (attribute.kind === 'rows') {
      const elements = (record.rows[attribute.rows.key] ?? []).map((row) => showRow(attribute.leaves, row))
      if (elements.length > 0) shown[attribute.of.name] = elements
    } else if (attribute.kind === 'reference') {
      const ids = (record.links[attribute.reference.key] ?? []).map((link) => link.id).sort()
      if (ids.length > 0) shown[shortName(attribute.of.name)] = ids
    } else if (isList(attribute)) {
      const elements = attribute.elements.flatMap(({ fixed, leaves }) => {
        const own = showRow(leaves, record) as JsonObject
        return Object.keys(own).length === 0 ? [] : [{ ...fixed, ...own }]
      })
      if (elements.length > 0) shown[attribute.of.name] = elements
    } else {
      for (const [name, leaf] of namedLeaves(attribute)) {
        if (leaf.carrier.kind !== 'slot') continue
        const native = record.fields[leaf.carrier.slot.key]
        const values = (
          Array.isArray(native) ? (native as readonly NativeScalar[]) : [(native ?? null) as NativeScalar]
        ).flatMap((n) => {
          const value = codecOf(leaf).decode(n)
          return value === undefined ? [] : [value]
        })
        if (values.length > 0) shown[name] = leaf.carrier.slot.many ? values : (values[0] as Json)
      }
    }
  }
  return shown
}

/** Elements of several leaves. */
const isList = (attribute: AttributeMapping): attribute is Extract<AttributeMapping, { kind: 'elements' }> =>
  attribute.kind === 'elements' && attribute.elements.some(({ leaves }) => leaves.length > 1)

function showRow(leaves: readonly Leaf[], { fields }: Pick<NativeRecord, 'fields'>): Json {
  return Object.fromEntries(
    leaves.flatMap((leaf) => {
      if (leaf.carrier.kind !== 'slot') return []
      const native = fields[leaf.carrier.slot.key] ?? null
      const value = leaf.carrier.codec.decode(native as NativeScalar)
      return value === undefined ? [] : [[leaf.ref.sub?.name ?? 'value', value]]
    }),
  )
}

export async function listed(
  outcome: Outcome,
): Promise<{ readonly records: readonly NativeRecord[]; readonly total: number | undefined }> {
  if (outcome.kind !== 'records') throw new Error(`a list answered ${outcome.kind}`)
  const records: NativeRecord[] = []
  for await (const record of outcome.records) records.push(record)
  return { records, total: outcome.total }
}

function written(outcome: Outcome, of: ResourceMapping) {
  if (outcome.kind !== 'written') throw new Error(`a write answered ${outcome.kind}`)
  return { ...outcome, shown: outcome.record && show(of, outcome.record) }
}

const leavesOf = (attribute: AttributeMapping): readonly Leaf[] => namedLeaves(attribute).map(([, leaf]) => leaf)

function namedLeaves(attribute: AttributeMapping): readonly (readonly [name: string, leaf: Leaf])[] {
  if (attribute.kind === 'single') return attribute.leaves.map((leaf) => [shortName(leaf.ref.name), leaf])
  if (attribute.kind !== 'elements') return []
  return attribute.elements.flatMap((element) =>
    element.leaves.map((leaf) => {
      const type = element.fixed['type']
      return [typeof type === 'string' ? `${attribute.of.name}.${type}` : shortName(attribute.of.name), leaf] as const
    }),
  )
}

/** Extensions by their last word: the kit uses no name twice. */
const shortName = (name: string): string => name.slice(name.lastIndexOf(':') + 1)

function leafNamed(of: ResourceMapping, name: string): { readonly leaf: Leaf; readonly slot: Slot } {
  const leaf = of.attributes.flatMap(namedLeaves).find(([n]) => n === name)?.[1]
  return { leaf: must(leaf, name), slot: slotOf(must(leaf, name)) }
}

function rowsNamed(of: ResourceMapping, name: string): Extract<AttributeMapping, { kind: 'rows' }> {
  const found = of.attributes.find((a) => a.of.name === name)
  if (found?.kind !== 'rows') throw new Error(`${name} is no child table`)
  return found
}

function elementsNamed(of: ResourceMapping, name: string): Extract<AttributeMapping, { kind: 'rows' | 'elements' }> {
  const found = of.attributes.find((a) => a.of.name === name)
  if (found?.kind !== 'rows' && found?.kind !== 'elements') throw new Error(`${name} is no list`)
  return found
}

function referenceNamed(of: ResourceMapping, name: string): Reference {
  const found = of.attributes.find((a) => shortName(a.of.name) === name)
  if (found?.kind !== 'reference') throw new Error(`${name} is no reference`)
  return found.reference
}

const subNamed = (leaves: readonly Leaf[], sub: string): Leaf =>
  must(
    leaves.find((leaf) => (leaf.ref.sub?.name ?? 'value') === sub),
    sub,
  )

function slotOf(leaf: Leaf): Slot {
  if (leaf.carrier.kind !== 'slot') throw new Error(`${leaf.ref.name} has no slot of its own`)
  return leaf.carrier.slot
}

function codecOf(leaf: Leaf) {
  if (leaf.carrier.kind !== 'slot') throw new Error(`${leaf.ref.name} has no codec of its own`)
  return leaf.carrier.codec
}

function must<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the kit's mapping has no ${name}`)
  return value
}

export const idsOf = (records: readonly { readonly id: ScimId }[]): readonly string[] => records.map((r) => r.id)
