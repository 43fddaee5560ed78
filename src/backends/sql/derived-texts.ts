import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import type { Column } from './column.ts'
import type { Database } from './database.ts'
import { tableOf } from './database.ts'

/**
 * A column made of other attributes has no text when none of them has a value; where it must not be NULL, that is an
 * empty one, since no client could give it another.
 */
export function derivedTexts(
  { columnOf }: Database,
  mapping: ResourceMapping,
  fields: readonly SlotValue[],
  isNew: boolean,
): readonly SlotValue[] {
  const column = (one: SlotValue['slot']): Column | undefined =>
    one.at.kind === 'field' ? columnOf(one.at.table ?? tableOf(mapping), one.at.field) : undefined
  const isEmptied = ({ slot, value }: SlotValue): boolean =>
    value === null && isDerived(mapping, slot.key) && isText(column(slot)) && column(slot)?.nullable === false
  const written = fields.map((one) => (isEmptied(one) ? { ...one, value: '' } : one))
  if (!isNew) return written
  const missing = mapping.derived.filter(
    ({ slot }) =>
      column(slot)?.needed === true && isText(column(slot)) && !fields.some((one) => one.slot.key === slot.key),
  )
  return [...written, ...missing.map(({ slot }) => ({ slot, value: '' }))]
}

const isDerived = ({ derived }: ResourceMapping, key: string): boolean => derived.some(({ slot }) => slot.key === key)
const isText = (column: Column | undefined): boolean => column?.type === 'text'
