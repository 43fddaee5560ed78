import { sql } from 'kysely'
import { BridgeError, never } from '../../base/errors.ts'
import type { Assignment, ResourceMapping, Template } from '../../mapping/catalog.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import type { Lookup, NativeScalar, NativeValue, Slot } from '../../mapping/slot.ts'
import type { WriteSet } from '../../plan/plan.ts'
import { apart } from './apart.ts'
import type { Column } from './column.ts'
import { operand } from './column.ts'
import type { Database } from './database.ts'
import { tableOf } from './database.ts'
import type { Expression, Param } from './expression.ts'
import { bind, column, isUnknown, table } from './expression.ts'
import { leafNamed } from '../../mapping/leaf-named.ts'
import { tooFine, unfit } from './fits.ts'
import { leavesOf } from './leaves.ts'
import { encodeList } from './list-form.ts'
import type { Circumstances } from './program.ts'

export type ColumnValues = ReadonlyMap<string, Expression>

export interface KeyValueWrite {
  readonly slot: Slot & { readonly at: Extract<Slot['at'], { readonly kind: 'keyValue' }> }
  readonly value: Param
}

/** What is written, by the table that takes it; the main table is `undefined`. */
export interface Placed {
  readonly tables: ReadonlyMap<string | undefined, ColumnValues>
  readonly keyValues: readonly KeyValueWrite[]
  /** Tables that take nothing but nulls: a row of their own need not be made for these. */
  readonly empty: ReadonlySet<string | undefined>
}

/** `stamped`: the mapping says it, no client. */
type Given = readonly { readonly slot: Slot; readonly value: Param | NativeValue; readonly stamped?: true }[]

/** Values to their places; a later one of the same column wins. */
export function place(database: Database, mapping: ResourceMapping, given: Given): Placed {
  const tables = new Map<string | undefined, Map<string, Expression>>()
  const filled = new Set<string | undefined>()
  const keyValues = new Map<string, KeyValueWrite>()
  const put = (home: string | undefined, name: string, value: Expression, isNull: boolean): void => {
    const columns = tables.get(home) ?? new Map<string, Expression>()
    columns.set(name, value)
    tables.set(home, columns)
    if (!isNull) filled.add(home)
  }
  for (const { slot, value, stamped } of given) {
    const at = slot.at
    switch (at.kind) {
      case 'field': {
        const one =
          at.list === undefined
            ? scalar(database, mapping, slot, value, stamped)
            : joined(database, mapping, slot, at.list, value)
        put(at.table, at.field, bind(one), one === null)
        break
      }
      case 'lookup': {
        const text = scalar(database, mapping, slot, value)
        put(at.table, at.field, lookedUp(database, at.lookup, text, at.table ?? tableOf(mapping)), text === null)
        break
      }
      case 'keyValue':
        keyValues.set(slot.key, { slot: { ...slot, at }, value: scalar(database, mapping, slot, value) })
        break
      case 'side':
      case 'container':
        break
      default:
        never(at)
    }
  }
  const empty = new Set([...tables.keys()].filter((home) => !filled.has(home)))
  return { tables, keyValues: [...keyValues.values()], empty }
}

/** The key behind a text, found by the statement that writes it into the table `home`. */
export function lookedUp(database: Database, lookup: Lookup, text: Param, home: string): Expression {
  if (text === null) return bind(null)
  const found = sql`SELECT ${column('l', lookup.key)} FROM ${table(lookup.table, 'l')} WHERE ${sameText(database, lookup, text)} ORDER BY ${column('l', lookup.key)}${database.dialect.limit(1, undefined, true)}`
  return sql`(${apart(database, found, home, lookup.table)})`
}

/** The row under `l` has this very text, whatever the column's collation takes for the same. */
export const sameText = ({ dialect, columnOf }: Database, lookup: Lookup, text: Param): Expression => {
  const held = operand(column('l', lookup.text), columnOf(lookup.table, lookup.text))
  return typeof text === 'string' ? dialect.equalText(held, [text], false) : sql`${held.at} = ${bind(text)}`
}

/** The attribute of a slot: two child tables may have a column of the same name. */
export function nameOf(mapping: ResourceMapping, slot: Slot): string {
  const leaves = [
    ...leavesOf(mapping),
    ...mapping.attributes.flatMap((one) => (one.kind === 'rows' ? leavesOf(mapping, one) : [])),
  ]
  const found = leaves.find((leaf) => leaf.slot === slot) ?? leaves.find((leaf) => leaf.slot.key === slot.key)
  return found?.name ?? 'a value'
}

/** Refuses what a column cannot keep as it is: nothing is ever cut off or replaced. */
export function storable(name: string, value: Param, column: Column | undefined, stamped?: true): Param {
  const why = unfit(column, value) ?? (stamped ? undefined : tooFine(column, value))
  if (why !== undefined) throw new BridgeError('invalidValue', `${name} ${why}`)
  return value
}

/** The column that a value goes to; a text behind a key is not written but looked up. */
function homeOf({ columnOf }: Database, mapping: ResourceMapping, { at }: Slot): Column | undefined {
  switch (at.kind) {
    case 'field':
      return columnOf(at.table ?? tableOf(mapping), at.field)
    case 'keyValue':
      return columnOf(at.table, at.value)
    case 'lookup':
      return at.lookup.onMissing === 'create' ? columnOf(at.lookup.table, at.lookup.text) : undefined
    case 'side':
    case 'container':
      return undefined
    default:
      return never(at)
  }
}

function scalar(
  database: Database,
  mapping: ResourceMapping,
  slot: Slot,
  value: Param | NativeValue,
  stamped?: true,
): Param {
  const one: Param = Array.isArray(value) ? ((value as readonly NativeScalar[])[0] ?? null) : (value as Param)
  return storable(nameOf(mapping, slot), one, homeOf(database, mapping, slot), stamped)
}

function joined(
  database: Database,
  mapping: ResourceMapping,
  slot: Slot,
  form: NonNullable<Extract<Slot['at'], { readonly kind: 'field' }>['list']>,
  value: Param | NativeValue,
): Param {
  if (isUnknown(value as Param)) return value as Param
  const text = encodeList(form, value as NativeValue)
  if (text === undefined)
    throw new BridgeError('invalidValue', `${nameOf(mapping, slot)} holds the character that separates its values`)
  return storable(nameOf(mapping, slot), text, homeOf(database, mapping, slot))
}

/** `set:` of a mapping as values; templates see what is written, then what is held. */
export function assigned(
  mapping: ResourceMapping,
  assignments: readonly Assignment[],
  write: WriteSet | undefined,
  prior: NativeRecord | undefined,
  circumstances: Circumstances,
): readonly { readonly slot: Slot; readonly value: Param; readonly stamped: true }[] {
  const stamped = true
  return assignments.map(({ slot, value }) => {
    switch (value.kind) {
      case 'constant':
        return { slot, value: value.value, stamped }
      case 'now': {
        const now = circumstances.now()
        return { slot, value: typeof now === 'string' ? value.codec.encode(now) : now, stamped }
      }
      case 'generate':
        return { slot, value: circumstances.generate(value.generate), stamped }
      case 'template':
        return { slot, value: fill(mapping, value.template, write, prior), stamped }
      case 'counter':
        throw new BridgeError('notImplemented', 'a counter is kept by a directory')
      default:
        return never(value)
    }
  })
}

const fill = (
  mapping: ResourceMapping,
  template: Template,
  write: WriteSet | undefined,
  prior: NativeRecord | undefined,
): string =>
  template.map((part) => (part.kind === 'text' ? part.text : textOf(mapping, part.ref.name, write, prior))).join('')

function textOf(
  mapping: ResourceMapping,
  name: string,
  write: WriteSet | undefined,
  prior: NativeRecord | undefined,
): string {
  const carrier = leafNamed(mapping, name)?.carrier
  if (carrier?.kind !== 'slot') return ''
  const { slot, codec } = carrier
  const written = write?.fields.find((one) => one.slot.key === slot.key)
  const native = written === undefined ? prior?.fields[slot.key] : written.value
  const one = Array.isArray(native) ? (native as readonly NativeScalar[])[0] : (native as NativeScalar | undefined)
  const value = one === undefined ? undefined : codec.decode(one)
  return value === undefined || value === null ? '' : String(value)
}
