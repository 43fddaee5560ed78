import { never } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { RowsSource, Slot } from '../../mapping/slot.ts'
import type { Column } from './column.ts'
import type { Database } from './database.ts'
import { tableOf } from './database.ts'
import { leavesOf, rowSlots } from './leaves.ts'

/** What the live schema says of the column behind a slot. A slot does not name its main table, so it is looked for among the mappings that hold it. */
export function columnOfSlot(database: Database, slot: Slot, rows?: RowsSource): Column | undefined {
  const at = slot.at
  switch (at.kind) {
    case 'lookup':
      return database.columnOf(at.lookup.table, at.lookup.text)
    case 'keyValue':
      return database.columnOf(at.table, at.value)
    case 'field': {
      if (at.table !== undefined) return database.columnOf(at.table, at.field)
      if (rows !== undefined) return database.columnOf(rows.table, at.field)
      const home = database.catalog.types.find((mapping) => holds(mapping, slot))
      return home === undefined ? undefined : database.columnOf(tableOf(home), at.field)
    }
    case 'side':
    case 'container':
      return undefined
    default:
      return never(at)
  }
}

const holds = (mapping: ResourceMapping, slot: Slot): boolean =>
  leavesOf(mapping).some((leaf) => leaf.slot === slot) ||
  mapping.attributes.some((a) => a.kind === 'rows' && rowSlots(mapping, a.rows).includes(slot))
