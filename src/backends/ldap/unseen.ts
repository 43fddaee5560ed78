import type { SlotValue } from '../../mapping/encode.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import type { ChangePlan } from '../../plan/plan.ts'
import type { Directory } from './directory.ts'
import { asking, attributeOf, fieldsOf } from './fields.ts'
import { isWriteOnly } from './leaves.ts'
import type { Entry } from './operation.ts'
import type { Circumstances, Steps } from './program.ts'
import { entryAt } from './read.ts'

/** A value is exchanged by name, so what is to be written over without having been asked for is read first. */
export function* withUnseen(
  directory: Directory,
  { of: mapping, prior }: ChangePlan,
  held: Entry,
  record: NativeRecord,
  fields: readonly SlotValue[],
  circumstances: Circumstances,
): Steps<{ readonly held: Entry; readonly record: NativeRecord }> {
  const seen = new Set(prior.slots.map(({ key }) => key))
  const slots = fields
    .map(({ slot }) => slot)
    .filter((slot) => !seen.has(slot.key) && attributeOf(slot) !== undefined && !isWriteOnly(mapping, slot))
  if (slots.length === 0 || circumstances.assumed !== undefined) return { held, record }
  const more = yield* entryAt(held.dn, asking(directory, slots.map(attributeOf)), 'what is written over')
  if (more === undefined) return { held, record }
  const whole = { ...held, values: new Map([...held.values, ...more.values]) }
  return { held: whole, record: { ...record, fields: { ...record.fields, ...fieldsOf(slots, whole) } } }
}
