import { scimId } from '../base/brand.ts'
import type { ScimId } from '../base/brand.ts'
import type { JsonObject } from '../base/json.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import type { Link, NativeRecord } from '../mapping/record.ts'
import { planCreate } from '../plan/create.ts'

/** The record that would show a resource: what `explain` assumes to be held, made without a backend. */
export function recordOf(mapping: ResourceMapping, id: ScimId, resource: JsonObject): NativeRecord {
  const { decision } = planCreate(mapping, resource, { slots: [], rows: [], links: [] }, 'drop')
  const { fields, rows, links } = decision.write
  return {
    id: scimId(id),
    fields: { ...Object.fromEntries(fields.map((write) => [write.slot.key, write.value])), ...decision.side },
    rows: Object.fromEntries(rows.map((delta) => [delta.rows.key, delta.add])),
    links: Object.fromEntries(
      links.map((delta) => [
        delta.reference.key,
        delta.add.map((target): Link => ({ type: delta.reference.to[0] ?? '', id: target })),
      ]),
    ),
  }
}
