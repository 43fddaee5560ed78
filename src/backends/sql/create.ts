import { sql } from 'kysely'
import type { ScimId } from '../../base/brand.ts'
import { scimId } from '../../base/brand.ts'
import { BridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import { columnSlot } from '../../mapping/scope.ts'
import type { NativeScalar } from '../../mapping/slot.ts'
import { createByIds } from '../../plan/names.ts'
import type { CreatePlan, Want } from '../../plan/plan.ts'
import type { Outcome } from '../../plan/port.ts'
import { check } from './checks.ts'
import { bound, columnsFor, makeAfter, makeFirst, sharedKey } from './companions.ts'
import type { Making } from './companions.ts'
import type { Database } from './database.ts'
import { keyOfTable, tableOf } from './database.ts'
import { derivedTexts } from './derived-texts.ts'
import type { Param } from './expression.ts'
import { isUnknown, list, where } from './expression.ts'
import { idFrom } from './identity.ts'
import { whoIsNamed } from './names.ts'
import { insertInto, makeLookups, writeKeyValues } from './parts-write.ts'
import { hasKey, scopeOf } from './predicate.ts'
import type { Circumstances, Row, Steps } from './program.ts'
import { withParts } from './read.ts'
import { fieldLinks, writeLinks } from './references.ts'
import { writeRows } from './rows-write.ts'
import { mainAlias, selectList, selectionOf } from './selection.ts'
import { read, write } from './statement.ts'
import { assigned, place } from './values.ts'

/** Checks, the row with everything that hangs on it, and the answer as it is held then. */
export function* create(database: Database, sent: CreatePlan, circumstances: Circumstances): Steps<Outcome> {
  const { idOf, known } = yield* whoIsNamed(database, sent.names, undefined, circumstances)
  const plan = createByIds(sent, idOf)
  const { of: mapping, decision } = plan
  const set = decision.write
  const targets = yield* check(database, mapping, decision, undefined, known, circumstances)
  const { values, params } = mainValues(database, mapping, plan, circumstances)
  yield { kind: 'decided', decision }
  yield* makeLookups(database, mapping, set)
  const links = fieldLinks(mapping, set.links, targets)
  const making: Making = { database, plan, values, links, circumstances }
  const shared = sharedKey(plan)
  const first = shared === undefined ? undefined : yield* makeFirst(making, params.get(shared))
  if (shared !== undefined && first !== undefined) params.set(shared, first)
  const main = new Map([
    ...(values.tables.get(undefined) ?? []),
    ...columnsFor(tableOf(mapping), links),
    ...bound(shared, first),
  ])
  const wanted = [...new Set([...keyOfTable(mapping), ...mapping.id.fields])]
  const insert = insertInto(database, tableOf(mapping), main)
  const { returns } = database.dialect
  const made = yield* write(
    database,
    returns ? sql`${insert} RETURNING ${list(wanted.map((name) => sql.id(name)))}` : insert,
  )
  const isAssumed = circumstances.assumed !== undefined
  const returned = isAssumed || !returns ? undefined : made.rows[0]
  const value = (name: string): Param =>
    returned?.[wanted.indexOf(name)] ??
    params.get(name) ??
    (isAssumed || made.insertId === undefined ? { unknown: `${tableOf(mapping)}.${name}` } : made.insertId)
  const key = keyOfTable(mapping).map(value)
  const id = newId(mapping, mapping.id.fields.map(value))
  yield* makeAfter(making, key)
  yield* writeKeyValues(database, key, values.keyValues, undefined, true)
  for (const delta of set.rows) yield* writeRows(database, mapping, key, delta)
  for (const delta of set.links) yield* writeLinks(database, mapping, key, delta, targets, true, circumstances)
  const record = yield* readBack(database, mapping, key, plan.answer, circumstances)
  // refused rather than made and never seen again
  if (record === undefined && circumstances.assumed === undefined)
    throw new BridgeError('constraint', `this ${mapping.type.name} would lie outside of what is offered here`)
  return { kind: 'written', record, id: record?.id ?? id, changed: true, decision }
}

/** Everything for the main row and its companions, and the plain values among it by column of the main table. */
function mainValues(database: Database, mapping: ResourceMapping, plan: CreatePlan, circumstances: Circumstances) {
  const { id, table } = mapping
  const [first] = id.fields
  const carried = new Set(plan.decision.write.fields.map(({ slot }) => slot.key))
  const constants = Object.entries(table?.where.create ?? {}).flatMap(([field, value]) =>
    carried.has(field) ? [] : [{ slot: columnSlot(field), value }],
  )
  const given = [
    ...assigned(mapping, plan.assign, plan.decision.write, undefined, circumstances),
    ...derivedTexts(database, mapping, plan.decision.write.fields, true),
    ...constants,
  ]
  const params = new Map<string, Param>()
  for (const { slot, value } of given)
    if (slot.at.kind === 'field' && slot.at.table === undefined && !Array.isArray(value) && value !== null)
      params.set(slot.at.field, value as Param)
  const made =
    id.generate !== undefined && first !== undefined && !params.has(first)
      ? [
          {
            slot: { key: first, many: false, at: { kind: 'field', table: undefined, field: first } } as const,
            value: circumstances.generate(id.generate),
          },
        ]
      : []
  for (const { slot, value } of made) params.set(slot.at.field, value)
  return { values: place(database, mapping, [...given, ...made]), params }
}

const newId = (mapping: ResourceMapping, values: readonly Param[]): ScimId =>
  values.some(isUnknown) ? scimId('') : idFrom(mapping, values as readonly NativeScalar[])

/** The record as it is held now, by its key. */
export function* readBack(
  database: Database,
  mapping: ResourceMapping,
  key: Row,
  want: Want,
  circumstances: Circumstances,
): Steps<NativeRecord | undefined> {
  const selection = selectionOf(database, mapping, want.slots)
  const conditions = [...hasKey(mapping, mainAlias, key), ...scopeOf(database, mapping, mainAlias)]
  const found = yield* read(database, sql`${selectList(selection)}${where(conditions)}`, {
    note: 'answer',
    rows: [selection.withKey(key)],
  })
  const [record] = yield* withParts(database, mapping, want, selection, found.slice(0, 1), true, circumstances)
  return record
}
