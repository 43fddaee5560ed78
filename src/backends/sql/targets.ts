import { sql } from 'kysely'
import { scimId } from '../../base/brand.ts'
import type { ScimId } from '../../base/brand.ts'
import { BridgeError } from '../../base/errors.ts'
import type { Reference, ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeScalar } from '../../mapping/slot.ts'
import type { LinkDelta } from '../../plan/plan.ts'
import type { Database } from './database.ts'
import { keyOfTable, mappingOf, tableOf } from './database.ts'
import type { Expression, Param } from './expression.ts'
import { and, bind, columns, equal, list, table, where } from './expression.ts'
import { hasId, idFrom, keyFrom } from './identity.ts'
import { scopeOf } from './predicate.ts'
import type { Circumstances, Row, Steps } from './program.ts'
import { mainAlias } from './selection.ts'
import { read } from './statement.ts'

/** A record that a delta adds: the values of its key, and of the column by which the reference knows it. */
export interface Target {
  readonly id: ScimId
  readonly key: Row
  readonly by: Param
}

/** A target that was found before its delta was decided upon. */
export interface Known extends Target {
  /** The key of its reference. */
  readonly of: string
  readonly type: string
}

/** The targets that a delta adds, by the type in which they were found. */
export type Targets = ReadonlyMap<LinkDelta, ReadonlyMap<string, readonly Target[]>>

/** The records that a delta adds; those that are known already are not asked for again. */
export function* targetsOf(
  database: Database,
  reference: Reference,
  ids: readonly ScimId[],
  known: readonly Known[],
  circumstances: Circumstances,
): Steps<ReadonlyMap<string, readonly Target[]>> {
  const mine = known.filter((one) => one.of === reference.key && ids.includes(one.id))
  const rest = ids.filter((id) => !mine.some((one) => one.id === id))
  const found = new Map(yield* findTargets(database, reference, rest, 'targets', circumstances))
  for (const one of mine) found.set(one.type, [...(found.get(one.type) ?? []), one])
  refuseUnknown(reference, rest, found, circumstances)
  return reachable(reference, found)
}

/** Who has nothing in the column by which the reference knows its targets cannot be pointed at: NULL would say nobody. */
function reachable(
  { of, onUnknown }: Reference,
  found: ReadonlyMap<string, readonly Target[]>,
): ReadonlyMap<string, readonly Target[]> {
  const lost = [...found.values()].flat().find(({ by }) => by === null)
  if (lost === undefined) return found
  if (onUnknown === 'refuse')
    throw new BridgeError('invalidValue', `${of.name}: nothing is held of ${JSON.stringify(lost.id)} to point at it by`)
  return new Map([...found].map(([type, targets]) => [type, targets.filter(({ by }) => by !== null)]))
}

/** Targets by their ids, under a lock that keeps them there. */
export function* findTargets(
  database: Database,
  reference: Reference,
  ids: readonly ScimId[],
  note: string,
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
      const { wanted, distinct } = columnsOf(reference, target)
      const rows = yield* read(
        database,
        selecting(database, target, distinct, hasId(database, target, mainAlias, possible)),
        { note: `${reference.key}: ${note}`, rows: possible.map((id) => assumedRow(database, target, id, distinct)) },
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
  return found
}

/** What is read of a target: its id, its key and what the reference holds. */
function columnsOf({ place }: Reference, target: ResourceMapping) {
  const by = place.kind === 'field' ? place.by : undefined
  const wanted = [...target.id.fields, ...keyOfTable(target), by ?? keyOfTable(target)[0] ?? '']
  return { wanted, distinct: [...new Set(wanted)] }
}

function selecting(
  database: Database,
  target: ResourceMapping,
  shown: readonly string[],
  condition: Expression,
): Expression {
  const held = database.dialect.lockRows(mainAlias, 'share')
  const hint = database.dialect.lockHint?.('share') ?? sql``
  const conditions = [condition, ...scopeOf(database, target, mainAlias)]
  return sql`SELECT ${list(columns(mainAlias, shown))} FROM ${table(tableOf(target), mainAlias)}${hint}${where(conditions)}${held}`
}

/** For explain: the target that a statement before this one has found. */
export function* assumedTarget(
  database: Database,
  reference: Reference,
  target: ResourceMapping,
  id: ScimId,
  note: string,
): Steps<Target> {
  const { wanted, distinct } = columnsOf(reference, target)
  const unknown = (name: string) => ({ unknown: `${tableOf(target)}.${name}` })
  const condition = and(equal(columns(mainAlias, target.id.fields), target.id.fields.map(unknown).map(bind)))
  const row = distinct.map(unknown)
  yield* read(database, selecting(database, target, distinct, condition), { note: `${reference.key}: ${note}` })
  return targetOf(target, wanted, distinct, row, id)
}

function refuseUnknown(
  reference: Reference,
  ids: readonly ScimId[],
  found: ReadonlyMap<string, readonly Target[]>,
  circumstances: Circumstances,
): void {
  if (reference.onUnknown !== 'refuse' || circumstances.assumed !== undefined) return
  const met = new Set([...found.values()].flatMap((of) => of.map(({ id }) => id)))
  const open = [...new Set(ids)].filter((id) => !met.has(id))
  if (open.length === 0) return
  const more = open.length > 3 ? ` and ${open.length - 3} more` : ''
  const shown = open.slice(0, 3).map((id) => JSON.stringify(scimId(id.slice(0, 100))))
  throw new BridgeError('invalidValue', `${reference.of.name}: no such resource: ${shown.join(', ')}${more}`)
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
