import { createHash } from 'node:crypto'
import type { Json } from '../base/json.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import type { Codec } from '../mapping/codec.ts'
import type { NativeRecord } from '../mapping/record.ts'
import type { NativeValue } from '../mapping/slot.ts'
import type { Decision } from '../plan/plan.ts'
import type { Evidence } from '../plan/port.ts'
import { leafNamed } from '../mapping/leaf-named.ts'

/**
 * What lets a sweep recognise the record that a write left behind when the process died before it could say so: the
 * values that no two records share, and a digest of what the write put into single slots, as they decode.
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
  return { unique: Object.fromEntries(unique), digest: `${keys.join(',')}:${digest(mapping, keys, written)}` }
}

/** Does the record hold what the write would have left? */
export function matchesEvidence(mapping: ResourceMapping, evidence: Evidence, record: NativeRecord): boolean {
  const at = evidence.digest.lastIndexOf(':')
  const keys = evidence.digest
    .slice(0, at)
    .split(',')
    .filter((key) => key !== '')
  return evidence.digest.slice(at + 1) === digest(mapping, keys, record.fields)
}

/** Slots with one codec that can be read back; what is only written (passwords) leaves no trace here. */
function readable(mapping: ResourceMapping): ReadonlyMap<string, Codec> {
  const codecs = new Map<string, Codec>()
  for (const carrier of mapping.attributes) {
    if (carrier.kind !== 'single') continue
    for (const leaf of carrier.leaves) {
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

const decoded = (codec: Codec, value: NativeValue | undefined): Json | undefined =>
  value === undefined || Array.isArray(value)
    ? undefined
    : codec.decode(value as Exclude<NativeValue, readonly unknown[]>)
