import { sql } from 'kysely'
import type { Companion, ResourceMapping } from '../../mapping/catalog.ts'
import type { Decision, RemovePlan } from '../../plan/plan.ts'
import type { Outcome } from '../../plan/port.ts'
import { missing } from './change.ts'
import type { Database } from './database.ts'
import { tableOf } from './database.ts'
import { bind, columns, equal, equalities, table, where } from './expression.ts'
import { leavesOf } from './leaves.ts'
import { assignments, changeCompanion, writeKeyValues } from './parts-write.ts'
import { hasKey, scopeOf, whereOf } from './predicate.ts'
import type { Circumstances, Row, Steps } from './program.ts'
import type { Found } from './read.ts'
import { readOne } from './read.ts'
import { dropInbound, dropOutbound, leaveAll } from './references.ts'
import { within } from './scope.ts'
import { write } from './statement.ts'
import { update } from './update.ts'
import { assigned, place } from './values.ts'

const decision: Decision = { write: { fields: [], rows: [], links: [] }, unique: [], side: undefined }

/** Deletes a record with everything that hangs on it, or marks it, as the mapping says. */
export function* remove(database: Database, plan: RemovePlan, circumstances: Circumstances): Steps<Outcome> {
  const { of: mapping, id } = plan
  const found = yield* readOne(database, { of: mapping, id, want: plan.prior }, circumstances, 'prior', 'remove')
  if (found === undefined) throw missing(mapping)
  plan.check(found.record)
  yield { kind: 'decided', decision }
  if (mapping.onDelete.kind === 'set') yield* mark(database, mapping, found, circumstances)
  else yield* erase(database, mapping, found.key)
  return { kind: 'written', record: undefined, id, changed: true, decision }
}

function* mark(
  database: Database,
  mapping: ResourceMapping,
  { key, record }: Found,
  circumstances: Circumstances,
): Steps<void> {
  if (mapping.onDelete.kind !== 'set') return
  if (mapping.onDelete.leave) yield* leaveAll(database, mapping, key, circumstances)
  const values = place(database, mapping, assigned(mapping, mapping.onDelete.set, undefined, record, circumstances))
  yield* writeKeyValues(database, key, values.keyValues, record, false)
  for (const companion of mapping.table?.with ?? []) {
    const own = values.tables.get(companion.name)
    if (own !== undefined)
      yield* changeCompanion(database, companion, key, own, new Map(), values.empty.has(companion.name))
  }
  const main = values.tables.get(undefined)
  if (main === undefined) return
  const conditions = [...hasKey(mapping, 'm', key), ...scopeOf(database, mapping, 'm')]
  yield* write(database, update(database, tableOf(mapping), 'm', assignments(main), conditions))
}

/** First what points at the record, then what hangs on it, then the record. */
function* erase(database: Database, mapping: ResourceMapping, key: Row): Steps<void> {
  yield* dropInbound(database, mapping, key)
  yield* dropOutbound(database, mapping, key)
  const own = key.map(bind)
  for (const attribute of mapping.attributes) {
    if (attribute.kind !== 'rows') continue
    const { rows } = attribute
    const hanging = [...equal(columns('r', rows.foreignKey), own), ...within('r', rows.where)]
    yield* write(database, sql`${database.dialect.delete(table(rows.table, 'r'), 'r')}${where(hanging)}`, {
      note: rows.key,
    })
  }
  const done = new Set<string>()
  for (const { slot } of leavesOf(mapping)) {
    if (slot.at.kind !== 'keyValue' || done.has(slot.key)) continue
    done.add(slot.key)
    const hanging = [...equal(columns('v', slot.at.foreignKey), own), ...equalities('v', slot.at.keys)]
    yield* write(database, sql`${database.dialect.delete(table(slot.at.table, 'v'), 'v')}${where(hanging)}`)
  }
  const companions = [...(mapping.table?.with ?? [])].reverse()
  const drop = (companion: Companion) =>
    write(
      database,
      sql`${database.dialect.delete(table(companion.name, 'c'), 'c')}${where(equal(columns('c', companion.key), own))}`,
    )
  for (const companion of companions) if (!companion.first) yield* drop(companion)
  // its companions are gone, so the scope is the mapping's `where` alone
  const conditions = [...hasKey(mapping, 'm', key), ...whereOf(mapping, 'm')]
  yield* write(database, sql`${database.dialect.delete(table(tableOf(mapping), 'm'), 'm')}${where(conditions)}`)
  for (const companion of companions) if (companion.first) yield* drop(companion)
}
