import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { BridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeScalar, Slot } from '../../mapping/slot.ts'
import type { Decision, LinkDelta, UniqueCheck, WriteSet } from '../../plan/plan.ts'
import type { Database } from './database.ts'
import { tableOf } from './database.ts'
import { and, table, where } from './expression.ts'
import { rowSlots } from './leaves.ts'
import { complete, hasKey, lowerPredicate, notHidden, whereOf } from './predicate.ts'
import type { Circumstances, Row, Steps } from './program.ts'
import { mainAlias } from './selection.ts'
import { lockName, read } from './statement.ts'
import type { Known, Target, Targets } from './targets.ts'
import { targetsOf } from './targets.ts'
import { nameOf, sameText } from './values.ts'

/** Everything that must hold before the first write. */
export function* check(
  database: Database,
  mapping: ResourceMapping,
  decision: Decision,
  self: Row | undefined,
  known: readonly Known[],
  circumstances: Circumstances,
): Steps<Targets> {
  for (const name of names(mapping, decision)) yield* lockName(database, name, 'one at a time')
  for (const one of decision.unique) yield* checkUnique(database, mapping, one, self)
  const targets = new Map<LinkDelta, ReadonlyMap<string, readonly Target[]>>()
  for (const delta of decision.write.links)
    targets.set(delta, yield* targetsOf(database, delta.reference, delta.add, known, circumstances))
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
