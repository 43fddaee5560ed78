import { never } from '../../base/errors.ts'
import type { Predicate } from '../../mapping/predicate.ts'
import type { Say } from '../../plan/port.ts'
import type { RowsSource } from '../../mapping/slot.ts'
import type { Database } from './database.ts'
import { columnOfSlot } from './slot-column.ts'
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
      const list = slot.at.kind === 'field' ? slot.at.list : undefined
      return sayTest(database.dialect, test, columnOfSlot(database, slot, rows), list)
    }
    case 'row':
      return say(database, predicate.where, predicate.rows)
    default:
      return never(predicate)
  }
}
