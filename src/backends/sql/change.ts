import { BridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { ChangePlan, Decision } from '../../plan/plan.ts'
import type { Outcome } from '../../plan/port.ts'
import { check } from './checks.ts'
import { readBack } from './create.ts'
import type { Database } from './database.ts'
import { keyOfTable, tableOf } from './database.ts'
import { derivedTexts } from './derived-texts.ts'
import { assignments, changeCompanion, makeLookups, writeKeyValues } from './parts-write.ts'
import { whoIsNamed } from './names.ts'
import { hasKey, scopeOf } from './predicate.ts'
import type { Circumstances, Row, Steps } from './program.ts'
import type { Found } from './read.ts'
import { readOne } from './read.ts'
import { writeLinks } from './references.ts'
import { writeRows } from './rows-write.ts'
import { write } from './statement.ts'
import type { Targets } from './targets.ts'
import { update } from './update.ts'
import { assigned, place } from './values.ts'

export const missing = (mapping: ResourceMapping): BridgeError =>
  new BridgeError('missing', `there is no such ${mapping.type.name}`)

/** Reads what is held, decides, checks, writes what differs, and reads the answer: one transaction. */
export function* change(database: Database, plan: ChangePlan, circumstances: Circumstances): Steps<Outcome> {
  const { of: mapping, id } = plan
  const found = yield* readOne(database, { of: mapping, id, want: plan.prior }, circumstances, 'prior', 'change')
  if (found === undefined) throw missing(mapping)
  const { idOf, known } = yield* whoIsNamed(database, plan.names, found.record, circumstances)
  const decision = plan.decide(found.record, idOf)
  const targets = yield* check(database, mapping, decision, found.key, known, circumstances)
  const { fields, rows, links } = decision.write
  const isEmpty = fields.length + rows.length + links.length === 0
  if (!isEmpty || decision.side !== undefined) yield { kind: 'decided', decision }
  const changed = isEmpty ? false : yield* apply(database, plan, found, decision, targets, circumstances)
  const key = newKey(mapping, found.key, decision)
  const record =
    plan.answer === undefined ? undefined : yield* readBack(database, mapping, key, plan.answer, circumstances)
  if (plan.answer !== undefined && record === undefined && circumstances.assumed === undefined)
    throw new BridgeError('constraint', `this ${mapping.type.name} would lie outside of what is offered here`)
  return { kind: 'written', record, id: record?.id ?? id, changed, decision }
}

/** Links and rows first: only then is it known whether the stamps of a write are due. */
function* apply(
  database: Database,
  plan: ChangePlan,
  { key, record: prior }: Found,
  { write: set }: Decision,
  targets: Targets,
  circumstances: Circumstances,
): Steps<boolean> {
  const { of: mapping } = plan
  yield* makeLookups(database, mapping, set)
  let changed = set.fields.length > 0
  for (const delta of set.links)
    if (yield* writeLinks(database, mapping, key, delta, targets, false, circumstances)) changed = true
  for (const delta of set.rows) if (yield* writeRows(database, mapping, key, delta)) changed = true
  if (!changed) return false
  const stamps = assigned(mapping, plan.assign, set, prior, circumstances)
  const values = place(database, mapping, [...stamps, ...derivedTexts(database, mapping, set.fields, false)])
  yield* writeKeyValues(database, key, values.keyValues, prior, false)
  for (const companion of mapping.table?.with ?? []) {
    const own = values.tables.get(companion.name)
    if (own === undefined) continue
    const initial = place(database, mapping, assigned(mapping, companion.set.create, set, prior, circumstances))
    const fresh = initial.tables.get(companion.name) ?? new Map()
    yield* changeCompanion(database, companion, key, own, fresh, values.empty.has(companion.name))
  }
  const main = values.tables.get(undefined)
  if (main !== undefined) {
    const conditions = [...hasKey(mapping, 'm', key), ...scopeOf(database, mapping, 'm')]
    yield* write(database, update(database, tableOf(mapping), 'm', assignments(main), conditions))
  }
  return true
}

/** A key that is itself an attribute may have been written. */
const newKey = (mapping: ResourceMapping, key: Row, { write: set }: Decision): Row =>
  keyOfTable(mapping).map((name, i) => {
    const written = set.fields.find(
      ({ slot }) => slot.at.kind === 'field' && slot.at.table === undefined && slot.at.field === name,
    )
    return written === undefined || Array.isArray(written.value) ? (key[i] ?? null) : (written.value as Row[number])
  })
