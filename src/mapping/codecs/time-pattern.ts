import type { Instant } from '../../scim/instant.ts'
import { clockOf, secondsOf } from './calendar.ts'
import type { Clock } from './calendar.ts'
import { nativeText, wrong } from './made.ts'
import type { TimeForm } from './time-form.ts'
import type { Zone } from './zone.ts'

const tokens = new Map([
  ['yyyy', 'year'],
  ['MM', 'month'],
  ['dd', 'day'],
  ['HH', 'hour'],
  ['mm', 'minute'],
  ['ss', 'second'],
  ['SSS', 'ms'],
] as const)
type Field = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'ms'

const significance: readonly Field[] = ['year', 'month', 'day', 'hour', 'minute', 'second', 'ms']
const steps: Readonly<Record<Field, number>> = {
  year: 86_400,
  month: 86_400,
  day: 86_400,
  hour: 3600,
  minute: 60,
  second: 1,
  ms: 1,
}

/** A pattern of yyyy MM dd HH mm ss SSS; everything else stands for itself. */
export function timePattern(text: string, zone: Zone): TimeForm {
  const pieces = text.split(/(yyyy|MM|dd|HH|mm|ss|SSS)/).filter((piece) => piece !== '')
  const fieldOf = (piece: string): Field | undefined => (tokens as ReadonlyMap<string, Field>).get(piece)
  const fields = pieces.flatMap((piece) => fieldOf(piece) ?? [])
  const isDate = (['year', 'month', 'day'] as const).every((field) => fields.includes(field))
  const chain = significance.slice(0, fields.length)
  // an hour is nothing without its day: the parts that are there must be the most significant ones
  if (!isDate || new Set(fields).size !== fields.length || !chain.every((field) => fields.includes(field)))
    throw wrong(
      `"${text}" is no time format: epoch, epochMillis, datetime, date, iso, generalized, filetime, or a pattern such as yyyyMMddHHmmss`,
    )
  const literal = (piece: string) => piece.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
  const reader = new RegExp(`^${pieces.map((p) => (fieldOf(p) ? `(\\d{${p.length}})` : literal(p))).join('')}$`)
  const least = chain.at(-1) ?? 'day'
  const step = steps[least]

  return {
    parse(native) {
      const m = reader.exec(nativeText(native) ?? '')
      if (m === null) return undefined
      const value = (field: Field): number => Number(m[fields.indexOf(field) + 1] ?? 0)
      const part = (field: Field): number => (fields.includes(field) ? value(field) : 0)
      const local = secondsOf({
        year: part('year'),
        month: part('month'),
        day: part('day'),
        hour: part('hour'),
        minute: part('minute'),
        second: part('second'),
      })
      if (local === undefined) return undefined
      return { seconds: zone.fromLocal(local), fraction: trimmed(String(part('ms')).padStart(3, '0')) }
    },
    keep(i) {
      const local = zone.toLocal(i.seconds)
      const seconds = step === 1 ? i.seconds : zone.fromLocal(Math.floor(local / step) * step)
      return { seconds, fraction: least === 'ms' ? trimmed(i.fraction.slice(0, 3)) : '' }
    },
    print(i: Instant) {
      const parts: Clock & { readonly ms: number } = {
        ...clockOf(zone.toLocal(i.seconds)),
        ms: Number(i.fraction.padEnd(3, '0')),
      }
      const print = (piece: string, field: Field | undefined) =>
        field === undefined ? piece : String(parts[field]).padStart(piece.length, '0')
      return pieces.map((piece) => print(piece, fieldOf(piece))).join('')
    },
    isExact: true,
    isOrdered: fields.every((field, i) => field === significance[i]) && zone.isFixed,
  }
}

const trimmed = (digits: string): string => digits.replace(/0+$/, '')
