import { sql } from 'kysely'
import { scimId } from '../../base/brand.ts'
import type { ScimId } from '../../base/brand.ts'
import { BridgeError } from '../../base/errors.ts'
import type { Reference, ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeScalar, Slot } from '../../mapping/slot.ts'
import type { Decision, LinkDelta, UniqueCheck, WriteSet } from '../../plan/plan.ts'
import type { Database } from './database.ts'
import { mappingOf, tableOf } from './database.ts'
import { and, bind, column, columns, list, table, where } from './expression.ts'
import { hasId, idFrom, keyFrom } from './identity.ts'
import { rowSlots } from './leaves.ts'
import { complete, hasKey, lowerPredicate, notHidden, scopeOf, whereOf } from './predicate.ts'
import type { Circumstances, Row, Steps } from './program.ts'
import { mainAlias } from './selection.ts'
import { read } from './statement.ts'
import { nameOf } from './values.ts'

/** Ids of the targets that a delta adds, by the type in which they were found. */
export type Targets = ReadonlyMap<LinkDelta, ReadonlyMap<string, readonly ScimId[]>>

/** Everything that must hold before the first write. */
export function* check(
  database: Database,
  mapping: ResourceMapping,
  decision: Decision,
  self: Row | undefined,
  circumstances: Circumstances,
): Steps<Targets> {
  for (const one of decision.unique) yield* checkUnique(database, mapping, one, self)
  const targets = new Map<LinkDelta, ReadonlyMap<string, readonly ScimId[]>>()
  for (const delta of decision.write.links)
    targets.set(delta, yield* findTargets(database, delta.reference, delta.add, circumstances))
  for (const { slot, text } of lookups(mapping, decision.write)) yield* checkLookup(database, mapping, slot, text)
  return targets
}

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
      ? sql`SELECT 1 ${from} LIMIT 1`
      : sql`SELECT CASE WHEN ${and(inside)} THEN 1 ELSE 0 END ${from} ORDER BY 1 DESC LIMIT 1`,
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
): Steps<ReadonlyMap<string, readonly ScimId[]>> {
  const found = new Map<string, readonly ScimId[]>()
  let open: readonly ScimId[] = [...new Set(ids)]
  // an id with a prefix is looked for under that prefix first
  const types = reference.to.map((type) => mappingOf(database, type))
  for (const target of types.toSorted((a, b) => b.id.prefix.length - a.id.prefix.length)) {
    const possible = open.filter((id) => keyFrom(database, target, id) !== undefined)
    const here = new Set<string>()
    if (possible.length > 0) {
      const shown = list(columns(mainAlias, target.id.fields))
      const conditions = [hasId(database, target, mainAlias, possible), ...scopeOf(database, target, mainAlias)]
      const rows = yield* read(
        database,
        sql`SELECT ${shown} FROM ${table(tableOf(target), mainAlias)}${where(conditions)}`,
        { note: `${reference.key}: targets`, rows: possible.map((id) => keyFrom(database, target, id) ?? []) },
      )
      for (const row of rows) here.add(idFrom(target, row as readonly NativeScalar[]))
    }
    const named = possible.filter((id) => here.has(id))
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
    sql`SELECT 1 FROM ${table(lookup.table, 'l')} WHERE ${column('l', lookup.text)} = ${bind(text)} LIMIT 1`,
    { note: `lookup ${nameOf(mapping, slot)}`, rows: [[1]] },
  )
  if (rows.length === 0)
    throw new BridgeError('invalidValue', `${nameOf(mapping, slot)}: the application does not know this value`)
}
