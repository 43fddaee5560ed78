import { sql } from 'kysely'
import type { Reference, ResourceMapping } from '../../mapping/catalog.ts'
import { displayOf } from '../../mapping/display.ts'
import type { Link } from '../../mapping/record.ts'
import type { NativeScalar, Slot } from '../../mapping/slot.ts'
import type { Database } from './database.ts'
import { keyOfTable, tableOf } from './database.ts'
import type { Ends } from './ends.ts'
import { endsOf, farAlias, nesting } from './ends.ts'
import type { Expression } from './expression.ts'
import { and, column, columns, equal, list, table } from './expression.ts'
import { idFrom } from './identity.ts'
import type { Owners } from './parts.ts'
import { collect, joinOwners, orderBy } from './parts.ts'
import { scopeOf } from './predicate.ts'
import { recursive } from './recursive.ts'
import type { Row, Steps } from './program.ts'
import { read } from './statement.ts'

/** A column of the target's main table, which is joined anyway. */
const isOwnColumn = ({ at, many }: Slot): boolean => at.kind === 'field' && at.table === undefined && !many

/** What is selected of a far end, and the link that such columns tell. */
export interface Shown {
  /** Of the target's main table. */
  readonly fields: readonly string[]
  linkOf(values: Row): Link
}

export function shownOf({ target }: Ends): Shown {
  const display = displayOf(target, isOwnColumn)
  const told = display?.slots ?? []
  const fields = told.flatMap(({ at }) => (at.kind === 'field' ? [at.field] : []))
  const ids = target.id.fields
  return {
    fields: [...ids, ...fields],
    linkOf: (values) => {
      const held = told.map((slot, i) => [slot.key, (values[ids.length + i] ?? null) as NativeScalar] as const)
      const text = display?.text(Object.fromEntries(held))
      return {
        type: target.type.name,
        id: idFrom(target, values.slice(0, ids.length) as NativeScalar[]),
        ...(text === undefined ? {} : { display: text }),
      }
    },
  }
}

/** The links of every owner: one statement for each type that the reference can point at. */
export function* readLinks(
  database: Database,
  owner: ResourceMapping,
  reference: Reference,
  owners: Owners,
): Steps<readonly (readonly Link[])[]> {
  const found: (readonly [number, Link])[] = []
  const nested = nesting(database, reference)
  for (const ends of endsOf(database, owner, reference)) {
    const shown = shownOf(ends)
    const statement =
      nested === undefined
        ? direct(database, ends, columns(farAlias, shown.fields), owners, {
            order: columns(farAlias, keyOfTable(ends.target)),
          })
        : indirect(database, ends, shown.fields, owners, nested)
    for (const row of yield* read(database, statement, { note: reference.key })) {
      const isIndirect = nested !== undefined && Number(row.at(-1)) === 1
      found.push([Number(row[0]), { ...shown.linkOf(row.slice(1)), ...(isIndirect ? { indirect: true } : {}) }])
    }
  }
  return collect(owners.keys.length, found)
}

export interface Span {
  /** What the links of one owner are sorted by. */
  readonly order: readonly Expression[]
  /** Further conditions. */
  readonly on?: readonly Expression[]
  readonly limit?: number
}

export function direct(
  database: Database,
  ends: Ends,
  shown: readonly Expression[],
  owners: Owners,
  span: Span,
): Expression {
  const joined = joinOwners(database, owners, ends.owner)
  const on = [...joined.on, ...ends.on, ...scopeOf(database, ends.target, farAlias), ...(span.on ?? [])]
  const from = list([...joined.from, ...ends.tables])
  const limit = span.limit === undefined ? sql`` : database.dialect.limit(span.limit, undefined, true)
  return sql`SELECT ${list([joined.ordinal, ...shown])} FROM ${from} WHERE ${sql.join(on, sql` AND `)}${orderBy([...joined.sort, ...span.order])}${limit}`
}

/** Upwards through groups in groups; UNION drops what is known already, so a circle ends. */
function indirect(
  database: Database,
  ends: Ends,
  shown: readonly string[],
  owners: Owners,
  nested: NonNullable<ReturnType<typeof nesting>>,
): Expression {
  const { target } = ends
  const joined = joinOwners(database, owners, ends.owner)
  const key = keyOfTable(target)
  const upKey = key.map((_, i) => column('up', `k${i}`))
  const scope = scopeOf(database, target, farAlias)
  const first = and([...joined.on, ...ends.on, ...scope])
  const next = and([
    ...equal(columns('j', nested.child), upKey),
    ...equal(columns(farAlias, key), columns('j', nested.parent)),
    ...nested.on,
    ...scope,
  ])
  const far = table(tableOf(target), farAlias)
  const names = ['n', ...key.map((_, i) => `k${i}`)]
  const start = sql`SELECT ${list([joined.ordinal, ...columns(farAlias, key)])}, 0 FROM ${list([...joined.from, ...ends.tables])} WHERE ${first}`
  const step = sql`SELECT ${list([column('up', 'n'), ...columns(farAlias, key)])}, 1 FROM ${list([sql.id('up'), table(nested.table, 'j'), far])} WHERE ${next}`
  const up = recursive(database.dialect, { name: 'up', columns: [...names, 'indirect'], key: names, start, step })
  const order = list([column('up', 'n'), ...columns(farAlias, key)])
  // what a key determines may be shown without being grouped by, but not every database knows that it does
  const group = list([column('up', 'n'), ...columns(farAlias, [...new Set([...key, ...shown])])])
  return sql`${up} SELECT ${list([column('up', 'n'), ...columns(farAlias, shown)])}, min(${column('up', 'indirect')}) FROM ${list([sql.id('up'), far])} WHERE ${and(equal(columns(farAlias, key), upKey))} GROUP BY ${group} ORDER BY ${order}`
}
