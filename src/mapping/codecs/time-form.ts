import type { Instant } from '../../scim/instant.ts'
import type { NativeScalar } from '../slot.ts'
import { clockOf, offsetSeconds, secondsOf } from './calendar.ts'
import type { Clock } from './calendar.ts'
import { nativeNumber, nativeText } from './made.ts'
import { timePattern } from './time-pattern.ts'
import type { Zone } from './zone.ts'

/** How a legacy system writes an instant. */
export interface TimeForm {
  parse(native: NativeScalar): Instant | undefined
  /** The latest instant at or before this one that the form can hold. */
  keep(instant: Instant): Instant
  print(kept: Instant): NativeScalar
  /** Each instant has one native form, so that equality crosses. */
  readonly isExact: boolean
  /** The native order is the order of instants. */
  readonly isOrdered: boolean
}

export function timeForm(name: string, zone: Zone): TimeForm {
  switch (name) {
    case 'epoch':
      return counted(0)
    case 'epochMillis':
      return counted(3)
    case 'filetime':
      return filetime
    case 'datetime':
      return {
        ...loose(zone, 6),
        print: (i) => dateAndTime(zone.toLocal(i.seconds), ' ') + fraction(i),
        isExact: true,
        isOrdered: zone.isFixed,
      }
    case 'iso':
      // with and without a fraction, with Z or an offset: readable, but not comparable as text
      return {
        ...loose(zone, 9),
        print: (i) => `${dateAndTime(i.seconds, 'T')}.${i.fraction.padEnd(3, '0')}Z`,
        isExact: false,
        isOrdered: false,
      }
    case 'date':
      return timePattern('yyyy-MM-dd', zone)
    case 'generalized':
      return generalized(zone)
    default:
      return timePattern(name, zone)
  }
}

/** The first digits of a fraction; a longer one is cut, not rounded. */
export const cut = (i: Instant, digits: number): Instant => ({
  seconds: i.seconds,
  fraction: i.fraction.slice(0, digits).replace(/0+$/, ''),
})

const fraction = (i: Instant) => (i.fraction === '' ? '' : `.${i.fraction}`)
const two = (n: number) => String(n).padStart(2, '0')

function dateAndTime(seconds: number, between: string): string {
  const c = clockOf(seconds)
  const date = `${String(c.year).padStart(4, '0')}-${two(c.month)}-${two(c.day)}`
  return `${date}${between}${two(c.hour)}:${two(c.minute)}:${two(c.second)}`
}

/** A whole number of steps of 10^-digits seconds since 1970. */
const counted = (digits: number): TimeForm => ({
  parse(native) {
    const n = nativeNumber(native)
    if (n === undefined || !Number.isSafeInteger(Number(n))) return undefined
    const unit = 10 ** digits
    const seconds = Math.floor(Number(n) / unit)
    return cut({ seconds, fraction: String(Number(n) - seconds * unit).padStart(digits, '0') }, digits)
  },
  keep: (i) => cut(i, digits),
  print: (i) => i.seconds * 10 ** digits + Number(i.fraction.padEnd(digits, '0')),
  isExact: true,
  isOrdered: true,
})

const ticks = 10_000_000n
const since1601 = 11_644_473_600n

/** Steps of 100 ns since 1601 (MS-DTYP section 2.3.3): more than a double holds. */
const filetime: TimeForm = {
  parse(native) {
    const n = nativeNumber(native)
    if (n === undefined || (typeof n === 'number' && !Number.isSafeInteger(n)) || n < 0) return undefined
    const count = BigInt(n)
    return cut({ seconds: Number(count / ticks - since1601), fraction: String(count % ticks).padStart(7, '0') }, 7)
  },
  keep: (i) => cut(i, 7),
  print: (i) => (BigInt(i.seconds) + since1601) * ticks + BigInt(i.fraction.padEnd(7, '0')),
  isExact: true,
  isOrdered: true,
}

const written =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,18}))?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/

/** Dates as drivers print them: a blank or a T, with or without fraction and offset. */
const loose = (zone: Zone, digits: number): Pick<TimeForm, 'parse' | 'keep'> => ({
  parse(native) {
    const m = written.exec((nativeText(native) ?? '').trim())
    return m === null ? undefined : placed(clock(m), m[7] ?? '', m[8], zone)
  },
  keep: (i) => cut(i, digits),
})

const clock = (m: RegExpExecArray): Clock => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = m.slice(1, 7).map((t) => Number(t ?? 0))
  return { year, month, day, hour, minute, second }
}

function placed(c: Clock, digits: string, offset: string | undefined, zone: Zone): Instant | undefined {
  const local = secondsOf(c)
  const distance = offset === undefined ? 0 : offsetSeconds(offset)
  if (local === undefined || distance === undefined) return undefined
  const seconds = offset === undefined ? zone.fromLocal(local) : local - distance
  return cut({ seconds, fraction: digits }, 18)
}

const general = /^(\d{4})(\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})?)?(?:[.,](\d{1,18}))?(Z|[+-]\d{2}(?:\d{2})?)?$/

/** GeneralizedTime (RFC 4517 section 3.3.13), written in UTC. Its many spellings of one moment are not comparable as text. */
const generalized = (zone: Zone): TimeForm => ({
  parse(native) {
    const m = general.exec(nativeText(native) ?? '')
    // a fraction of an hour or a minute is allowed and never seen
    if (m === null || (m[6] === undefined && m[7] !== undefined)) return undefined
    return placed(clock(m), m[7] ?? '', m[8], zone)
  },
  keep: (i) => cut(i, 9),
  print: (i) => dateAndTime(i.seconds, '').replace(/[-:]/g, '') + fraction(i) + 'Z',
  isExact: false,
  isOrdered: false,
})
