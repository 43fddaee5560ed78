import type { Json, JsonObject } from '../base/json.ts'
import { isObject } from '../base/json.ts'
import type { AttributeMapping, Element, Leaf, ResourceMapping } from '../mapping/catalog.ts'
import { encodeLeaf } from '../mapping/encode.ts'
import type { SlotValue } from '../mapping/encode.ts'
import type { NativeRecord } from '../mapping/record.ts'
import type { NativeScalar } from '../mapping/slot.ts'
import { fitElements, isMany } from './fit.ts'
import type { Uncarried } from './fit.ts'
import { elementsOf, leafValue, sameValue, topLevelValue } from '../scim/value.ts'

/**
 * The slots whose decoded value differs between two states of a resource, with what to write into them. On create
 * `prior` is undefined: then every value that is there is written.
 */
export function fieldWrites(
  mapping: ResourceMapping,
  prior: JsonObject | undefined,
  next: JsonObject,
  uncarried: Uncarried,
  held?: NativeRecord,
): readonly SlotValue[] {
  const writes = new Map<string, SlotValue>()
  const put = (leaf: Leaf, before: Json | undefined, after: Json | undefined): void => {
    if (sameValue(before, after) || !writable(leaf, prior === undefined)) return
    const encoded = encodeLeaf(leaf, after, next, held)
    // another spelling of what is held (a word of a table, a time in another zone) changes nothing
    if (before !== undefined && sameValue(before, readBack(leaf, encoded))) return
    for (const write of encoded) writes.set(write.slot.key, write)
  }
  for (const carrier of mapping.attributes) {
    if (carrier.kind === 'single') {
      for (const leaf of carrier.leaves) put(leaf, prior && leafValue(prior, leaf.ref), leafValue(next, leaf.ref))
    } else if (carrier.kind === 'elements') {
      elementWrites(carrier, prior, next, uncarried, put)
    }
  }
  return [...writes.values()]
}

/** What the written values will show. */
function readBack(leaf: Leaf, written: readonly SlotValue[]): Json | undefined {
  if (leaf.carrier.kind !== 'slot' || leaf.access === 'writeOnly') return undefined
  const native = written[0]?.value
  const { codec } = leaf.carrier
  return Array.isArray(native)
    ? native.flatMap((one: NativeScalar) => codec.decode(one) ?? [])
    : codec.decode((native ?? null) as NativeScalar)
}

const writable = (leaf: Leaf, creating: boolean): boolean =>
  leaf.access === 'readWrite' ||
  leaf.access === 'writeOnly' ||
  // an immutable value may be added later when there was none (RFC 7644 section 3.5.2); the caller has checked that
  leaf.access === 'immutable' ||
  (leaf.access === 'createOnly' && creating)

function elementWrites(
  carrier: Extract<AttributeMapping, { kind: 'elements' }>,
  prior: JsonObject | undefined,
  next: JsonObject,
  uncarried: Uncarried,
  put: (leaf: Leaf, before: Json | undefined, after: Json | undefined) => void,
): void {
  const held = topLevelValue(prior ?? {}, carrier.of)
  const wanted = topLevelValue(next, carrier.of)
  if (prior !== undefined && sameValue(held, wanted)) return
  const before = fitElements(carrier, elementsOf(held), 'drop')
  const after = fitElements(carrier, elementsOf(wanted), uncarried)
  carrier.elements.forEach((element, i) => {
    for (const leaf of element.leaves) put(leaf, pick(element, leaf, before[i]), pick(element, leaf, after[i]))
  })
}

/** The value of one leaf in the elements that took its slots: a list for a slot that holds many. */
function pick(element: Element, leaf: Leaf, values: readonly Json[] = []): Json | undefined {
  const name = leaf.ref.sub?.name
  const picked = values.flatMap((v) => {
    const value = name === undefined ? v : isObject(v) ? v[name] : undefined
    return value === undefined ? [] : [value]
  })
  return isMany(element) ? (picked.length === 0 ? undefined : picked) : picked[0]
}
