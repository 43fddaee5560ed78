import { sql } from 'kysely'
import type { ScimId } from '../../base/brand.ts'
import { never } from '../../base/errors.ts'
import type { Reference, ResourceMapping } from '../../mapping/catalog.ts'
import type { LinkDelta } from '../../plan/plan.ts'
import type { Target, Targets } from './targets.ts'
import { apart } from './apart.ts'
import type { Database } from './database.ts'
import { keyOfTable, mappingOf, tableOf } from './database.ts'
import { fieldOf } from './ends.ts'
import type { Expression } from './expression.ts'
import { bind, column, columns, equal, table, where } from './expression.ts'
import { hasId } from './identity.ts'
import { scopeOf, whereOf } from './predicate.ts'
import type { Circumstances, Row, Steps } from './program.ts'
import { allRows } from './join.ts'
import { leaveJoin } from './leave.ts'
import { writeThrough } from './through.ts'
import { write } from './statement.ts'
import { update } from './update.ts'
import { refuseLeaving } from './stay.ts'

/** The values of the columns that hold a single reference, for the INSERT of its owner. */
export function fieldLinks(
  owner: ResourceMapping,
  deltas: readonly LinkDelta[],
  targets: Targets,
): readonly { readonly table: string; readonly column: string; readonly value: Expression }[] {
  return deltas.flatMap((delta) => {
    const place = delta.reference.place
    if (place.kind !== 'field') return []
    const value = held(delta, targets)
    return value === undefined ? [] : [{ ...fieldOf(owner, place.slot), value }]
  })
}

/** What the column of a single reference will hold. */
function held(delta: LinkDelta, targets: Targets): Expression | undefined {
  for (const found of targets.get(delta)?.values() ?? []) for (const { by } of found) return bind(by)
  return undefined
}

/** Applies one delta of an existing record; tells whether anything was different. */
export function* writeLinks(
  database: Database,
  owner: ResourceMapping,
  key: Row,
  delta: LinkDelta,
  targets: Targets,
  isNew: boolean,
  circumstances: Circumstances,
): Steps<boolean> {
  const place = delta.reference.place
  switch (place.kind) {
    case 'through':
      return yield* writeThrough(database, owner, place, key, delta, targets, isNew, circumstances)
    case 'field':
      return isNew ? false : yield* writeField(database, owner, key, delta, targets)
    case 'onTarget':
      return yield* writeOnTarget(database, place.field, key, delta, targets, isNew)
    case 'reverse':
      return false
    default:
      return never(place)
  }
}

const idsOf = (found: readonly Target[] | undefined): readonly ScimId[] => (found ?? []).map(({ id }) => id)

const note = (reference: Reference) => ({ note: reference.key })

function* writeField(
  database: Database,
  owner: ResourceMapping,
  key: Row,
  delta: LinkDelta,
  targets: Targets,
): Steps<boolean> {
  const place = delta.reference.place
  if (place.kind !== 'field') return false
  const field = fieldOf(owner, place.slot)
  const at = column('m', field.column)
  const own = equal(columns('m', field.key), key.map(bind))
  const set = (value: Expression, conditions: readonly Expression[]) =>
    write(
      database,
      update(database, field.table, 'm', sql`${sql.id(field.column)} = ${value}`, [...own, ...conditions]),
      note(delta.reference),
    )
  const value = held(delta, targets)
  if (value !== undefined)
    return (yield* set(value, [database.dialect.not(database.dialect.same(at, value))])).changes > 0
  if (delta.only) return (yield* set(bind(null), [sql`${at} IS NOT NULL`])).changes > 0
  let changed = false
  for (const type of delta.reference.to) {
    const target = mappingOf(database, type)
    if (delta.remove.length === 0) continue
    const conditions = [hasId(database, target, 't', delta.remove), ...scopeOf(database, target, 't')]
    const found = sql`SELECT ${column('t', place.by ?? keyOfTable(target)[0] ?? '')} FROM ${table(tableOf(target), 't')}${where(conditions)}`
    const named = apart(database, found, field.table, tableOf(target))
    if ((yield* set(bind(null), [sql`${at} IN (${named})`])).changes > 0) changed = true
  }
  return changed
}

function* writeOnTarget(
  database: Database,
  field: string,
  key: Row,
  delta: LinkDelta,
  targets: Targets,
  isNew: boolean,
): Steps<boolean> {
  let changed = false
  const owner = bind(key[0] ?? null)
  const at = column('t', field)
  for (const type of delta.reference.to) {
    const target = mappingOf(database, type)
    const scope = scopeOf(database, target, 't')
    const added = idsOf(targets.get(delta)?.get(type))
    const set = (value: Expression, conditions: readonly Expression[]) =>
      write(
        database,
        update(database, tableOf(target), 't', sql`${sql.id(field)} = ${value}`, [...conditions, ...scope]),
        note(delta.reference),
      )
    if (!isNew && (delta.only || delta.remove.length > 0)) {
      const named = delta.only
        ? added.length === 0
          ? []
          : [database.dialect.not(hasId(database, target, 't', added))]
        : [hasId(database, target, 't', delta.remove)]
      yield* refuseLeaving(database, delta.reference, target, [sql`${at} = ${owner}`, ...named, ...scope])
      if ((yield* set(bind(null), [sql`${at} = ${owner}`, ...named])).changes > 0) changed = true
    }
    if (added.length === 0) continue
    const elsewhere = database.dialect.not(database.dialect.same(at, owner))
    const moving = [hasId(database, target, 't', added), sql`${at} IS NOT NULL`, elsewhere, ...scope]
    yield* refuseLeaving(database, delta.reference, target, moving)
    if ((yield* set(owner, [hasId(database, target, 't', added), elsewhere])).changes > 0) changed = true
  }
  return changed
}

/** Whatever points at a record goes before the record does, so that nobody inherits it. */
export function* dropInbound(database: Database, mapping: ResourceMapping, key: Row): Steps<void> {
  for (const { from, reference } of mapping.inbound) {
    const place = reference.place
    if (place.kind === 'through') {
      const to = place.to[mapping.type.name]
      if (to === undefined) continue
      const pointing = [...equal(columns('j', to), key.map(bind)), ...allRows(place)]
      yield* write(
        database,
        sql`${database.dialect.delete(table(place.table, 'j'), 'j')}${where(pointing)}`,
        note(reference),
      )
    } else if (place.kind === 'field') {
      const owner = mappingOf(database, from)
      const field = fieldOf(owner, place.slot)
      const own = equal(columns('x', keyOfTable(mapping)), key.map(bind))
      const pointed = sql`SELECT ${column('x', place.by ?? '')} FROM ${table(tableOf(mapping), 'x')}${where(own)}`
      const value =
        place.by === undefined
          ? bind(key[0] ?? null)
          : sql`(${apart(database, pointed, field.table, tableOf(mapping))})`
      const inside = field.table === tableOf(owner) ? whereOf(owner, 'm') : []
      yield* write(
        database,
        update(database, field.table, 'm', sql`${sql.id(field.column)} = NULL`, [
          sql`${column('m', field.column)} = ${value}`,
          ...inside,
        ]),
        note(reference),
      )
    }
  }
}

/** A record that is marked as deleted is taken out of what points at it, as if a client had removed it everywhere. */
export function* leaveAll(
  database: Database,
  mapping: ResourceMapping,
  key: Row,
  circumstances: Circumstances,
): Steps<void> {
  for (const { from, reference } of mapping.inbound) {
    const { place } = reference
    if (place.kind === 'through')
      yield* leaveJoin(database, mappingOf(database, from), reference, place, mapping, key, circumstances)
    if (place.kind === 'onTarget')
      yield* write(
        database,
        update(
          database,
          tableOf(mapping),
          'm',
          sql`${sql.id(place.field)} = NULL`,
          equal(columns('m', keyOfTable(mapping)), key.map(bind)),
        ),
        note(reference),
      )
  }
  yield* dropInbound(
    database,
    { ...mapping, inbound: mapping.inbound.filter(({ reference }) => reference.place.kind === 'field') },
    key,
  )
}

/** The references that the record itself holds outside its own row. */
export function* dropOutbound(database: Database, mapping: ResourceMapping, key: Row): Steps<void> {
  for (const attribute of mapping.attributes) {
    if (attribute.kind !== 'reference') continue
    const { reference } = attribute
    const place = reference.place
    if (place.kind === 'through') {
      const own = [...equal(columns('j', place.from), key.map(bind)), ...allRows(place)]
      yield* write(
        database,
        sql`${database.dialect.delete(table(place.table, 'j'), 'j')}${where(own)}`,
        note(reference),
      )
    } else if (place.kind === 'onTarget') {
      for (const type of reference.to) {
        const target = mappingOf(database, type)
        const pointing = [sql`${column('t', place.field)} = ${bind(key[0] ?? null)}`, ...whereOf(target, 't')]
        yield* write(
          database,
          update(database, tableOf(target), 't', sql`${sql.id(place.field)} = NULL`, pointing),
          note(reference),
        )
      }
    }
  }
}
