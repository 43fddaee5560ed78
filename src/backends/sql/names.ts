import { sql } from 'kysely'
import { scimId } from '../../base/brand.ts'
import type { ScimId } from '../../base/brand.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { Predicate } from '../../mapping/predicate.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import type { NativeScalar } from '../../mapping/slot.ts'
import { ambiguous, asIds, idsByName, isShown, noteOfWay } from '../../plan/names.ts'
import type { IdOf, Name, Way } from '../../plan/plan.ts'
import type { Database } from './database.ts'
import { mappingOf, tableOf } from './database.ts'
import { columns, list, table, where } from './expression.ts'
import { idFrom } from './identity.ts'
import { lowerPredicate, scopeOf } from './predicate.ts'
import type { Circumstances, Steps } from './program.ts'
import { mainAlias } from './selection.ts'
import { read } from './statement.ts'
import type { Known } from './targets.ts'
import { assumedTarget, findTargets } from './targets.ts'

export interface Named {
  readonly idOf: IdOf
  /** Held until the end of the transaction. */
  readonly known: readonly Known[]
}

/** Finds out whom a write means, in the order that the mapping gives; who is held already under an id is not asked for. */
export function* whoIsNamed(
  database: Database,
  names: readonly Name[] | undefined,
  held: NativeRecord | undefined,
  circumstances: Circumstances,
): Steps<Named> {
  if (names === undefined || names.length === 0) return { idOf: asIds, known: [] }
  const ids = new Map<Name, ScimId | undefined>()
  const known: Known[] = []
  for (const name of names) {
    const found = isShown(name, held) ? scimId(name.value) : yield* oneNamed(database, name, circumstances)
    ids.set(name, typeof found === 'object' ? found.id : found)
    if (typeof found === 'object') known.push(found)
  }
  return { idOf: circumstances.assumed === undefined ? idsByName(ids) : asIds, known }
}

function* oneNamed(database: Database, name: Name, circumstances: Circumstances): Steps<Known | undefined> {
  if (circumstances.assumed !== undefined) return yield* everyWay(database, name, circumstances)
  const { reference, value, ways } = name
  for (const [i, way] of ways.entries()) {
    const id = way.by === 'id' ? scimId(value) : only(name, way, yield* idsBy(database, name, i))
    if (id === undefined) continue
    const note = way.by === 'id' ? noteOfWay(name, i) : foundBy(way)
    const found = yield* findTargets(database, reference, [id], note, circumstances)
    // whoever cannot be pointed at is waited for, as nobody is
    for (const [type, of] of found)
      for (const target of of)
        if (target.by !== null || reference.aside === undefined) return { ...target, of: reference.key, type }
  }
  return undefined
}

/** Explain says every way, since nobody knows which of them finds somebody, and goes on with the first. */
function* everyWay(database: Database, name: Name, circumstances: Circumstances): Steps<Known | undefined> {
  const { reference, value, ways } = name
  const id = scimId(value)
  const all: Known[] = []
  for (const [i, way] of ways.entries()) {
    if (way.by !== 'id') yield* idsBy(database, name, i)
    else
      for (const [type, of] of yield* findTargets(database, reference, [id], noteOfWay(name, i), circumstances))
        all.push(...of.map((target) => ({ ...target, of: reference.key, type })))
  }
  const type = ways.find((way) => way.by !== 'id' && way.of.length > 0)?.of[0]?.type
  if (type !== undefined) {
    const note = 'who was found by an attribute'
    const one = yield* assumedTarget(database, reference, mappingOf(database, type), id, note)
    all.push({ ...one, of: reference.key, type })
  }
  return all[0]
}

const foundBy = ({ by }: Way): string => `who was found by ${by}`

function only(name: Name, way: Way, ids: readonly ScimId[]): ScimId | undefined {
  const [first, ...others] = new Set(ids)
  if (others.length > 0) throw ambiguous(name, way)
  return first
}

/** Whoever an attribute names, two of them at most. They are locked by their ids then, as any other target is. */
function* idsBy(database: Database, name: Name, i: number): Steps<readonly ScimId[]> {
  const ids: ScimId[] = []
  for (const { type, where: predicate } of name.ways[i]?.of ?? [])
    ids.push(
      ...(yield* selected(
        database,
        mappingOf(database, type),
        predicate,
        `${name.reference.key}: ${noteOfWay(name, i)}`,
      )),
    )
  return ids
}

function* selected(
  database: Database,
  target: ResourceMapping,
  predicate: Predicate,
  note: string,
): Steps<readonly ScimId[]> {
  const site = { kind: 'record', mapping: target, alias: mainAlias } as const
  const { fields } = target.id
  const conditions = [lowerPredicate(database, site, predicate), ...scopeOf(database, target, mainAlias)]
  const rows = yield* read(
    database,
    sql`SELECT ${list(columns(mainAlias, fields))} FROM ${table(tableOf(target), mainAlias)}${where(conditions)}${database.dialect.limit(2, undefined, false)}`,
    { note },
  )
  return rows.map((row) => idFrom(target, row as readonly NativeScalar[]))
}
