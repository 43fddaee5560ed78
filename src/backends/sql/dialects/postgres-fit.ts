import { never } from '../../../base/errors.ts'
import type { SlotTest } from '../../../mapping/predicate.ts'
import type { NativeScalar } from '../../../mapping/slot.ts'
import { parseInstant } from '../../../scim/instant.ts'
import type { Column } from '../column.ts'
import type { Fit } from '../dialect.ts'

/** A date, or a date with a time, as codecs write them and as the driver reads them. */
const moment = /^(\d{4})-(\d\d-\d\d)(?:[ Tt](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)([Zz]|[-+]\d\d:\d\d)?)?$/
const endless = /^-?infinity$/

/** The text of a moment in the form that PostgreSQL reads, whose calendar has no year 0; undefined when it is none. */
export function momentOf(text: string): string | undefined {
  if (endless.test(text)) return text
  const [, year, day, clock = '00:00:00', offset = 'Z'] = moment.exec(text) ?? []
  if (year === undefined || day === undefined) return undefined
  const [time = '', seconds = ':00'] = [clock.slice(0, 5), clock.slice(5) || ':00']
  if (parseInstant(`${year}-${day}T${time}${seconds}${offset}`) === undefined) return undefined
  return year === '0000' ? `0001${text.slice(4)} BC` : text
}

const isMidnight = (text: string): boolean => endless.test(text) || !/[1-9]/.test(text.slice(10).replace(/[-+].*/, ''))

type Compare = Extract<SlotTest, { readonly fold: boolean }>
type Order = Compare & { readonly op: 'gt' | 'ge' | 'lt' | 'le' }
const isOrder = (test: Compare): test is Order => ['gt', 'ge', 'lt', 'le'].includes(test.op)

/**
 * To PostgreSQL a comparison with a text that is no value of the column's type, or with a number beyond it, is an error.
 * To a client it is a value that nobody has.
 */
export function fit(test: SlotTest, column: Column): Fit {
  switch (test.op) {
    case 'absent':
    case 'moment':
    case 'bits':
      return test
    case 'in': {
      if (column.type === 'blob' && test.values.some((one) => typeof one === 'string')) return 'unsayable'
      const values = test.values.flatMap((one) => (one === null ? [null] : (held(one, column) ?? [])))
      return values.length === 0 ? 'never' : { ...test, values }
    }
    case 'eq':
    case 'co':
    case 'sw':
    case 'ew':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return fitComparison(test, column)
    default:
      return never(test)
  }
}

function fitComparison(test: Compare, column: Column): Fit {
  const { value } = test
  if (value === null) return 'never'
  const isPart = test.op === 'co' || test.op === 'sw' || test.op === 'ew'
  // shown with a T and a Z, and as base64; the database has other texts for them
  if (column.type === 'time' && (isPart || test.fold)) return 'unsayable'
  if (column.type === 'blob' && typeof value === 'string') return 'unsayable'
  if (isPart) return test
  if (isOrder(test) && (typeof value === 'number' || typeof value === 'bigint')) return ordered(test, value, column)
  if (isOrder(test) && column.base === 'date' && typeof value === 'string' && !isMidnight(value)) {
    const day = held(value.slice(0, 10), column)
    // between two days: above the first of them
    const op = test.op === 'gt' || test.op === 'ge' ? 'gt' : 'le'
    return day === undefined ? 'never' : { ...test, op, value: day }
  }
  const native = held(value, column)
  return native === undefined ? 'never' : { ...test, value: native }
}

/** The value as the column may hold it; undefined when it cannot. Text beside a number is compared as text. */
function held(value: Exclude<NativeScalar, null>, { type, base, range }: Column): NativeScalar | undefined {
  const isInside = (n: number | bigint): boolean => range === undefined || (n >= range.least && n <= range.most)
  if (value instanceof Uint8Array) return type === 'blob' ? value : undefined
  switch (type) {
    case 'integer':
      if (typeof value === 'number') return Number.isInteger(value) && isInside(value) ? BigInt(value) : undefined
      if (typeof value === 'bigint') return isInside(value) ? value : undefined
      return typeof value === 'string' ? value : undefined
    case 'numeric':
      if (typeof value === 'number' && base === 'float4') return shownReal(value) === value ? value : undefined
      return typeof value === 'boolean' ? undefined : value
    case 'boolean':
      if (typeof value === 'number' || typeof value === 'bigint')
        return Number(value) === 1 ? true : Number(value) === 0 ? false : undefined
      return value
    case 'time': {
      const text = typeof value === 'string' ? momentOf(value) : undefined
      return text === undefined || (base === 'date' && !isMidnight(text)) ? undefined : text
    }
    case 'uuid':
    case 'enum':
    case 'json':
    case 'text':
    case 'unknown':
      return String(value)
    case 'blob':
      return undefined
    default:
      return never(type)
  }
}

/** A real as it is shown: by the fewest digits that tell it from its neighbours. */
function shownReal(value: number): number {
  const real = Math.fround(value)
  for (let digits = 1; digits < 9; digits++) {
    const shown = Number(real.toPrecision(digits))
    if (Math.fround(shown) === real) return shown
  }
  return Number(real.toPrecision(9))
}

/** A real is compared as the number that is shown; what lies between two of them is above the lower one. */
function orderedReal(test: Order, value: number, isUp: boolean): Fit {
  const real = Math.fround(value)
  if (!Number.isFinite(real)) return value > 0 === isUp ? 'never' : 'filled'
  const shown = shownReal(value)
  if (shown === value) return test
  const op = shown > value ? (isUp ? 'ge' : 'lt') : isUp ? 'gt' : 'le'
  return { ...test, op, value: real }
}

/** Whole numbers are above 1.5 when they are above 1, and all of them are below 10^21. */
function ordered(test: Order, value: number | bigint, { type, range, base }: Column): Fit {
  if (type !== 'integer' && type !== 'numeric') return 'never'
  const isUp = test.op === 'gt' || test.op === 'ge'
  if (type === 'numeric') return base === 'float4' ? orderedReal(test, Number(value), isUp) : test
  const floor = BigInt(typeof value === 'bigint' ? value : Math.floor(value))
  const op = typeof value === 'bigint' || Number.isInteger(value) ? test.op : isUp ? 'gt' : 'le'
  if (range !== undefined && floor > range.most) return isUp ? 'never' : 'filled'
  if (range !== undefined && floor < range.least) return isUp ? 'filled' : 'never'
  return { ...test, op, value: floor }
}
