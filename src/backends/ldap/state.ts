import type { ScimId } from '../../base/brand.ts'
import { scimId } from '../../base/brand.ts'
import type { JsonObject } from '../../base/json.ts'
import type { Assignment, ResourceMapping, Template } from '../../mapping/catalog.ts'
import { decodeRecord, fillTemplate } from '../../mapping/decode.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import { unknown } from './assumed.ts'
import type { Circumstances } from './program.ts'

/** The resource as it will be once these slots are written. */
export function stateAfter(
  mapping: ResourceMapping,
  held: Pick<NativeRecord, 'id' | 'fields'> | undefined,
  fields: readonly SlotValue[],
  id: ScimId = held?.id ?? scimId(''),
): JsonObject {
  const written = Object.fromEntries(fields.map(({ slot, value }) => [slot.key, value]))
  return decodeRecord(mapping, { id, fields: { ...held?.fields, ...written }, rows: {}, links: {} })
}

/** Constants, stamps, templates and generated values of attributes that nobody maps; counters are taken when all is decided. */
export function assignedValues(
  assignments: readonly Assignment[],
  state: JsonObject,
  circumstances: Circumstances,
): readonly SlotValue[] {
  return assignments.flatMap(({ slot, value }): readonly SlotValue[] => {
    switch (value.kind) {
      case 'constant':
        return [{ slot, value: value.value }]
      case 'now':
        return [
          {
            slot,
            value: circumstances.assumed === undefined ? value.codec.encode(new Date().toISOString()) : unknown('now'),
          },
        ]
      case 'generate':
        return [{ slot, value: circumstances.generate(value.generate) }]
      case 'template':
        // no value of a directory is empty
        return [
          { slot, value: (fillTemplate(value.template, state) ?? filledWithNothing(value.template, state)) || null },
        ]
      case 'counter':
        return []
    }
  })
}

/** What has no value leaves nothing in its place. */
const filledWithNothing = (template: Template, state: JsonObject): string =>
  template.map((part) => (part.kind === 'text' ? part.text : (fillTemplate([part], state) ?? ''))).join('')
