import { sql } from 'kysely'
import { never } from '../../base/errors.ts'
import { fold } from '../../scim/compare.ts'
import type { SlotTest } from '../../mapping/predicate.ts'
import type { ListForm, NativeScalar } from '../../mapping/slot.ts'
import type { Say } from '../../plan/port.ts'
import type { ColumnType, Dialect } from './dialect.ts'
import type { Expression } from './expression.ts'
import { among, and, bind, exists, falsehood, or } from './expression.ts'

const ordered = new Set(['gt', 'ge', 'lt', 'le'])
const symbols = { eq: sql`=`, gt: sql`>`, ge: sql`>=`, lt: sql`<`, le: sql`<=` } as const

/** Text that no column holds: NUL ends a string in C, and a lone surrogate has no UTF-8. */
const unstorable = (value: NativeScalar): boolean =>
  typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())

/** How well a column of this type can answer a test. */
export function sayTest(test: SlotTest, type: ColumnType, list: ListForm | undefined): Say {
  if (test.op === 'absent' || test.op === 'in') return 'exact'
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
export function lowerTest(dialect: Dialect, value: Expression, test: SlotTest, type: ColumnType): Expression {
  switch (test.op) {
    case 'absent':
      return sql`${value} IS NULL`
    case 'in':
      return lowerIn(dialect, value, test.values, type)
    case 'bits':
      return sql`(${value} & ${bind(test.mask)}) = ${bind(test.equals)}`
    case 'eq':
    case 'co':
    case 'sw':
    case 'ew':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return lowerCompare(dialect, value, test, type)
    default:
      return never(test)
  }
}

function lowerIn(dialect: Dialect, value: Expression, values: readonly NativeScalar[], type: ColumnType): Expression {
  const texts = values.filter((one) => typeof one === 'string' && !unstorable(one))
  const others = values.filter((one) => typeof one !== 'string' && one !== null)
  const text = type === 'integer' || type === 'numeric' ? dialect.asText(value) : value
  return or([
    ...(texts.length === 0 ? [] : [among(dialect.exact(text), texts)]),
    ...(others.length === 0 ? [] : [among(value, others)]),
    ...(values.includes(null) ? [sql`${value} IS NULL`] : []),
  ])
}

function lowerCompare(
  dialect: Dialect,
  value: Expression,
  test: Extract<SlotTest, { readonly fold: boolean }>,
  type: ColumnType,
): Expression {
  const wanted = test.value
  if (wanted === null || unstorable(wanted)) return falsehood
  if (test.op === 'co' || test.op === 'sw' || test.op === 'ew') {
    const part = String(wanted)
    const text = test.fold ? dialect.fold(value) : value
    if (test.op === 'co') return dialect.contains(text, part)
    return test.op === 'sw' ? dialect.startsWith(text, part) : dialect.endsWith(text, part)
  }
  if (typeof wanted !== 'string') return sql`${value} ${symbols[test.op]} ${bind(wanted)}`
  const text = type === 'integer' || type === 'numeric' ? dialect.asText(value) : value
  if (!test.fold) return sql`${dialect.exact(text)} ${symbols[test.op]} ${wanted}`
  if (test.op === 'eq') return dialect.foldedEqual(text, wanted)
  return sql`${dialect.fold(text)} ${symbols[test.op]} ${wanted}`
}

/** A test of the values that one column joins: true when one of them satisfies it. */
export function lowerListTest(dialect: Dialect, value: Expression, test: SlotTest, list: ListForm): Expression {
  if (list.kind === 'json') {
    const elements = dialect.jsonElements(value, 'e')
    return test.op === 'absent'
      ? dialect.not(exists(elements.from, []))
      : exists(elements.from, [lowerTest(dialect, elements.value, test, 'unknown')])
  }
  if (test.op === 'absent') return sql`(${value} IS NULL OR replace(${value}, ${list.by}, '') = '')`
  if (test.op === 'in') {
    const any = test.values.filter((one) => one !== null)
    return or([
      ...any.map((one) => lowerListTest(dialect, value, { op: 'eq', value: one, fold: false }, list)),
      ...(any.length < test.values.length ? [lowerListTest(dialect, value, { op: 'absent' }, list)] : []),
    ])
  }
  if (test.op === 'bits' || test.value === null || unstorable(test.value)) return falsehood
  const by = test.fold ? fold(list.by) : list.by
  const part = String(test.value)
  const text = test.fold ? dialect.fold(value) : value
  if (test.op === 'co') return and([sql`${text} <> ''`, dialect.contains(text, part)])
  // an element with its delimiters on either side; no element holds the delimiter
  if (part.includes(by)) return falsehood
  const fenced = sql`${by} || ${text} || ${by}`
  const fence = { eq: by + part + by, sw: by + part, ew: part + by } as const
  if (test.op !== 'eq' && test.op !== 'sw' && test.op !== 'ew') return falsehood
  // an empty piece is no element
  if (part === '') return test.op === 'eq' ? falsehood : sql`replace(${text}, ${by}, '') <> ''`
  return dialect.contains(sql`(${fenced})`, fence[test.op])
}
