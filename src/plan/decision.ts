import type { JsonObject } from '../base/json.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import type { SlotValue } from '../mapping/encode.ts'
import { refuseMembers } from './membership.ts'
import type { Decision, LinkDelta, RowsDelta } from './plan.ts'
import { refuseOutside } from './inside.ts'
import { uniqueChecks } from './unique.ts'

/** Parts the writes of one record into what the backend takes and what the side store takes. */
export function decisionOf(
  mapping: ResourceMapping,
  states: { readonly prior: JsonObject | undefined; readonly next: JsonObject },
  fields: readonly SlotValue[],
  rows: readonly RowsDelta[],
  links: readonly LinkDelta[],
): Decision {
  refuseMembers(mapping, links)
  refuseOutside(mapping, fields, rows)
  const aside = fields.filter((write) => write.slot.at.kind === 'side')
  return {
    write: { fields: fields.filter((write) => write.slot.at.kind !== 'side'), rows, links },
    unique: uniqueChecks(mapping, states.prior, states.next),
    side: aside.length === 0 ? undefined : Object.fromEntries(aside.map((write) => [write.slot.key, write.value])),
  }
}
