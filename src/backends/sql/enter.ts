import { sql } from 'kysely'
import type { Assignment } from '../../mapping/catalog.ts'
import type { Target } from './targets.ts'
import type { Database } from './database.ts'
import type { Expression } from './expression.ts'
import { bind, columns, equal, exists, list, table, where } from './expression.ts'
import type { Join } from './join.ts'
import { assignments, fieldOf, keysOf, seen, values } from './join.ts'
import { keysTable } from './keys-table.ts'
import type { Row, Steps } from './program.ts'
import { rowIn } from './row-in.ts'
import { within } from './scope.ts'
import { write } from './statement.ts'
import { update } from './update.ts'

/** Puts in who is named and not there yet. */
export function* enter(join: Join, added: readonly Target[], isNew: boolean): Steps<boolean> {
  const { place } = join
  const back = place.onRemove?.revive === true && !isNew ? yield* revive(join, added) : false
  const made = yield* insert(join, added, isNew)
  return back || made
}

const isGenerated = ({ value }: Assignment): boolean => value.kind === 'generate'
const constants = ({ place }: Join) => Object.entries({ ...place.own.create, ...place.where.create })

/**
 * Rows of keys. One, which is what clients send most, is said plainly: of a table of keys a server believes that it is
 * long.
 */
function rowsOf(
  database: Database,
  table: string,
  names: readonly string[],
  keys: readonly Row[],
): { readonly from: Expression; readonly values: readonly Expression[] } {
  const [only] = keys
  if (only !== undefined && keys.length === 1) return { from: database.dialect.fromNothing, values: only.map(bind) }
  const { values: columns, from } = keysTable(database, keys, table, names, 'k')
  return { from: sql` FROM ${from}`, values: columns }
}

/** Rows that were removed become as a new one would be, save the key of their own. */
function* revive(join: Join, added: readonly Target[]): Steps<boolean> {
  const { database, place, target, to, key, reference } = join
  const fresh = place.set.filter((one) => !isGenerated(one))
  const fixed = constants(join).map(([name, value]) => sql`${sql.id(name)} = ${bind(value)}`)
  const set = [...fixed, ...(fresh.length === 0 ? [] : [assignments(join, fresh)])]
  // the targets have been read and are held
  const named = keysOf(
    database,
    target,
    added.map((one) => one.key),
  )
  const removed = [
    ...equal(columns('j', place.from), key.map(bind)),
    ...within('j', { where: place.onRemove?.marks ?? [], create: {} }),
    rowIn(database, columns('j', to), named),
  ]
  const back = yield* write(database, update(database, place.table, 'j', list(set), removed), { note: reference.key })
  return back.changes > 0
}

function* insert(join: Join, added: readonly Target[], isNew: boolean): Steps<boolean> {
  const { database, place, to, key, reference, circumstances } = join
  const generated = place.set.filter(isGenerated)
  const rest = place.set.filter((one) => !isGenerated(one))
  const fixed = constants(join)
  // the targets have been read and are held: their keys, and beside each what is generated for its row
  const made = generated.map(fieldOf)
  const rows = added.map((one): Row => [
    ...one.key,
    ...generated.map(({ value }) => (value.kind === 'generate' ? circumstances.generate(value.generate) : null)),
  ])
  const members = rowsOf(database, place.table, [...to, ...made], rows)
  const targetKey = members.values.slice(0, to.length)
  const into = [...place.from, ...to, ...fixed.map(([name]) => name), ...rest.map(fieldOf), ...made]
  const shown = [
    ...key.map(bind),
    ...targetKey,
    ...fixed.map(([, value]) => bind(value)),
    ...values(join, rest).map(bind),
    ...members.values.slice(to.length),
  ]
  const pair = exists(table(place.table, 'j'), [...seen(join), ...equal(columns('j', to), targetKey)])
  const missing = isNew ? [] : [sql`NOT ${pair}`]
  const { changes } = yield* write(
    database,
    sql`INSERT INTO ${table(place.table)} (${list(into.map((name) => sql.id(name)))}) SELECT ${list(shown)}${members.from}${where(missing)}`,
    { note: reference.key },
  )
  return changes > 0
}
