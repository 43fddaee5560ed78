import { scimId } from '../base/brand.ts'
import type { ScimId } from '../base/brand.ts'
import type { JsonObject } from '../base/json.ts'
import { isObject } from '../base/json.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import type { Link, NativeRecord } from '../mapping/record.ts'
import { planCreate } from '../plan/create.ts'
import { asideOf } from '../plan/version.ts'

/** The record that would show a resource: what `explain` assumes to be held, made without a backend. */
export function recordOf(mapping: ResourceMapping, id: ScimId, resource: JsonObject): NativeRecord {
  const { decision } = planCreate(mapping, resource, { slots: [], rows: [], links: [] }, 'drop')
  const { write } = decision
  const fields: NativeRecord['fields'] = {
    ...Object.fromEntries(write.fields.map(({ slot, value }) => [slot.key, value])),
    ...decision.side,
  }
  return {
    id: scimId(id),
    fields: { ...fields, ...versionIn(mapping, fields, resource) },
    rows: Object.fromEntries(write.rows.map((delta) => [delta.rows.key, delta.add])),
    links: Object.fromEntries(
      write.links.map((delta) => [
        delta.reference.key,
        delta.add.map((target): Link => ({ type: delta.reference.to[0] ?? '', id: target })),
      ]),
    ),
  }
}

/** What a version is made of, where it is one value: nobody writes it, and If-Match is held against it. */
function versionIn(
  mapping: ResourceMapping,
  fields: NativeRecord['fields'],
  { meta }: JsonObject,
): NativeRecord['fields'] {
  const { version } = mapping
  const tag = isObject(meta) ? meta['version'] : undefined
  const [, said] = typeof tag === 'string' ? (/^(?:W\/)?"(.*)"$/.exec(tag) ?? []) : []
  if (version.kind !== 'slot' || said === undefined) return {}
  const aside = asideOf(mapping, { fields })
  return {
    [version.slot.key]: decodeURIComponent(said.endsWith(aside) ? said.slice(0, said.length - aside.length) : said),
  }
}
