import { never } from '../../base/errors.ts'
import type { Predicate } from '../../mapping/predicate.ts'
import type { Say } from '../../plan/port.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { RowsSource, Slot } from '../../mapping/slot.ts'
import type { Database } from './database.ts'
import { leavesOf, rowSlots } from './leaves.ts'
import { tableOf } from './database.ts'
import type { ColumnType } from './dialect.ts'
import { sayTest } from './slot-test.ts'

const rank: Readonly<Record<Say, number>> = { exact: 0, superset: 1, no: 2 }
const worst = (all: readonly Say[]): Say => all.reduce((a, b) => (rank[b] > rank[a] ? b : a), 'exact')

/** How well this database can say a predicate. */
export function say(database: Database, predicate: Predicate, rows?: RowsSource): Say {
  switch (predicate.kind) {
    case 'true':
    case 'false':
    case 'id':
    case 'link':
      return 'exact'
    case 'and':
    case 'or':
      return worst(predicate.of.map((one) => say(database, one, rows)))
    case 'not':
      return say(database, predicate.of, rows) === 'exact' ? 'exact' : 'no'
    case 'slot': {
      const { slot, test } = predicate
      if (slot.at.kind === 'side') return 'no'
      return sayTest(test, typeOf(database, slot, rows), slot.at.kind === 'field' ? slot.at.list : undefined)
    }
    case 'row':
      return say(database, predicate.where, predicate.rows)
    default:
      return never(predicate)
  }
}

/** A slot does not name its main table, so it is looked for among the mappings that hold it. */
function typeOf(database: Database, slot: Slot, rows: RowsSource | undefined): ColumnType {
  const at = slot.at
  switch (at.kind) {
    case 'lookup':
      return database.typeOf(at.lookup.table, at.lookup.text)
    case 'keyValue':
      return database.typeOf(at.table, at.value)
    case 'field': {
      if (at.table !== undefined) return database.typeOf(at.table, at.field)
      if (rows !== undefined) return database.typeOf(rows.table, at.field)
      const home = database.catalog.types.find((mapping) => holds(mapping, slot))
      return home === undefined ? 'unknown' : database.typeOf(tableOf(home), at.field)
    }
    case 'side':
      return 'unknown'
    default:
      return never(at)
  }
}

const holds = (mapping: ResourceMapping, slot: Slot): boolean =>
  leavesOf(mapping).some((leaf) => leaf.slot === slot) ||
  mapping.attributes.some((a) => a.kind === 'rows' && rowSlots(mapping, a.rows).includes(slot))
