import type { JsonObject } from '../base/json.ts'
import { scimId } from '../base/brand.ts'
import type { AttributeMapping, Derived, ResourceMapping } from '../mapping/catalog.ts'
import { decodeRecord, fillTemplate } from '../mapping/decode.ts'
import type { SlotValue } from '../mapping/encode.ts'
import type { NativeRecord } from '../mapping/record.ts'
import type { NativeScalar } from '../mapping/slot.ts'
import { topLevelName } from './want.ts'
import { topLevelValue, withTopLevel } from '../scim/value.ts'

/** The columns made of attributes whose text is another one after the write; `held` is undefined on create. */
export function derivedWrites(
  mapping: ResourceMapping,
  held: NativeRecord | undefined,
  next: JsonObject,
  fields: readonly SlotValue[],
): readonly SlotValue[] {
  if (mapping.derived.length === 0) return []
  const before = held && decodeRecord(mapping, held)
  const after = stateAfter(mapping, held, next, fields)
  return mapping.derived.flatMap((one) => {
    const value = valueOf(one, after)
    if (before === undefined ? value === one.codec.none : value === valueOf(one, before)) return []
    return [{ slot: one.slot, value }]
  })
}

function valueOf({ template, codec }: Derived, resource: JsonObject): NativeScalar {
  const text = fillTemplate(template, resource)
  return text === undefined ? codec.none : codec.encode(text)
}

/** What will be read: the values as they are written, which need not be as they were sent. */
function stateAfter(
  mapping: ResourceMapping,
  held: NativeRecord | undefined,
  next: JsonObject,
  fields: readonly SlotValue[],
): JsonObject {
  const written = Object.fromEntries(fields.map(({ slot, value }) => [slot.key, value]))
  const after = decodeRecord(mapping, {
    id: held?.id ?? scimId(''),
    fields: { ...held?.fields, ...written },
    rows: {},
    links: {},
  })
  return mapping.attributes
    .filter((one) => one.kind === 'rows')
    .reduce((state, { of }) => withTopLevel(state, of, topLevelValue(next, of)), after)
}

/** Must child rows be read to know what a column is made of? */
export const isSource = ({ derived }: ResourceMapping, { of, kind }: AttributeMapping): boolean =>
  kind === 'rows' &&
  derived.some(({ template }) =>
    template.some((part) => part.kind === 'path' && topLevelName(part.ref) === topLevelName(of)),
  )
