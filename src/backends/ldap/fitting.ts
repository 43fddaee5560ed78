import { BridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import type { Slot } from '../../mapping/slot.ts'
import { isUnknown } from './assumed.ts'
import type { Directory } from './directory.ts'
import { attributeOf, wireValues } from './fields.ts'
import { leafAt, leavesOf, nameAt } from './leaves.ts'
import { fits } from './syntax.ts'

/** Refuses what the directory would refuse, by the name that the client knows. */
export function refuseUnfit({ schema }: Directory, mapping: ResourceMapping, fields: readonly SlotValue[]): void {
  for (const { slot, value } of fields) {
    const type = schema.attribute(attributeOf(slot) ?? '')
    if (type === undefined) continue
    const values = wireValues(value)
    const { syntax } = type
    if (values.some((one) => !isUnknown(one) && !fits(syntax, one, schema)))
      throw new BridgeError('invalidValue', `${sourceAt(mapping, slot)}: the directory does not take this value`)
    if (type.singleValue && values.length > 1)
      throw new BridgeError('invalidValue', `${nameAt(mapping, slot)}: the directory holds one value of it at most`)
  }
}

/** Where a value comes from: an attribute of the client, or those that make the text of an attribute that nobody maps. */
function sourceAt(mapping: ResourceMapping, slot: Slot): string {
  const templates = [
    ...[...mapping.set.create, ...mapping.set.write].flatMap(({ slot: { key }, value }) =>
      key === slot.key && value.kind === 'template' ? [value.template] : [],
    ),
    ...mapping.derived.flatMap(({ slot: { key }, template }) => (key === slot.key ? [template] : [])),
  ]
  const paths = templates.flat().flatMap((part) => (part.kind === 'path' ? [part.ref.name] : []))
  return leafAt(mapping, slot) === undefined && paths.length > 0 ? paths.join(', ') : nameAt(mapping, slot)
}

/** What a client gives as the id of a new entry cannot be left out. */
export function refuseWithoutId(mapping: ResourceMapping, stored: readonly SlotValue[]): void {
  const fields = new Set(mapping.id.fields.map((field) => field.toLowerCase()))
  for (const { ref, access, carrier } of leavesOf(mapping)) {
    const attribute = 'slot' in carrier ? attributeOf(carrier.slot)?.toLowerCase() : undefined
    if (attribute === undefined || !fields.has(attribute) || access === 'readOnly') continue
    const isGiven = stored.some(
      ({ slot, value }) => attributeOf(slot)?.toLowerCase() === attribute && wireValues(value).length > 0,
    )
    if (!isGiven) throw new BridgeError('invalidValue', `${ref.name}: the id is made of it, so it cannot be left out`)
  }
}

/** Attributes that an entry of the type must have, in lower case. */
export const mustHave = ({ schema }: Directory, mapping: ResourceMapping): ReadonlySet<string> =>
  new Set(
    (mapping.entry?.objectClasses ?? []).flatMap((name) =>
      (schema.objectClass(name)?.must ?? []).map((one) => one.toLowerCase()),
    ),
  )
