import { createHash } from 'node:crypto'
import type { Json } from '../base/json.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import type { Codec } from '../mapping/codec.ts'
import type { NativeRecord, NativeRow } from '../mapping/record.ts'
import type { NativeScalar, NativeValue } from '../mapping/slot.ts'
import { decodeRow } from '../mapping/decode.ts'
import { leafNamed } from '../mapping/leaf-named.ts'
import { leavesOf } from '../mapping/leaves.ts'
import type { Predicate } from '../mapping/predicate.ts'
import type { Decision } from '../plan/plan.ts'
import type { Evidence } from '../plan/port.ts'
import { valueKey } from '../scim/value.ts'

/**
 * What lets a sweep recognise the record that a write left behind when the process died before it could say so: the
 * values that no two records share, a digest of what the write put into slots, as they decode, and the rows and
 * links that came and went. A write is done as a whole or not at all, so any difference that it made tells.
 */
export function evidenceOf(mapping: ResourceMapping, decision: Decision): Evidence {
  const written = Object.fromEntries(decision.write.fields.map((write) => [write.slot.key, write.value]))
  const unique = mapping.unique.flatMap((ref) => {
    const carrier = leafNamed(mapping, ref.name)?.carrier
    if (carrier?.kind !== 'slot') return []
    const value = decoded(carrier.codec, written[carrier.slot.key])
    return typeof value === 'string' ? [[ref.name, value] as const] : []
  })
  const keys = Object.keys(written)
    .filter((key) => readable(mapping).has(key))
    .sort()
  return {
    unique: Object.fromEntries(unique),
    digest: `${keys.join(',')}:${digest(mapping, keys, written)}`,
    rows: decision.write.rows.map(({ rows, add, remove, change }) => ({
      of: rows.key,
      has: rowDigests(mapping, rows.key, [...add, ...change.map((one) => one.to)]),
      lacks: rowDigests(mapping, rows.key, [...remove, ...change.map((one) => one.from)]),
    })),
    links: decision.write.links.map(({ reference, only, add, remove }) => ({
      of: reference.key,
      has: add.slice(0, mostLinks),
      lacks: only && add.length === 0 ? 'any' : remove.slice(0, mostLinks),
    })),
  }
}

/** Of a thousand members that came and went at once the first ones tell enough. */
const mostLinks = 50

/** Does the record hold what the write would have left? */
export function matchesEvidence(mapping: ResourceMapping, evidence: Evidence, record: NativeRecord): boolean {
  const at = evidence.digest.lastIndexOf(':')
  const keys = evidence.digest
    .slice(0, at)
    .split(',')
    .filter((key) => key !== '')
  return (
    evidence.digest.slice(at + 1) === digest(mapping, keys, record.fields) &&
    (evidence.rows ?? []).every(({ of, has, lacks }) => {
      const held = new Set(rowDigests(mapping, of, record.rows[of] ?? []))
      return has.every((row) => held.has(row)) && !lacks.some((row) => held.has(row))
    })
  )
}

/** What selects the record by the links that the write would have left; undefined when it left none. */
export function linkEvidence(mapping: ResourceMapping, { links = [] }: Evidence): readonly Predicate[] {
  return links.flatMap(({ of, has, lacks }) => {
    const carrier = mapping.attributes.find((m) => m.kind === 'reference' && m.reference.key === of)
    if (carrier?.kind !== 'reference') return []
    const { reference } = carrier
    const gone: readonly Predicate[] =
      lacks === 'any' || lacks.length > 0 ? [{ kind: 'not', of: { kind: 'link', reference, to: lacks } }] : []
    return [...has.map((id): Predicate => ({ kind: 'link', reference, to: [id] })), ...gone]
  })
}

/** Rows by what they show; one that shows nothing tells nothing. */
function rowDigests(mapping: ResourceMapping, source: string, rows: readonly NativeRow[]): readonly string[] {
  const carrier = mapping.attributes.find((m) => m.kind === 'rows' && m.rows.key === source)
  if (carrier?.kind !== 'rows') return []
  return rows.flatMap((row) => {
    const seen = decodeRow(carrier, row)
    return seen === undefined ? [] : [createHash('sha256').update(valueKey(seen)).digest('hex').slice(0, 32)]
  })
}

/** Slots with one codec that can be read back; what is only written (passwords) leaves no trace here. */
function readable(mapping: ResourceMapping): ReadonlyMap<string, Codec> {
  const codecs = new Map<string, Codec>()
  for (const carrier of mapping.attributes) {
    if (carrier.kind !== 'single' && carrier.kind !== 'elements') continue
    for (const leaf of leavesOf(carrier)) {
      if (leaf.carrier.kind !== 'slot' || leaf.access === 'writeOnly' || leaf.carrier.slot.at.kind === 'side') continue
      if (leaf.ref.attribute.returned !== 'never') codecs.set(leaf.carrier.slot.key, leaf.carrier.codec)
    }
  }
  return codecs
}

function digest(
  mapping: ResourceMapping,
  keys: readonly string[],
  fields: Readonly<Record<string, NativeValue>>,
): string {
  const codecs = readable(mapping)
  const values = keys.map((key) => {
    const codec = codecs.get(key)
    return [key, (codec && decoded(codec, fields[key])) ?? null]
  })
  return createHash('sha256').update(JSON.stringify(values)).digest('hex')
}

/** Of several values it does not matter which one comes first. */
const decoded = (codec: Codec, value: NativeValue | undefined): Json | undefined =>
  value === undefined
    ? undefined
    : isList(value)
      ? value.flatMap((one) => codec.decode(one) ?? []).sort((a, b) => (valueKey(a) < valueKey(b) ? -1 : 1))
      : codec.decode(value)

const isList = (value: NativeValue): value is readonly NativeScalar[] => Array.isArray(value)
