import { sql } from 'kysely'
import { never } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { Predicate, SlotTest } from '../../mapping/predicate.ts'
import type { RowsSource, Slot } from '../../mapping/slot.ts'
import { operand } from './column.ts'
import type { Database } from './database.ts'
import { keyOfTable, tableOf } from './database.ts'
import { endsOf, farAlias, nesting } from './ends.ts'
import type { Expression } from './expression.ts'
import {
  and,
  bind,
  column,
  columns,
  equal,
  equalities,
  exists,
  falsehood,
  list,
  or,
  table,
  truth,
} from './expression.ts'
import { gather } from './gather.ts'
import { hasId } from './identity.ts'
import { recursive } from './recursive.ts'
import { rowIn } from './row-in.ts'
import { within } from './scope.ts'
import { lowerListTest, lowerTest } from './slot-test.ts'

/** Where a predicate's slots are to be found. */
export type Site =
  | { readonly kind: 'record'; readonly mapping: ResourceMapping; readonly alias: string }
  | { readonly kind: 'row'; readonly rows: RowsSource; readonly alias: string }

/** A predicate as SQL. NULL may come out of a leaf and counts as false; negation is total. */
export function lowerPredicate(database: Database, site: Site, predicate: Predicate): Expression {
  switch (predicate.kind) {
    case 'true':
      return truth
    case 'false':
      return falsehood
    case 'and':
      return and(lowerAll(database, site, predicate.of, true))
    case 'or':
      return or(lowerAll(database, site, predicate.of, false))
    case 'not':
      return database.dialect.not(lowerPredicate(database, site, predicate.of))
    case 'slot':
      return lowerSlot(database, site, predicate.slot, [predicate.test])
    case 'row':
    case 'link':
    case 'id':
      if (site.kind === 'row') return falsehood
      return lowerRecordLeaf(database, site, predicate)
    default:
      return never(predicate)
  }
}

function lowerAll(database: Database, site: Site, of: readonly Predicate[], negated: boolean): readonly Expression[] {
  return gather(of, negated).map((one) => {
    if (one.kind !== 'gathered') return lowerPredicate(database, site, one)
    const any = lowerSlot(database, site, one.slot, one.tests)
    return negated ? database.dialect.not(any) : any
  })
}

type RecordSite = Extract<Site, { readonly kind: 'record' }>
type RecordLeaf = Extract<Predicate, { readonly kind: 'row' | 'link' | 'id' }>

function lowerRecordLeaf(database: Database, site: RecordSite, leaf: RecordLeaf): Expression {
  const key = columns(site.alias, keyOfTable(site.mapping))
  switch (leaf.kind) {
    case 'row': {
      const { rows } = leaf
      const inner = lowerPredicate(database, { kind: 'row', rows, alias: 'r' }, leaf.where)
      const joined = equal(columns('r', rows.foreignKey), key)
      return exists(table(rows.table, 'r'), [...joined, ...within('r', rows.where), inner])
    }
    case 'link':
      return lowerLink(database, site, leaf)
    case 'id':
      return hasId(database, site.mapping, site.alias, leaf.ids)
    default:
      return never(leaf)
  }
}

function lowerLink(
  database: Database,
  site: RecordSite,
  leaf: Extract<Predicate, { readonly kind: 'link' }>,
): Expression {
  const key = columns(site.alias, keyOfTable(site.mapping))
  const { reference, to } = leaf
  const nested = to === 'any' ? undefined : nesting(database, reference)
  return or(
    endsOf(database, site.mapping, reference).map((ends) => {
      const far = [...ends.on, ...scopeOf(database, ends.target, farAlias)]
      const from = list(ends.tables)
      if (to === 'any') return exists(from, [...equal(ends.owner, key), ...far])
      const named = hasId(database, ends.target, farAlias, to)
      if (nested === undefined) return exists(from, [...equal(ends.owner, key), ...far, named])
      // downwards from the named groups: whoever is in them or in a group inside them
      const parent = keyOfTable(ends.target)
      const names = parent.map((_, i) => `k${i}`)
      const step = [
        ...equal(
          columns('j', nested.parent),
          parent.map((_, i) => column('down', `k${i}`)),
        ),
        ...equal(columns('t', parent), columns('j', nested.child)),
        ...nested.on,
        ...scopeOf(database, ends.target, farAlias),
      ]
      const group = table(tableOf(ends.target), farAlias)
      const down = recursive(database.dialect, {
        name: 'down',
        columns: names,
        key: names,
        start: sql`SELECT ${list(columns('t', parent))} FROM ${group} WHERE ${and([named, ...scopeOf(database, ends.target, farAlias)])}`,
        step: sql`SELECT ${list(columns('t', parent))} FROM ${sql.id('down')}, ${table(nested.table, 'j')}, ${group} WHERE ${and(step)}`,
      })
      const held = and([
        ...far,
        ...equal(
          columns('t', parent),
          parent.map((_, i) => column('down', `k${i}`)),
        ),
      ])
      return rowIn(database, key, sql`${down} SELECT ${list(ends.owner)} FROM ${sql.id('down')}, ${from} WHERE ${held}`)
    }),
  )
}

/** Any of the tests; one that asks for absence is alone. */
function lowerSlot(database: Database, site: Site, slot: Slot, tests: readonly SlotTest[]): Expression {
  const { dialect } = database
  const at = slot.at
  const isAbsent = tests.some((test) => test.op === 'absent')
  const home = site.kind === 'record' ? tableOf(site.mapping) : site.rows.table
  const key = site.kind === 'record' ? columns(site.alias, keyOfTable(site.mapping)) : []
  /** Some row of another table satisfies the test; `absent` is that none has a value. */
  const some = (from: Expression, joined: readonly Expression[], value: Expression, on: string, name: string) =>
    isAbsent
      ? dialect.not(exists(from, [...joined, sql`${value} IS NOT NULL`]))
      : exists(from, [
          ...joined,
          or(tests.map((test) => lowerTest(dialect, operand(value, database.columnOf(on, name)), test))),
        ])
  switch (at.kind) {
    case 'field': {
      const list = at.list
      if (at.table === undefined) {
        const value = operand(column(site.alias, at.field), database.columnOf(home, at.field))
        return list === undefined
          ? or(tests.map((test) => lowerTest(dialect, value, test)))
          : or(tests.map((test) => lowerListTest(dialect, value, test, list)))
      }
      const joined = companionJoin(site, at.table, key)
      const value = column('c', at.field)
      if (list === undefined) return some(table(at.table, 'c'), joined, value, at.table, at.field)
      const held = operand(value, database.columnOf(at.table, at.field))
      const any = or(tests.map((test) => lowerListTest(dialect, held, test, list)))
      const found = exists(table(at.table, 'c'), [...joined, isAbsent ? dialect.not(any) : any])
      return isAbsent ? dialect.not(found) : found
    }
    case 'lookup': {
      const { lookup } = at
      const text = column('l', lookup.text)
      const through = [
        ...equal([column('l', lookup.key)], [column(at.table === undefined ? site.alias : 'c', at.field)]),
      ]
      if (at.table === undefined) return some(table(lookup.table, 'l'), through, text, lookup.table, lookup.text)
      const from = list([table(at.table, 'c'), table(lookup.table, 'l')])
      return some(from, [...companionJoin(site, at.table, key), ...through], text, lookup.table, lookup.text)
    }
    case 'keyValue': {
      const joined = [...equal(columns('v', at.foreignKey), key), ...equalities('v', at.keys)]
      return some(table(at.table, 'v'), joined, column('v', at.value), at.table, at.value)
    }
    case 'side':
    case 'container':
      return falsehood
    default:
      return never(at)
  }
}

function companionJoin(site: Site, name: string, key: readonly Expression[]): readonly Expression[] {
  const companion = site.kind === 'record' ? site.mapping.table?.with.find((one) => one.name === name) : undefined
  if (companion === undefined) throw new Error(`no companion table ${name}`)
  return equal(columns('c', companion.key), key)
}

/** The mapping's `where`: what makes a row of the table a record of this type at all. */
export const whereOf = (mapping: ResourceMapping, alias: string): readonly Expression[] =>
  mapping.table === undefined ? [] : within(alias, mapping.table.where)

/** Not marked as deleted: what is, is gone for every client. */
export const notHidden = (database: Database, mapping: ResourceMapping, alias: string): readonly Expression[] =>
  mapping.onDelete.kind === 'set' && mapping.onDelete.hide !== undefined
    ? [database.dialect.not(lowerPredicate(database, { kind: 'record', mapping, alias }, mapping.onDelete.hide))]
    : []

/** A row that lacks its row in a companion table that is not optional is no record (class-table inheritance). */
export const complete = (mapping: ResourceMapping, alias: string): readonly Expression[] =>
  (mapping.table?.with ?? [])
    .filter((companion) => !companion.optional && !companion.rowOnly)
    .map((companion) =>
      exists(table(companion.name, 'c'), equal(columns('c', companion.key), columns(alias, keyOfTable(mapping)))),
    )

/** Every read and every write of a type stays inside this. */
export const scopeOf = (database: Database, mapping: ResourceMapping, alias: string): readonly Expression[] => [
  ...whereOf(mapping, alias),
  ...notHidden(database, mapping, alias),
  ...complete(mapping, alias),
  ...identified(mapping, alias),
]

/** Old rows may lack the value that makes an id, where that is not the key: no client can name them. */
const identified = (mapping: ResourceMapping, alias: string): readonly Expression[] =>
  mapping.id.fields
    .filter((name) => !keyOfTable(mapping).includes(name))
    .map((name) => sql`${column(alias, name)} IS NOT NULL`)

/** One record by the values of its key. */
export const hasKey = (mapping: ResourceMapping, alias: string, key: readonly unknown[]): readonly Expression[] =>
  equal(
    columns(alias, keyOfTable(mapping)),
    key.map((value) => bind(value as never)),
  )
