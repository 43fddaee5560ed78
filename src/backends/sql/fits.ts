import type { Column } from './column.ts'
import type { Param } from './expression.ts'

/** What MySQL's latin1 holds: it is Windows-1252 with its five holes filled, https://dev.mysql.com/doc/refman/8.0/en/charset-we-sets.html. */
const latin1 =
  /^[\u0000-\u007f\u0081\u008d\u008f\u0090\u009d\u00a0-\u00ff\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]*$/

/** Text of a character set; one that is not here is left to the database. */
const charsets: Readonly<Record<string, RegExp>> = {
  ascii: /^[\u0000-\u007f]*$/,
  us7ascii: /^[\u0000-\u007f]*$/,
  latin1,
  // three bytes for each character: nothing beyond the Basic Multilingual Plane
  utf8: /^[\u0000-\ud7ff\ue000-\uffff]*$/,
  utf8mb3: /^[\u0000-\ud7ff\ue000-\uffff]*$/,
}

export const holdsText = (charset: string | undefined, text: string): boolean =>
  charset === undefined || !Object.hasOwn(charsets, charset) || charsets[charset]?.test(text) === true

/** Why a column cannot hold a value, as the end of a sentence; undefined when it can, as far as the schema tells. */
export function unfit(column: Column | undefined, value: Param): string | undefined {
  if (typeof value === 'string') {
    if (value.includes('\0') || !value.isWellFormed()) return 'holds a character that cannot be stored'
    if (column === undefined) return undefined
    if (column.words !== undefined && !column.words.includes(value)) return 'is none of the values that are stored here'
    if (column.length !== undefined && lengthOf(value) > column.length)
      return `is longer than the ${column.length} characters that can be stored`
    if (!holdsText(column.charset, value)) return 'holds a character that cannot be stored'
  }
  const range = column?.range
  const whole = range === undefined ? undefined : wholeOf(value)
  if (range !== undefined && whole !== undefined && (whole < range.least || whole > range.most))
    return 'is a number beyond what can be stored'
  return column === undefined ? undefined : reshaped(column, value)
}

/** What a database would take and give back as something else. */
function reshaped({ base, type }: Column, value: Param): string | undefined {
  if (base === undefined || typeof value !== 'string') return undefined
  if (base === 'bpchar' && value.endsWith(' ')) return 'ends in a blank, which would not be kept'
  if (base === 'uuid' && !isUuid(value)) return 'is no UUID, or not in lower case, as it would be kept'
  if (type === 'time' && value.startsWith('0000')) return 'is before the first moment that can be stored'
  return undefined
}

/** As a uuid column gives it back; it would take other notations, too. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

/**
 * Why a column would round a client's value off, which databases do without a word; as `unfit`. What the mapping stamps
 * by itself may be as fine as the clock.
 */
export function tooFine(column: Column | undefined, value: Param): string | undefined {
  if (column === undefined || value === null) return undefined
  const { scale, clock } = column
  if (clock !== undefined) {
    const [, hours = '', fraction = ''] = time.exec(String(value)) ?? []
    if (clock === 'none') return /[1-9]/.test(hours) ? 'has a time of day, and only the date would be kept' : undefined
    return fraction.replace(/0+$/, '').length > clock ? 'is a finer time than can be stored' : undefined
  }
  if (scale === undefined) return undefined
  const [, , digits = '', exponent = '0'] = decimal.exec(String(value)) ?? []
  if (digits.replace(/0+$/, '').length - Number(exponent) <= Math.max(scale, 0)) return undefined
  return scale <= 0 ? 'is no whole number' : `has more than the ${scale} digits behind the point that can be stored`
}

const time = /^\d{4}-\d\d-\d\d[T ](\d\d:\d\d(?::\d\d(?:\.(\d+))?)?)/
const decimal = /^(-?\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/

/** The part of a number before its decimal point. */
function wholeOf(value: Param): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined
  const [, whole, , exponent] = typeof value === 'string' ? (decimal.exec(value) ?? []) : []
  return whole === undefined || exponent !== undefined ? undefined : BigInt(whole)
}

/** In characters, as databases count them. */
const lengthOf = (text: string): number => {
  let count = 0
  for (const _ of text) count++
  return count
}
