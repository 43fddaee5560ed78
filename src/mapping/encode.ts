import { BridgeError, never } from '../base/errors.ts'
import { isObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import type { AttributeMapping, Leaf } from './catalog.ts'
import { fillTemplate, splitTemplate, valueAt } from './decode.ts'
import type { Codec } from './codec.ts'
import type { NativeRecord, NativeRow } from './record.ts'
import type { NativeScalar, NativeValue, Slot } from './slot.ts'

export interface SlotValue {
  readonly slot: Slot
  readonly value: NativeValue
}

type Held = Pick<NativeRecord, 'fields'>

const heldAt = (held: Held | undefined, slot: Slot): NativeScalar => {
  const value = held !== undefined && Object.hasOwn(held.fields, slot.key) ? held.fields[slot.key] : null
  return Array.isArray(value) ? (value[0] ?? null) : ((value ?? null) as NativeScalar)
}

/**
 * What is written for a leaf. `value` is undefined for "no value", a list where the slot holds several. `resource` is the
 * whole resource as it will be (pieces of one slot are joined again), `held` what the record holds now (bits are kept).
 */
export function encodeLeaf(
  leaf: Leaf,
  value: Json | undefined,
  resource: JsonObject,
  held?: Held,
): readonly SlotValue[] {
  const { carrier } = leaf
  switch (carrier.kind) {
    case 'slot': {
      const { slot, codec } = carrier
      const now = heldAt(held, slot)
      if (slot.many) {
        const list =
          value === undefined || value === null ? [] : Array.isArray(value) ? (value as readonly Json[]) : [value]
        return [{ slot, value: list.map((one) => codec.encode(one, null)) }]
      }
      const one = (codec: Codec, held: NativeScalar) =>
        value === undefined || value === null ? codec.none : codec.encode(value, held)
      return [
        { slot, value: one(codec, now) },
        ...leaf.copies.map((copy) => ({ slot: copy.slot, value: one(copy.codec, null) })),
      ]
    }
    case 'all': {
      if (value !== true && value !== false) return []
      return carrier.parts.flatMap((part) => {
        if ((value ? part.onTrue : part.onFalse) === 'keep') return []
        return [{ slot: part.slot, value: part.codec.encode(value, heldAt(held, part.slot)) }]
      })
    }
    case 'constant': {
      if (value === undefined || value === null || same(value, carrier.value)) return []
      throw new BridgeError('invalidValue', `${leaf.ref.name} is always ${JSON.stringify(carrier.value)} here`)
    }
    case 'template':
      return []
    case 'split': {
      const pieces = carrier.template.map((part) => {
        if (part.kind === 'text') return part.text
        const piece = part.ref.name === leaf.ref.name ? value : valueAt(resource, part.ref)
        return typeof piece === 'string' ? piece : undefined
      })
      const text = pieces.every((piece) => piece !== undefined)
        ? pieces.join('')
        : carrier.template
            .flatMap((part, i) => (part.kind === 'path' && pieces[i] !== undefined ? [pieces[i]] : []))
            .join(' ')
      if (text === '') return [{ slot: carrier.slot, value: carrier.codec.none }]
      // names that hold the separator would come back cut elsewhere
      const back = splitTemplate(carrier.template, text)
      if (
        pieces.every((piece) => piece !== undefined) &&
        carrier.template.some((part, i) => part.kind === 'path' && back?.get(part.ref.name) !== pieces[i])
      )
        throw new BridgeError(
          'invalidValue',
          `${leaf.ref.name} cannot be kept: it would be cut differently when read back`,
        )
      return [{ slot: carrier.slot, value: carrier.codec.encode(text) }]
    }
    default:
      return never(carrier)
  }
}

const same = (a: Json, b: Json): boolean =>
  a === b || (typeof a === 'string' && typeof b === 'string' && a.toLowerCase() === b.toLowerCase())

/** The child row of one element. `held` is the row that it replaces, whose unmapped columns the store keeps. */
export function encodeRow(
  mapping: Extract<AttributeMapping, { readonly kind: 'rows' }>,
  element: Json,
  held?: NativeRow,
): NativeRow {
  const fields: Record<string, NativeScalar> = {}
  const resource = isObject(element) ? { [mapping.of.attribute.name]: element } : {}
  for (const leaf of mapping.leaves) {
    if (leaf.access === 'readOnly') continue
    const value = leaf.ref.sub === undefined ? element : isObject(element) ? element[leaf.ref.sub.name] : undefined
    for (const { slot, value: native } of encodeLeaf(leaf, value, resource, held))
      fields[slot.key] = Array.isArray(native) ? (native[0] ?? null) : (native as NativeScalar)
  }
  return held?.rowKey === undefined ? { fields } : { fields, rowKey: held.rowKey }
}

/** What a template on create gives; undefined when a path in it has no value. */
export function onCreateValue(leaf: Leaf, resource: JsonObject): Json | undefined {
  if (leaf.onCreate === undefined) return undefined
  return leaf.onCreate.kind === 'value' ? leaf.onCreate.value : fillTemplate(leaf.onCreate.template, resource)
}
