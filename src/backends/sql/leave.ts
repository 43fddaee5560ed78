import { sql } from 'kysely'
import { BridgeError } from '../../base/errors.ts'
import type { Reference, ResourceMapping } from '../../mapping/catalog.ts'
import type { LinkDelta } from '../../plan/plan.ts'
import type { Target } from './targets.ts'
import { operand } from './column.ts'
import type { Database } from './database.ts'
import { keyOfTable, tableOf } from './database.ts'
import type { Expression } from './expression.ts'
import { and, bind, columns, equal, exists, isUnknown, list, table, where } from './expression.ts'
import { hasId, isExact, keyOfId } from './identity.ts'
import type { Join, Through } from './join.ts'
import { assignments, keysOf, seen } from './join.ts'
import { keysTable } from './keys-table.ts'
import { scopeOf } from './predicate.ts'
import type { Circumstances, Row, Steps } from './program.ts'
import { rowIn } from './row-in.ts'
import { within } from './scope.ts'
import { read, write } from './statement.ts'
import { refuseLeaving } from './stay.ts'
import { update } from './update.ts'

/** Takes out who is named, or all but those who are added. */
export function* leave(join: Join, delta: LinkDelta, added: readonly Target[]): Steps<boolean> {
  const { database, place, target, to, reference } = join
  const { dialect } = database
  const scope = scopeOf(database, target, 't')
  const ids = added.map(({ id }) => id)
  // rows that point outside the target's scope are not this client's to remove
  const named = delta.only
    ? ids.length === 0
      ? []
      : [dialect.not(hasId(database, target, 't', ids))]
    : [hasId(database, target, 't', delta.remove)]
  const plain = scope.length === 0 ? byKey(join, delta, added) : undefined
  const leaving = [
    ...seen(join),
    plain ?? rowIn(database, columns('j', to), yield* chosen(join, [...named, ...scope], delta.only)),
  ]
  yield* refuseForeign(join, leaving)
  const isHere = exists(table(place.table, 'j'), [
    ...seen(join),
    ...equal(columns('j', to), columns('t', keyOfTable(target))),
  ])
  yield* refuseLeaving(database, reference, target, [...named, ...scope, isHere])
  const gone = yield* write(
    database,
    place.onRemove === undefined
      ? sql`${dialect.delete(table(place.table, 'j'), 'j')}${where(leaving)}`
      : update(database, place.table, 'j', assignments(join, place.onRemove.set), leaving),
    { note: reference.key },
  )
  return gone.changes > 0
}

/**
 * The same without a look at the targets, where their ids tell their keys: a trigger of the join table may write the
 * targets, and MySQL lets no statement read a table that its own triggers write.
 */
function byKey(join: Join, delta: LinkDelta, added: readonly Target[]): Expression | undefined {
  const { database, target, to } = join
  const keys = delta.only ? added.map((one) => one.key) : delta.remove.map((id) => keyOfId(database, target, id))
  if (keys.some((key) => key.some(isUnknown))) return undefined
  const far = columns('j', to)
  const known = keys.length === 0 ? undefined : isOneOf(database, target, far, keys)
  if (!delta.only) return known === undefined ? undefined : exactly(join, keys, known)
  // another type may have columns of its own in the same rows
  const isSet = far.map((one) => sql`${one} IS NOT NULL`)
  return and(known === undefined ? isSet : [...isSet, database.dialect.not(known)])
}

function isOneOf(
  database: Database,
  target: ResourceMapping,
  far: readonly Expression[],
  keys: readonly Row[],
): Expression {
  const [only] = keys
  if (only !== undefined && keys.length === 1) return and(equal(far, only.map(bind)))
  return rowIn(database, far, keysOf(database, target, keys))
}

/** A client's ids name keys by their code points, whatever the collation of the join table takes for the same. */
function exactly({ database, target, to }: Join, keys: readonly Row[], known: Expression): Expression | undefined {
  const names = keyOfTable(target)
  const live = names.map((name) => database.columnOf(tableOf(target), name))
  if (
    live.every((one, i) =>
      isExact(
        one,
        keys.map((key) => key[i] ?? null),
      ),
    )
  )
    return known
  // text of a type that is not known here may be no value of it
  if (live.some((one) => one?.type === 'unknown' || one?.type === 'json')) return undefined
  const far = columns('j', to)
  const [only] = keys
  if (only !== undefined && keys.length === 1)
    return and(
      far.map((at, i) =>
        live[i]?.type === 'text'
          ? database.dialect.equalText(operand(at, live[i]), [String(only[i])], false)
          : sql`${at} = ${bind(only[i] ?? null)}`,
      ),
    )
  const form = (at: Expression, i: number): Expression =>
    live[i]?.type === 'text' ? database.dialect.form(operand(at, live[i]), false) : at
  const { values: held, from } = keysTable(database, keys, tableOf(target), names, 'k')
  return and([known, rowIn(database, far.map(form), sql`SELECT ${list(held.map(form))} FROM ${from}`)])
}

/**
 * The keys of the targets that fit. Where no statement may read what its triggers write they are read before: of those
 * who are named, the targets; of all but those who are named, the members, and only if there is such a trigger.
 */
function* chosen(join: Join, fitting: readonly Expression[], all: boolean): Steps<Expression> {
  const { database, place, target, to, reference } = join
  const key = columns('t', keyOfTable(target))
  const far = table(tableOf(target), 't')
  if (database.dialect.readsBefore !== true || (all && !database.isTriggered(place.table)))
    return sql`SELECT ${list(key)} FROM ${far}${where(fitting)}`
  const from = all ? list([table(place.table, 'j'), far]) : far
  const member = all ? [...seen(join), ...equal(columns('j', to), key)] : []
  const found = yield* read(database, sql`SELECT ${list(key)} FROM ${from}${where([...member, ...fitting])}`, {
    note: `${reference.key}: targets`,
    rows: [to.map(() => ({ unknown: 'key of a target' }))],
  })
  return keysOf(database, target, found)
}

/** Takes a record out of every owner at once; what another part of the application keeps stays. */
export function* leaveJoin(
  database: Database,
  owner: ResourceMapping,
  reference: Reference,
  place: Through,
  target: ResourceMapping,
  key: Row,
  circumstances: Circumstances,
): Steps<void> {
  const to = place.to[target.type.name]
  if (to === undefined) return
  const pointing = [...equal(columns('j', to), key.map(bind)), ...within('j', place.where), ...within('j', place.own)]
  const set = place.onRemove?.set
  yield* write(
    database,
    set === undefined
      ? sql`${database.dialect.delete(table(place.table, 'j'), 'j')}${where(pointing)}`
      : update(database, place.table, 'j', assignments({ owner, circumstances }, set), pointing),
    { note: reference.key },
  )
}

/** A row that another part of the application keeps is not removed, and the rest of the request not done without it. */
function* refuseForeign({ database, place, reference }: Join, leaving: readonly Expression[]): Steps<void> {
  if (place.own.where.length === 0) return
  const foreign = database.dialect.not(and(within('j', place.own)))
  const found = yield* read(
    database,
    sql`SELECT 1 FROM ${table(place.table, 'j')}${where([...leaving, foreign])}${database.dialect.limit(1, undefined, false)}`,
    { note: `${reference.key}: kept by others` },
  )
  if (found.length > 0)
    throw new BridgeError(
      'conflict',
      `${reference.of.name}: one of these is kept by another part of the application, which alone can remove it`,
    )
}
