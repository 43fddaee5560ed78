import { BridgeError } from '../../base/errors.ts'
import type { Reference } from '../../mapping/catalog.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import type { Directory } from './directory.ts'
import type { Rdn } from '../../mapping/dn/dn.ts'
import { emptied } from './emptied.ts'
import { attributeOf, attributeOfReference, wireValues } from './fields.ts'
import type { Value } from './filter.ts'
import { mustHave } from './fitting.ts'
import { isSetByOperation, leavesOf } from './leaves.ts'
import { matchKey } from './matching.ts'
import type { AttributeValues } from './operation.ts'
import type { Source } from './source.ts'

/** Everything that a new entry is added with; of several sources of one attribute the last one counts. */
export function attributesOfNew(
  directory: Directory,
  source: Source,
  rdn: Rdn,
  stored: readonly SlotValue[],
  linked: readonly { readonly reference: Reference; readonly values: readonly Value[] }[],
): readonly AttributeValues[] {
  const { mapping, entry } = source
  const all = new Map<string, AttributeValues>()
  const put = (attribute: string, values: readonly Value[]): void => {
    if (values.length > 0) all.set(attribute.toLowerCase(), { attribute, values })
  }
  put('objectClass', entry.objectClasses)
  for (const { slot, value } of stored) {
    const attribute = attributeOf(slot)
    if (attribute !== undefined && !isSetByOperation(mapping, slot)) put(attribute, wireValues(value))
  }
  for (const { reference, values } of linked) put(attributeOfReference(reference) ?? '', values)
  for (const { attribute, value } of rdn) {
    const known = all.get(attribute.toLowerCase())?.values ?? []
    const rule = directory.schema.attribute(attribute)?.equality
    const isKnown = known.some((one) =>
      rule === undefined ? one === value : matchKey(rule, one) === matchKey(rule, value),
    )
    if (!isKnown) put(attribute, [value, ...known])
  }
  for (const reference of demanded(directory, source)) {
    const attribute = attributeOfReference(reference) ?? ''
    if (all.has(attribute.toLowerCase())) continue
    if (entry.emptyGroup.kind === 'refuse') throw emptied(reference)
    put(attribute, [entry.emptyGroup.dn])
  }
  refuseLacking(directory, source, all)
  return [...all.values()]
}

/** What the directory demands and the request could have given, by the name that the client knows. */
function refuseLacking(directory: Directory, { mapping }: Source, given: ReadonlyMap<string, AttributeValues>): void {
  const must = mustHave(directory, mapping)
  for (const { carrier, ref, access } of leavesOf(mapping)) {
    if (access === 'readOnly') continue
    const attribute = carrier.kind === 'slot' ? attributeOf(carrier.slot)?.toLowerCase() : undefined
    if (attribute !== undefined && must.has(attribute) && !given.has(attribute))
      throw new BridgeError('invalidValue', `${ref.name}: the directory demands a value`)
  }
}

/** Lists of members that an entry of the type cannot be without. */
function demanded(directory: Directory, { mapping }: Source): readonly Reference[] {
  const must = mustHave(directory, mapping)
  return mapping.attributes.flatMap((one) => {
    if (one.kind !== 'reference' || one.reference.size === 'one' || one.reference.place.kind !== 'field') return []
    const attribute = attributeOfReference(one.reference)
    return attribute !== undefined && must.has(attribute.toLowerCase()) ? [one.reference] : []
  })
}
