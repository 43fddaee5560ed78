import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { scimId } from '../../base/brand.ts'
import type { ScimId } from '../../base/brand.ts'
import { BridgeError } from '../../base/errors.ts'
import type { Reference, ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeScalar, Slot } from '../../mapping/slot.ts'
import type { Decision, LinkDelta, UniqueCheck, WriteSet } from '../../plan/plan.ts'
import type { Database } from './database.ts'
import { keyOfTable, mappingOf, tableOf } from './database.ts'
import type { Param } from './expression.ts'
import { and, columns, list, table, where } from './expression.ts'
import { hasId, idFrom, keyFrom } from './identity.ts'
import { rowSlots } from './leaves.ts'
import { complete, hasKey, lowerPredicate, notHidden, scopeOf, whereOf } from './predicate.ts'
import type { Circumstances, Row, Steps } from './program.ts'
import { mainAlias } from './selection.ts'
import { lockName, read } from './statement.ts'
import { nameOf, sameText } from './values.ts'

/** A record that a delta adds: the values of its key, and of the column by which the reference knows it. */
export interface Target {
  readonly id: ScimId
  readonly key: Row
  readonly by: Param
}

/** The targets that a delta adds, by the type in which they were found. */
export type Targets = ReadonlyMap<LinkDelta, ReadonlyMap<string, readonly Target[]>>

/** Everything that must hold before the first write. */
export function* check(
  database: Database,
  mapping: ResourceMapping,
  decision: Decision,
  self: Row | undefined,
  circumstances: Circumstances,
): Steps<Targets> {
  for (const name of names(mapping, decision)) yield* lockName(database, name, 'one at a time')
  for (const one of decision.unique) yield* checkUnique(database, mapping, one, self)
  const targets = new Map<LinkDelta, ReadonlyMap<string, readonly Target[]>>()
  for (const delta of decision.write.links)
    targets.set(delta, yield* findTargets(database, delta.reference, delta.add, circumstances))
  for (const { slot, text } of lookups(mapping, decision.write)) yield* checkLookup(database, mapping, slot, text)
  return targets
}

/**
 * Without an index of its own a value is unique because whoever writes it holds its name meanwhile. In one order, so that
 * two writers of two values never wait for each other.
 */
function names(mapping: ResourceMapping, { unique, write }: Decision): readonly string[] {
  const made = lookups(mapping, write).filter(({ slot }) => slot.at.lookup.onMissing === 'create')
  return [
    ...unique.map((one) => lockOf('unique', tableOf(mapping), JSON.stringify(one.where, plain))),
    ...made.map(({ slot, text }) => lockOf('lookup', slot.at.lookup.table, String(text))),
  ].sort()
}

/** One text for every spelling that is the same: the one that was asked about is left out. */
const plain = (key: string, value: unknown): unknown =>
  key === 'asked' ? undefined : typeof value === 'bigint' ? String(value) : value

/** Locks by name are shared by all databases of a server, and their names are short. */
const lockOf = (...parts: readonly string[]): string =>
  `scim-bridge ${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)}`

/** Looked for without the mapping's `where`: what the application holds outside it would clash all the same. */
function* checkUnique(
  database: Database,
  mapping: ResourceMapping,
  { attribute, where: predicate }: UniqueCheck,
  self: Row | undefined,
): Steps<void> {
  const site = { kind: 'record', mapping, alias: mainAlias } as const
  const inside = whereOf(mapping, mainAlias)
  const others = [
    lowerPredicate(database, site, predicate),
    ...notHidden(database, mapping, mainAlias),
    ...complete(mapping, mainAlias),
    ...(self === undefined ? [] : [database.dialect.not(and(hasKey(mapping, mainAlias, self)))]),
  ]
  const from = sql`FROM ${table(tableOf(mapping), mainAlias)}${where(others)}`
  const found = yield* read(
    database,
    inside.length === 0
      ? sql`SELECT 1 ${from}${database.dialect.limit(1, undefined, false)}`
      : sql`SELECT CASE WHEN ${and(inside)} THEN 1 ELSE 0 END ${from} ORDER BY 1 DESC${database.dialect.limit(1, undefined, true)}`,
    { note: `unique ${attribute}` },
  )
  const [hit] = found
  if (hit === undefined) return
  if (Number(hit[0]) === 1)
    throw new BridgeError('conflict', `another ${mapping.type.name} has this ${attribute} already`)
  throw new BridgeError(
    'conflictOutOfScope',
    `this ${attribute} is held by a record of the application that is not offered here`,
  )
}

function* findTargets(
  database: Database,
  reference: Reference,
  ids: readonly ScimId[],
  circumstances: Circumstances,
): Steps<ReadonlyMap<string, readonly Target[]>> {
  const found = new Map<string, readonly Target[]>()
  let open: readonly ScimId[] = [...new Set(ids)]
  // an id with a prefix is looked for under that prefix first
  const types = reference.to.map((type) => mappingOf(database, type))
  for (const target of types.toSorted((a, b) => b.id.prefix.length - a.id.prefix.length)) {
    const possible = open.filter((id) => keyFrom(database, target, id) !== undefined)
    const here = new Map<ScimId, Target>()
    if (possible.length > 0) {
      const by = reference.place.kind === 'field' ? reference.place.by : undefined
      const wanted = [...target.id.fields, ...keyOfTable(target), by ?? keyOfTable(target)[0] ?? '']
      const distinct = [...new Set(wanted)]
      const shown = list(columns(mainAlias, distinct))
      const held = database.dialect.lockRows(mainAlias, 'share')
      const hint = database.dialect.lockHint?.('share') ?? sql``
      const conditions = [hasId(database, target, mainAlias, possible), ...scopeOf(database, target, mainAlias)]
      const rows = yield* read(
        database,
        sql`SELECT ${shown} FROM ${table(tableOf(target), mainAlias)}${hint}${where(conditions)}${held}`,
        { note: `${reference.key}: targets`, rows: possible.map((id) => assumedRow(database, target, id, distinct)) },
      )
      for (const [i, row] of rows.entries()) {
        const assumed = circumstances.assumed === undefined ? undefined : possible[i]
        const one = targetOf(target, wanted, distinct, row, assumed)
        here.set(one.id, one)
      }
    }
    const named = possible.flatMap((id) => here.get(id) ?? [])
    if (named.length > 0) found.set(target.type.name, named)
    open = open.filter((id) => !here.has(id))
  }
  if (open.length > 0 && reference.onUnknown === 'refuse' && circumstances.assumed === undefined) {
    const more = open.length > 3 ? ` and ${open.length - 3} more` : ''
    const shown = open.slice(0, 3).map((id) => JSON.stringify(scimId(id.slice(0, 100))))
    throw new BridgeError('invalidValue', `${reference.of.name}: no such resource: ${shown.join(', ')}${more}`)
  }
  return found
}

const targetOf = (
  target: ResourceMapping,
  wanted: readonly string[],
  columns: readonly string[],
  row: Row,
  id: ScimId | undefined,
): Target => {
  const values = wanted.map((name) => row[columns.indexOf(name)] ?? null)
  const width = target.id.fields.length
  return {
    id: id ?? idFrom(target, values.slice(0, width) as readonly NativeScalar[]),
    key: values.slice(width, -1),
    by: values.at(-1) ?? null,
  }
}

/** What explain goes on with: an id tells its own columns. */
function assumedRow(database: Database, target: ResourceMapping, id: ScimId, columns: readonly string[]): Row {
  const known = keyFrom(database, target, id) ?? []
  return columns.map((name) => known[target.id.fields.indexOf(name)] ?? { unknown: `${tableOf(target)}.${name}` })
}

type LookupSlot = Slot & { readonly at: Extract<Slot['at'], { readonly kind: 'lookup' }> }
const isLookup = (slot: Slot): slot is LookupSlot => slot.at.kind === 'lookup'

/** Every text that a write puts behind a foreign key, each once. */
export function lookups(
  mapping: ResourceMapping,
  write: WriteSet,
): readonly { readonly slot: LookupSlot; readonly text: NativeScalar }[] {
  const all = new Map<string, { readonly slot: LookupSlot; readonly text: NativeScalar }>()
  const add = (slot: Slot, text: NativeScalar | undefined): void => {
    if (isLookup(slot) && text !== null && text !== undefined)
      all.set(JSON.stringify([slot.at.lookup.table, slot.at.lookup.text, String(text)]), { slot, text })
  }
  for (const { slot, value } of write.fields)
    add(slot, Array.isArray(value) ? (value as readonly NativeScalar[])[0] : (value as NativeScalar))
  for (const delta of write.rows)
    for (const row of [...delta.add, ...delta.change.map((one) => one.to)])
      for (const slot of rowSlots(mapping, delta.rows))
        if (Object.hasOwn(row.fields, slot.key)) add(slot, row.fields[slot.key])
  return [...all.values()]
}

function* checkLookup(database: Database, mapping: ResourceMapping, slot: LookupSlot, text: NativeScalar): Steps<void> {
  const { lookup } = slot.at
  if (lookup.onMissing !== 'refuse') return
  const rows = yield* read(
    database,
    sql`SELECT 1 FROM ${table(lookup.table, 'l')} WHERE ${sameText(database, lookup, text)}${database.dialect.limit(1, undefined, false)}`,
    { note: `lookup ${nameOf(mapping, slot)}`, rows: [[1]] },
  )
  if (rows.length === 0)
    throw new BridgeError('invalidValue', `${nameOf(mapping, slot)}: the application does not know this value`)
}
