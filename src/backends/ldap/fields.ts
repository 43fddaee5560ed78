import type { Catalog, Reference, ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeScalar, NativeValue, Slot } from '../../mapping/slot.ts'
import type { Want } from '../../plan/plan.ts'
import type { Directory } from './directory.ts'
import { containerOf } from '../../mapping/dn/containers.ts'
import { parseDn } from '../../mapping/dn/parse-dn.ts'
import type { Value } from './filter.ts'
import { isWriteOnly } from './leaves.ts'
import type { Entry, ReadBack } from './operation.ts'
import { valuesOf } from './operation.ts'
import { isBinaryType } from './syntax.ts'

/** The attribute behind a slot; undefined for one that is no attribute (the container of the entry, the side store). */
export const attributeOf = ({ at }: Slot): string | undefined => (at.kind === 'field' ? at.field : undefined)

/** The attribute that holds a reference, on the entry itself. */
export function attributeOfReference({ place }: Reference): string | undefined {
  if (place.kind === 'field' || (place.kind === 'reverse' && place.slot !== undefined))
    return place.slot === undefined ? undefined : attributeOf(place.slot)
  return undefined
}

/** Attributes to ask for, each once, with those whose values are bytes. */
export function asking({ schema }: Directory, names: readonly (string | undefined)[]): ReadBack {
  const distinct = new Map(names.flatMap((name) => (name === undefined ? [] : [[name.toLowerCase(), name]])))
  const binary = [...distinct.keys()].filter((name) => {
    const type = schema.attribute(name)
    return name.endsWith(';binary') || (type !== undefined && isBinaryType(type))
  })
  // no attribute at all is asked for by "1.1"; an empty list would ask for every one (RFC 4511 section 4.5.1.8)
  return { attributes: distinct.size === 0 ? ['1.1'] : [...distinct.values()], binary: new Set(binary) }
}

/** What a record is made of; references that are stored only where they are asked for. */
export const attributesFor = (
  { catalog }: Directory,
  mapping: ResourceMapping,
  want: Want,
): readonly (string | undefined)[] => [
  ...mapping.id.fields,
  // what is only ever written is not read either
  ...want.slots.filter((slot) => !isWriteOnly(mapping, slot)).map(attributeOf),
  ...want.links.flatMap((reference) => [attributeOfReference(reference), nameHeldBy(catalog, reference)]),
]

/** What the other side of a reverse reference holds of an entry, when it is not its DN. */
function nameHeldBy(catalog: Catalog, reference: Reference): string | undefined {
  const stored = storedSide(catalog, reference)
  return stored?.place.kind === 'field' ? stored.place.by : undefined
}

/** The stored reference that a reverse one is the other side of. */
export function storedSide({ types }: Catalog, { place }: Reference): Reference | undefined {
  if (place.kind !== 'reverse') return undefined
  return types
    .flatMap((type) => type.attributes.flatMap((one) => (one.kind === 'reference' ? [one.reference] : [])))
    .find(({ key }) => key === place.of)
}

/** The values of an attribute, those of the RDN first: of several it is what the entry is known by. */
export function orderedValues(entry: Entry, attribute: string): readonly Value[] {
  const values = valuesOf(entry, attribute)
  if (values.length < 2) return values
  const named = parseDn(entry.dn)?.[0]?.find((part) => part.attribute.toLowerCase() === attribute.toLowerCase())?.value
  if (named === undefined || named instanceof Uint8Array) return values
  const at = values.findIndex((value) => typeof value === 'string' && value.toLowerCase() === named.toLowerCase())
  return at <= 0 ? values : [values[at] as Value, ...values.slice(0, at), ...values.slice(at + 1)]
}

/** The slots of an entry as a record holds them. */
export function fieldsOf(slots: readonly Slot[], entry: Entry): Readonly<Record<string, NativeValue>> {
  return Object.fromEntries(slots.map((slot) => [slot.key, fieldOf(slot, entry)]))
}

function fieldOf(slot: Slot, entry: Entry): NativeValue {
  if (slot.at.kind === 'container') return containerOf(slot.at.dns, entry.dn) ?? null
  const attribute = attributeOf(slot)
  if (attribute === undefined) return null
  const values = orderedValues(entry, attribute) as readonly NativeScalar[]
  return slot.many ? values : (values[0] ?? null)
}

/** A native value as it goes over the wire. */
export function wireValue(value: Exclude<NativeScalar, null>): Value {
  if (typeof value === 'string' || value instanceof Uint8Array) return value
  // RFC 4517 section 3.3.3
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  return String(value)
}

export const wireValues = (value: NativeValue): readonly Value[] =>
  (Array.isArray(value) ? (value as readonly NativeScalar[]) : [value as NativeScalar]).flatMap((one) =>
    one === null ? [] : [wireValue(one)],
  )
