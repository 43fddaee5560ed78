import type { NativeRecord } from '../../mapping/record.ts'
import type { ChangePlan } from '../../plan/plan.ts'
import { unknown } from './assumed.ts'
import { attributeOf, attributeOfReference, wireValues } from './fields.ts'
import type { Entry } from './operation.ts'

/** What explain assumes to be held, as the entry that would hold it. */
export function entryOfRecord({ dn, values }: Entry, { of: mapping, prior }: ChangePlan, record: NativeRecord): Entry {
  const ids = new Set(mapping.id.fields.map((name) => name.toLowerCase()))
  const held = prior.slots.map((slot) => [attributeOf(slot), wireValues(record.fields[slot.key] ?? null)] as const)
  const named = mapping.attributes.flatMap((one) => {
    if (one.kind !== 'reference' || one.reference.size !== 'one') return []
    const { reference } = one
    const by = reference.place.kind === 'field' ? reference.place.by : undefined
    const links = record.links[reference.key] ?? []
    return [[attributeOfReference(reference), links.map(({ id }) => unknown(`${by ?? 'DN'} of ${id}`))] as const]
  })
  return {
    dn,
    values: new Map([
      ...[...values].filter(([name]) => ids.has(name)),
      ...[...held, ...named].flatMap(([attribute, of]) =>
        attribute === undefined || of.length === 0 ? [] : [[attribute.toLowerCase(), of] as const],
      ),
    ]),
  }
}
