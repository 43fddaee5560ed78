import type { NativeScalar } from '../slot.ts'
import { clockOf, milliseconds, offsetMinutes, utc } from './instant.ts'
import type { Clock } from './instant.ts'
import { nativeNumber, nativeText, wrong } from './made.ts'
import type { Zone } from './zone.ts'

/** How a legacy system writes an instant. */
export interface TimeForm {
  parse(native: NativeScalar): number | undefined
  print(ms: number): NativeScalar
  /** The smallest difference it can hold, in milliseconds. */
  readonly step: number
  /** Each instant has one native form. */
  readonly isExact: boolean
  /** The native order is the order of instants. */
  readonly isOrdered: boolean
}

const day = 86_400_000
const two = (n: number) => String(n).padStart(2, '0')
const four = (n: number) => String(n).padStart(4, '0')

/** `print` gets whole steps only, never negative years. */
export function timeForm(name: string, zone: Zone): TimeForm {
  switch (name) {
    case 'epoch':
      return counted(1000, 0)
    case 'epochMillis':
      return counted(1, 0)
    case 'filetime':
      return filetime
    case 'datetime':
      return {
        ...loose(zone, (c) => `${dateText(c)} ${clockText(c)}${fraction(c)}`),
        isExact: true,
        isOrdered: zone.isFixed,
      }
    case 'iso':
      // with and without a fraction, with Z or an offset: readable, but not comparable as text
      return loose(zone, (c) => `${dateText(c)}T${clockText(c)}.${String(c.ms).padStart(3, '0')}Z`, true)
    case 'date':
      return pattern('yyyy-MM-dd', zone)
    case 'generalized':
      return generalized(zone)
    default:
      return pattern(name, zone)
  }
}

const dateText = (c: Clock) => `${four(c.year)}-${two(c.month)}-${two(c.day)}`
const clockText = (c: Clock) => `${two(c.hour)}:${two(c.minute)}:${two(c.second)}`
const fraction = (c: Clock) => (c.ms === 0 ? '' : `.${String(c.ms).padStart(3, '0')}`)

const counted = (unit: number, start: number): TimeForm => ({
  parse(native) {
    const n = nativeNumber(native)
    return n === undefined ? undefined : Math.floor(Number(n) * unit) + start
  },
  print: (ms) => (ms - start) / unit,
  step: unit,
  isExact: true,
  isOrdered: true,
})

/** Steps of 100 ns since 1601 (MS-DTYP section 2.3.3): more than a double holds. */
const filetime: TimeForm = {
  parse(native) {
    const n = nativeNumber(native)
    if (n === undefined || (typeof n === 'number' && !Number.isInteger(n))) return undefined
    return Number(BigInt(n) / 10_000n) - 11_644_473_600_000
  },
  print: (ms) => BigInt(ms + 11_644_473_600_000) * 10_000n,
  step: 1,
  // steps below a millisecond are cut off when read
  isExact: false,
  isOrdered: false,
}

const written =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/

/** Dates as drivers print them: a blank or a T, with or without fraction and offset. */
function loose(zone: Zone, print: (c: Clock) => string, inUtc = false): TimeForm {
  return {
    parse(native) {
      const m = written.exec((nativeText(native) ?? '').trim())
      if (m === null) return undefined
      const [year = 0, month = 0, d = 0, hour = 0, minute = 0, second = 0] = m.slice(1, 7).map((t) => Number(t ?? 0))
      const local = utc({ year, month, day: d, hour, minute, second, ms: milliseconds(m[7]) })
      if (local === undefined) return undefined
      return m[8] === undefined ? zone.fromLocal(local) : local - (offsetMinutes(m[8]) ?? 0) * 60_000
    },
    print: (ms) => print(clockOf(inUtc ? ms : zone.toLocal(ms))),
    step: 1,
    isExact: false,
    isOrdered: false,
  }
}

const general = /^(\d{4})(\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})?)?(?:[.,](\d+))?(Z|[+-]\d{2}(?:\d{2})?)?$/

/** GeneralizedTime (RFC 4517 section 3.3.13), written in UTC. */
const generalized = (zone: Zone): TimeForm => ({
  parse(native) {
    const m = general.exec(nativeText(native) ?? '')
    if (m === null) return undefined
    const [year = 0, month = 0, d = 0, hour = 0, minute = 0, second = 0] = m.slice(1, 7).map((t) => Number(t ?? 0))
    // a fraction belongs to the last part that is there
    const unit = m[5] === undefined ? 3_600_000 : m[6] === undefined ? 60_000 : 1000
    const local = utc({ year, month, day: d, hour, minute, second, ms: 0 })
    if (local === undefined) return undefined
    const at = local + Math.floor(Number(`0.${m[7] ?? '0'}`) * unit)
    return m[8] === undefined ? zone.fromLocal(at) : at - (offsetMinutes(m[8]) ?? 0) * 60_000
  },
  print(ms) {
    const c = clockOf(ms)
    return `${four(c.year)}${two(c.month)}${two(c.day)}${two(c.hour)}${two(c.minute)}${two(c.second)}${fraction(c)}Z`
  },
  step: 1,
  isExact: false,
  isOrdered: false,
})

const tokens = { yyyy: 'year', MM: 'month', dd: 'day', HH: 'hour', mm: 'minute', ss: 'second', SSS: 'ms' } as const
const significance = ['year', 'month', 'day', 'hour', 'minute', 'second', 'ms'] as const

/** A pattern of yyyy MM dd HH mm ss SSS; everything else stands for itself. */
function pattern(text: string, zone: Zone): TimeForm {
  const pieces = text.split(/(yyyy|MM|dd|HH|mm|ss|SSS)/).filter((p) => p !== '')
  const fields = pieces.flatMap((p) => (Object.hasOwn(tokens, p) ? [tokens[p as keyof typeof tokens]] : []))
  if (!['year', 'month', 'day'].every((f) => fields.includes(f as 'year')) || new Set(fields).size !== fields.length)
    throw wrong(
      `"${text}" is no time format: epoch, epochMillis, datetime, date, iso, generalized, filetime or a pattern with yyyy, MM and dd`,
    )
  const source = pieces
    .map((p) => (Object.hasOwn(tokens, p) ? `(\\d{${p.length}})` : p.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('')
  const reader = new RegExp(`^${source}$`)
  const least = [...significance].reverse().find((f) => fields.includes(f)) ?? 'day'
  const steps = { year: day, month: day, day, hour: 3_600_000, minute: 60_000, second: 1000, ms: 1 } as const
  const inOrder = fields.every((f, i) => f === significance[i])
  return {
    parse(native) {
      const m = reader.exec(nativeText(native) ?? '')
      if (m === null) return undefined
      const read: Record<string, number> = { hour: 0, minute: 0, second: 0, ms: 0 }
      fields.forEach((f, i) => (read[f] = Number(m[i + 1])))
      const local = utc(read as unknown as Clock)
      return local === undefined ? undefined : zone.fromLocal(local)
    },
    print(ms) {
      const c = clockOf(zone.toLocal(ms))
      return pieces
        .map((p) =>
          Object.hasOwn(tokens, p) ? String(c[tokens[p as keyof typeof tokens]]).padStart(p.length, '0') : p,
        )
        .join('')
    },
    step: steps[least],
    isExact: true,
    isOrdered: inOrder && zone.isFixed,
  }
}
