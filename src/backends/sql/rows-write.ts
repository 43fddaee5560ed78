import { sql } from 'kysely'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeRow } from '../../mapping/record.ts'
import type { NativeScalar, RowsSource, Slot } from '../../mapping/slot.ts'
import type { RowsDelta } from '../../plan/plan.ts'
import { operand } from './column.ts'
import type { Database } from './database.ts'
import type { Expression, Param } from './expression.ts'
import { bind, column, columns, equal, list, table, where } from './expression.ts'
import { rowCopies, rowSlots } from './leaves.ts'
import type { Row, Steps } from './program.ts'
import { within } from './scope.ts'
import { columnOfSlot } from './slot-column.ts'
import { write } from './statement.ts'
import { update } from './update.ts'
import { lookedUp, nameOf, storable } from './values.ts'

/** Rows of one INSERT: enough to be quick, few enough for the parameters of one statement. */
const rowsAtOnce = 200

/** Child rows: what goes, what changes, what comes. */
export function* writeRows(database: Database, mapping: ResourceMapping, key: Row, delta: RowsDelta): Steps<boolean> {
  const { rows } = delta
  const slots = rowSlots(mapping, rows)
  const copies = rowCopies(mapping, rows)
  const own = [...equal(columns('r', rows.foreignKey), key.map(bind)), ...within('r', rows.where)]
  const told = { note: rows.key }
  for (const victims of removals(database, rows, slots, delta.remove))
    yield* write(
      database,
      sql`${database.dialect.delete(table(rows.table, 'r'), 'r')}${where([...own, ...victims])}`,
      told,
    )
  for (const { from, to } of delta.change) {
    const differing = slots.filter((slot) => slot.key in to.fields && to.fields[slot.key] !== from.fields[slot.key])
    if (differing.length === 0) continue
    const set = [...differing, ...copies.filter((slot) => slot.key in to.fields)].map(
      (slot) => sql`${sql.id(columnOf(slot))} = ${valueOf(database, mapping, rows, slot, to.fields[slot.key] ?? null)}`,
    )
    yield* write(
      database,
      update(database, rows.table, 'r', list(set), [...own, ...isRow(database, rows, slots, from)]),
      told,
    )
  }
  const atOnce = database.dialect.oneRowInserts === true ? 1 : rowsAtOnce
  const fills = (slot: Slot, { fields }: NativeRow): boolean => {
    if (!Object.hasOwn(fields, slot.key)) return false
    const live = columnOfSlot(database, slot, rows)
    // what a client leaves out is left to the column, where that has something to say
    return fields[slot.key] !== null || live === undefined || live.nullable || live.needed
  }
  for (const group of alike([...slots, ...copies], delta.add, atOnce, fills)) {
    const carried = new Set(group.slots.map(columnOf))
    const constants = Object.entries(rows.where.create).filter(([name]) => !carried.has(name))
    const names = [...rows.foreignKey, ...constants.map(([name]) => name), ...group.slots.map(columnOf)]
    const values = group.rows.map((row) => {
      const own = [...key, ...constants.map(([, value]) => value)].map(bind)
      return sql`(${list([...own, ...group.slots.map((slot) => valueOf(database, mapping, rows, slot, row.fields[slot.key] ?? null))])})`
    })
    yield* write(
      database,
      sql`INSERT INTO ${table(rows.table)} (${list(names.map((name) => sql.id(name)))}) VALUES ${list(values)}`,
      told,
    )
  }
  return delta.remove.length + delta.change.length + delta.add.length > 0
}

/** Rows that fill the same columns go together; a column that a row does not name keeps its default. */
function alike(
  slots: readonly Slot[],
  add: readonly NativeRow[],
  atOnce: number,
  fills: (slot: Slot, row: NativeRow) => boolean,
): readonly { readonly slots: readonly Slot[]; readonly rows: readonly NativeRow[] }[] {
  const groups: { readonly slots: readonly Slot[]; readonly rows: NativeRow[] }[] = []
  for (const row of add) {
    const named = slots.filter((slot) => fills(slot, row))
    const last = groups.at(-1)
    const same = last?.slots.length === named.length && named.every((slot, i) => last.slots[i] === slot)
    if (last !== undefined && same && last.rows.length < atOnce) last.rows.push(row)
    else groups.push({ slots: named, rows: [row] })
  }
  return groups
}

/** The conditions of the statements that remove rows: many by their keys, without keys one at a time. */
function removals(
  database: Database,
  rows: RowsSource,
  slots: readonly Slot[],
  remove: readonly NativeRow[],
): readonly (readonly Expression[])[] {
  const { rowKey } = rows
  if (rowKey === undefined || remove.length === 1) return remove.map((row) => isRow(database, rows, slots, row))
  return Array.from({ length: Math.ceil(remove.length / rowsAtOnce) }, (_, i) => {
    const keys = remove.slice(i * rowsAtOnce, (i + 1) * rowsAtOnce).map((row) => bind(keyOf(rows, row)))
    return [sql`${column('r', rowKey)} IN (${list(keys)})`]
  })
}

/** A row that was read has its key; only one that explain assumes has none. */
const keyOf = ({ table, rowKey }: RowsSource, row: NativeRow): Param => row.rowKey ?? { unknown: `${table}.${rowKey}` }

/** By the row's own key, else by everything that is mapped of it. */
function isRow(database: Database, rows: RowsSource, slots: readonly Slot[], row: NativeRow): readonly Expression[] {
  if (rows.rowKey !== undefined) return [sql`${column('r', rows.rowKey)} = ${bind(keyOf(rows, row))}`]
  return slots
    .filter((slot) => Object.hasOwn(row.fields, slot.key))
    .map((slot) => {
      const value = row.fields[slot.key] ?? null
      const held = slot.at.kind === 'lookup' ? lookedUp(database, slot.at.lookup, value, rows.table) : bind(value)
      const at = column('r', columnOf(slot))
      // a collation takes other texts for the same
      return typeof value === 'string' && slot.at.kind === 'field'
        ? database.dialect.equalText(operand(at, database.columnOf(rows.table, columnOf(slot))), [value], false)
        : database.dialect.same(at, held)
    })
}

function columnOf(slot: Slot): string {
  if (slot.at.kind === 'field' || slot.at.kind === 'lookup') return slot.at.field
  throw new Error(`a child row has no ${slot.at.kind} slot`)
}

function valueOf(database: Database, mapping: ResourceMapping, rows: RowsSource, slot: Slot, value: NativeScalar) {
  const name = nameOf(mapping, slot)
  if (slot.at.kind === 'lookup') return lookedUp(database, slot.at.lookup, storable(name, value, undefined), rows.table)
  return bind(storable(name, value, database.columnOf(rows.table, columnOf(slot))))
}
