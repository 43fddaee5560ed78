import { createHash } from 'node:crypto'
import type { Leaf, Reference, ResourceMapping } from './catalog.ts'
import { leavesOf } from './leaves.ts'
import type { NativeRecord } from './record.ts'
import type { NativeScalar, NativeValue, RowsSource, Slot } from './slot.ts'

/** What a version covers, and so what must be read to tell it. */
export interface DigestParts {
  readonly slots: readonly Slot[]
  readonly rows: readonly RowsSource[]
  readonly links: readonly Reference[]
}

const slotsOfLeaf = (leaf: Leaf): readonly Slot[] => {
  if (leaf.access === 'writeOnly') return []
  const { carrier } = leaf
  if (carrier.kind === 'slot' || carrier.kind === 'split') return [carrier.slot]
  return carrier.kind === 'all' ? carrier.parts.map((part) => part.slot) : []
}

/**
 * Everything that the representation shows, save passwords, large references and reverse sides: joining a group does not
 * change the user (and its `groups` are left out of the version for that).
 */
export function digestParts(mapping: ResourceMapping): DigestParts {
  const known = partsOf.get(mapping) ?? partsIn(mapping)
  partsOf.set(mapping, known)
  return known
}

/** Found out once, and asked for with every record. */
const partsOf = new WeakMap<ResourceMapping, DigestParts>()

function partsIn(mapping: ResourceMapping): DigestParts {
  const slots = new Map<string, Slot>()
  const rows: RowsSource[] = []
  const links: Reference[] = []
  for (const attribute of mapping.attributes) {
    if (attribute.kind === 'reference') {
      const { reference } = attribute
      if (reference.size !== 'large' && reference.place.kind !== 'reverse') links.push(reference)
      continue
    }
    if (attribute.kind === 'rows') {
      rows.push(attribute.rows)
      continue
    }
    for (const slot of leavesOf(attribute).flatMap(slotsOfLeaf)) slots.set(slot.key, slot)
  }
  return { slots: [...slots.values()].sort((a, b) => (a.key < b.key ? -1 : 1)), rows, links }
}

/** A weak entity tag over the native values (RFC 7644 section 3.14). Rows and links have no order of their own. */
export function digestOf(mapping: ResourceMapping, record: NativeRecord): string {
  const parts = digestParts(mapping)
  const fields = parts.slots.map((slot) => [
    slot.key,
    mark(Object.hasOwn(record.fields, slot.key) ? record.fields[slot.key] : undefined),
  ])
  const rows = parts.rows.map((source) => [
    source.key,
    (record.rows[source.key] ?? [])
      .map((row) =>
        JSON.stringify(
          Object.entries(row.fields)
            .sort(byName)
            .map(([key, value]) => [key, mark(value)]),
        ),
      )
      .sort(),
  ])
  const links = parts.links.map((reference) => [
    reference.key,
    (record.links[reference.key] ?? []).map((link) => JSON.stringify([link.type, link.id])).sort(),
  ])
  const text = JSON.stringify([record.id, fields, rows, links])
  return `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`
}

const byName = (a: readonly [string, unknown], b: readonly [string, unknown]) =>
  a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0

/** A native value as JSON, with its kind: NULL is not '', 1 and '1' differ, but not 1 and 1n (drivers vary). */
function mark(value: NativeValue | undefined): unknown {
  if (value === undefined) return []
  return Array.isArray(value) ? ['l', ...(value as readonly NativeScalar[]).map(mark)] : one(value as NativeScalar)
}

function one(value: NativeScalar): unknown {
  if (value === null) return null
  if (value instanceof Uint8Array) return ['b', Buffer.from(value).toString('base64')]
  return typeof value === 'string' ? value : ['n', String(value)]
}
