import { sql } from 'kysely'
import { never } from '../../base/errors.ts'
import { fold } from '../../scim/compare.ts'
import type { SlotTest } from '../../mapping/predicate.ts'
import type { ListForm, NativeScalar } from '../../mapping/slot.ts'
import type { Say } from '../../plan/port.ts'
import type { Column, ColumnType, Operand } from './column.ts'
import { operand, typeOf } from './column.ts'
import type { Dialect, Fit } from './dialect.ts'
import type { Expression } from './expression.ts'
import { among, and, bind, exists, falsehood, or } from './expression.ts'

const ordered = new Set(['gt', 'ge', 'lt', 'le'])
const symbols = { eq: sql`=`, gt: sql`>`, ge: sql`>=`, lt: sql`<`, le: sql`<=` } as const

/** Text that no column holds: NUL ends a string in C, and a lone surrogate has no UTF-8. */
const unstorable = (value: NativeScalar): boolean =>
  typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())

/** The test as a column of this type can be asked. */
const fitOf = (dialect: Dialect, test: SlotTest, column: Column | undefined): Fit =>
  column === undefined || dialect.fit === undefined ? test : dialect.fit(test, column)

/** How well a column of this type can answer a test. */
export function sayTest(dialect: Dialect, test: SlotTest, column: Column | undefined, list: ListForm | undefined): Say {
  if (list?.kind === 'json' && dialect.jsonElements(operand(sql`x`, column), 'e') === undefined) return 'no'
  const type = typeOf(column)
  if (fitOf(dialect, test, column) === 'unsayable') return 'no'
  if (test.op === 'absent' || test.op === 'in') return 'exact'
  if (test.op === 'moment') return 'no'
  if (test.op === 'bits') return list === undefined && type !== 'text' ? 'exact' : 'no'
  if (ordered.has(test.op) && unstorable(test.value)) return 'no'
  if (list?.kind === 'delimited') return sayDelimited(test, list.by)
  // '10' < '9' as text: a number in a text column has no native order, nor one equality ('5', '05')
  if (typeof test.value !== 'string' && !(test.value instanceof Uint8Array) && type === 'text') return 'no'
  return 'exact'
}

function sayDelimited(test: SlotTest & { readonly value: NativeScalar }, by: string): Say {
  if (ordered.has(test.op)) return 'no'
  // "a, b" holds ", b" only across the delimiter
  return test.op === 'co' && [...by].some((char) => String(test.value).includes(char)) ? 'superset' : 'exact'
}

/** One column (or expression) against one test; NULL may come out, and counts as false. */
export function lowerTest(dialect: Dialect, value: Operand, asked: SlotTest): Expression {
  const test = fitOf(dialect, asked, value.column)
  if (test === 'filled') return sql`${value.at} IS NOT NULL`
  if (test === 'never' || test === 'unsayable') return falsehood
  switch (test.op) {
    case 'absent':
      return sql`${value.at} IS NULL`
    case 'in':
      return lowerIn(dialect, value, test.values)
    case 'moment':
      return falsehood
    case 'bits':
      return sql`${dialect.bits?.(value.at, bind(test.mask)) ?? sql`(${value.at} & ${bind(test.mask)})`} = ${bind(test.equals)}`
    case 'eq':
    case 'co':
    case 'sw':
    case 'ew':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return lowerCompare(dialect, value, test)
    default:
      return never(test)
  }
}

/** Values that are no text are compared as text with a text value, unless the column knows such values by itself. */
const byItself: ReadonlySet<ColumnType> = new Set(['text', 'unknown'])

/** A type of the database that nobody here knows: its own `=` fails on text that is no such value. */
const isForeign = ({ typed }: Dialect, column: Column | undefined): boolean => typed && column?.type === 'unknown'

const textual = (dialect: Dialect, value: Operand): Operand =>
  byItself.has(typeOf(value.column)) && !isForeign(dialect, value.column)
    ? value
    : operand(dialect.asText(value.at, value.column))

const equalText = (dialect: Dialect, value: Operand, anyOf: readonly string[], fold: boolean): Expression =>
  dialect.equalTyped?.(value, anyOf, fold) ?? dialect.equalText(textual(dialect, value), anyOf, fold)

function lowerIn(dialect: Dialect, value: Operand, values: readonly NativeScalar[]): Expression {
  const texts = values.filter((one) => typeof one === 'string' && !unstorable(one))
  const others = values.filter((one) => typeof one !== 'string' && one !== null)
  const isTime = typeOf(value.column) === 'time'
  const found = isTime ? among(value.at, texts) : equalText(dialect, value, texts.map(String), false)
  return or([
    ...(texts.length === 0 ? [] : [found]),
    ...(others.length === 0 ? [] : [among(value.at, others)]),
    ...(values.includes(null) ? [sql`${value.at} IS NULL`] : []),
  ])
}

function lowerCompare(
  dialect: Dialect,
  value: Operand,
  test: Extract<SlotTest, { readonly fold: boolean }>,
): Expression {
  const wanted = test.value
  if (wanted === null || unstorable(wanted)) return falsehood
  const text = textual(dialect, value)
  if (test.op === 'co') return dialect.contains(text, String(wanted), test.fold)
  if (test.op === 'sw') return dialect.startsWith(text, String(wanted), test.fold)
  if (test.op === 'ew') return dialect.endsWith(text, String(wanted), test.fold)
  if (typeof wanted !== 'string') return sql`${value.at} ${symbols[test.op]} ${bind(wanted)}`
  // the database compares its own dates and times
  if (typeOf(value.column) === 'time') return sql`${value.at} ${symbols[test.op]} ${wanted}`
  if (test.op === 'eq') return equalText(dialect, value, [wanted], test.fold)
  return sql`${dialect.form(text, test.fold)} ${symbols[test.op]} ${wanted}`
}

const empty = (dialect: Dialect, text: Expression): Expression =>
  dialect.padsBlanks === true ? sql`length(${text}) = 0` : sql`${text} = ''`

function filled(dialect: Dialect, text: Expression): Expression {
  if (dialect.emptyIsNull === true) return sql`${text} IS NOT NULL`
  return dialect.padsBlanks === true ? sql`length(${text}) > 0` : sql`${text} <> ''`
}

/** A test of the values that one column joins: true when one of them satisfies it. */
export function lowerListTest(dialect: Dialect, held: Operand, test: SlotTest, list: ListForm): Expression {
  const value = held.at
  if (list.kind === 'json') {
    const elements = dialect.jsonElements(held, 'e')
    if (elements === undefined) return falsehood
    return test.op === 'absent'
      ? dialect.not(exists(elements.from, []))
      : exists(elements.from, [lowerTest(dialect, operand(elements.value), test)])
  }
  if (test.op === 'absent')
    return dialect.emptyIsNull === true
      ? sql`replace(${value}, ${list.by}, '') IS NULL`
      : sql`(${value} IS NULL OR ${empty(dialect, sql`replace(${value}, ${list.by}, '')`)})`
  if (test.op === 'in') {
    const any = test.values.filter((one) => one !== null)
    return or([
      ...any.map((one) => lowerListTest(dialect, held, { op: 'eq', value: one, fold: false }, list)),
      ...(any.length < test.values.length ? [lowerListTest(dialect, held, { op: 'absent' }, list)] : []),
    ])
  }
  if (test.op === 'bits' || test.op === 'moment' || test.value === null || unstorable(test.value)) return falsehood
  const by = test.fold ? fold(list.by) : list.by
  const part = String(test.value)
  if (test.op === 'co') return and([filled(dialect, value), dialect.contains(held, part, test.fold)])
  // an element with its delimiters on either side; no element holds the delimiter
  if (part.includes(by)) return falsehood
  const fence = { eq: by + part + by, sw: by + part, ew: part + by } as const
  if (test.op !== 'eq' && test.op !== 'sw' && test.op !== 'ew') return falsehood
  // an empty piece is no element
  if (part === '') return test.op === 'eq' ? falsehood : filled(dialect, sql`replace(${value}, ${list.by}, '')`)
  const fenced = dialect.concat([sql`${list.by}`, value, sql`${list.by}`])
  return dialect.contains(operand(fenced), fence[test.op], test.fold)
}
