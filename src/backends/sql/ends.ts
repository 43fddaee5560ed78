import { sql } from 'kysely'
import { never } from '../../base/errors.ts'
import type { Reference, ReferencePlace, ResourceMapping } from '../../mapping/catalog.ts'
import type { Slot } from '../../mapping/slot.ts'
import type { Database } from './database.ts'
import { keyOfTable, mappingOf, referenceOf, tableOf } from './database.ts'
import type { Expression } from './expression.ts'
import { column, columns, equal, table } from './expression.ts'
import { within } from './scope.ts'

/**
 * How one type at the far end of a reference is reached: `FROM tables WHERE on AND owner = the owner's key`.
 * The far end has the alias `t`, a join table `j`, the owner (where it must be read) `o`.
 */
export interface Ends {
  readonly target: ResourceMapping
  readonly tables: readonly Expression[]
  readonly on: readonly Expression[]
  readonly owner: readonly Expression[]
  /** What tells the far ends of one owner apart: beside the owner's columns, so that one index serves both. */
  readonly end: readonly Expression[]
  /** Where those are columns of a join table instead of the far key itself. */
  readonly joined?: { readonly table: string; readonly names: readonly string[] }
}

export const farAlias = 't'

/** The column and its table of a reference that is a column. */
export function fieldOf(
  owner: ResourceMapping,
  slot: Slot,
): { readonly table: string; readonly column: string; readonly key: readonly string[] } {
  if (slot.at.kind !== 'field') throw new Error(`a reference cannot live in a ${slot.at.kind} slot`)
  const companion = owner.table?.with.find((one) => slot.at.kind === 'field' && one.name === slot.at.table)
  return companion === undefined
    ? { table: tableOf(owner), column: slot.at.field, key: keyOfTable(owner) }
    : { table: companion.name, column: slot.at.field, key: companion.key }
}

/**
 * A join table that points at several types leaves the columns of all but one empty. That a join passes over such rows
 * goes without saying, yet servers expect as many rows as there are (PostgreSQL), or read the empty ones (MariaDB).
 */
const filled = (
  place: Extract<ReferencePlace, { readonly kind: 'through' }>,
  to: readonly string[],
): readonly Expression[] =>
  Object.keys(place.to).length === 1 ? [] : columns('j', to).map((one) => sql`${one} IS NOT NULL`)

function stored(owner: ResourceMapping, reference: Reference, target: ResourceMapping): Ends | undefined {
  const place = reference.place
  const far = table(tableOf(target), 't')
  const end = columns('t', keyOfTable(target))
  switch (place.kind) {
    case 'through': {
      const to = place.to[target.type.name]
      if (to === undefined) return undefined
      return {
        target,
        tables: [table(place.table, 'j'), far],
        on: [...equal(end, columns('j', to)), ...filled(place, to), ...within('j', place.where)],
        owner: columns('j', place.from),
        end: columns('j', to),
        joined: { table: place.table, names: to },
      }
    }
    case 'field': {
      const field = fieldOf(owner, place.slot)
      return {
        target,
        tables: [table(field.table, 'o'), far],
        on: equal(columns('t', place.by === undefined ? keyOfTable(target) : [place.by]), [column('o', field.column)]),
        owner: columns('o', field.key),
        end,
      }
    }
    case 'onTarget':
      return { target, tables: [far], on: [], owner: [column('t', place.field)], end }
    case 'reverse':
      return undefined
    default:
      return never(place)
  }
}

function reverse(owner: ResourceMapping, of: Reference, target: ResourceMapping): Ends | undefined {
  const place = of.place
  const far = table(tableOf(target), 't')
  const end = columns('t', keyOfTable(target))
  switch (place.kind) {
    case 'through': {
      const to = place.to[owner.type.name]
      if (to === undefined) return undefined
      return {
        target,
        tables: [table(place.table, 'j'), far],
        on: [...equal(columns('t', keyOfTable(target)), columns('j', place.from)), ...within('j', place.where)],
        owner: columns('j', to),
        end: columns('j', place.from),
        joined: { table: place.table, names: place.from },
      }
    }
    case 'field': {
      const field = fieldOf(target, place.slot)
      const held = [column(field.table === tableOf(target) ? 't' : 'j', field.column)]
      const near = field.table === tableOf(target) ? [] : [table(field.table, 'j')]
      const joined = near.length === 0 ? [] : equal(columns('j', field.key), columns('t', keyOfTable(target)))
      if (place.by === undefined) return { target, tables: [...near, far], on: joined, owner: held, end }
      return {
        target,
        tables: [table(tableOf(owner), 'o'), ...near, far],
        on: [...joined, ...equal(held, [column('o', place.by)])],
        owner: columns('o', keyOfTable(owner)),
        end,
      }
    }
    case 'onTarget':
      return {
        target,
        tables: [table(tableOf(owner), 'o'), far],
        on: equal(columns('t', keyOfTable(target)), [column('o', place.field)]),
        owner: columns('o', keyOfTable(owner)),
        end,
      }
    case 'reverse':
      return undefined
    default:
      return never(place)
  }
}

/** The far ends of a reference of `owner`, one for each type that it can point at. */
export function endsOf(database: Database, owner: ResourceMapping, reference: Reference): readonly Ends[] {
  const place = reference.place
  const ends =
    place.kind === 'reverse'
      ? [referenceOf(database, place.of)].map((of) => reverse(owner, of.reference, of.owner))
      : reference.to.map((type) => stored(owner, reference, mappingOf(database, type)))
  return ends.filter((one) => one !== undefined)
}

/** Of a reverse reference with `nested`: the columns through which a group is a member of a group. */
export function nesting(
  database: Database,
  reference: Reference,
):
  | {
      readonly table: string
      readonly parent: readonly string[]
      readonly child: readonly string[]
      /** What makes a row of it, under the alias `j`, a group in a group. */
      readonly on: readonly Expression[]
    }
  | undefined {
  if (reference.place.kind !== 'reverse' || !reference.place.nested) return undefined
  const { owner, reference: of } = referenceOf(database, reference.place.of)
  if (of.place.kind !== 'through') return undefined
  const child = of.place.to[owner.type.name]
  return child === undefined
    ? undefined
    : {
        table: of.place.table,
        parent: of.place.from,
        child,
        on: [...filled(of.place, child), ...within('j', of.place.where)],
      }
}
