/** Instants are milliseconds since 1970; text forms of them without a library. */
const xsd = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})?$/

export interface Clock {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly ms: number
}

/** undefined for a date that the calendar does not have (30 February, hour 25). */
export function utc(c: Clock): number | undefined {
  // Date.UTC reads years below 100 as 19xx
  const date = new Date(Date.UTC(2000, c.month - 1, c.day, c.hour, c.minute, c.second, c.ms))
  date.setUTCFullYear(c.year, c.month - 1, c.day)
  const fits =
    date.getUTCFullYear() === c.year &&
    date.getUTCMonth() === c.month - 1 &&
    date.getUTCDate() === c.day &&
    c.hour < 24 &&
    c.minute < 60 &&
    c.second < 60
  return fits ? date.getTime() : undefined
}

export function clockOf(ms: number): Clock {
  const d = new Date(ms)
  return {
    year: d.getUTCFullYear(),
    month: d.getUTCMonth() + 1,
    day: d.getUTCDate(),
    hour: d.getUTCHours(),
    minute: d.getUTCMinutes(),
    second: d.getUTCSeconds(),
    ms: d.getUTCMilliseconds(),
  }
}

/** Minutes of `Z`, `+02:00`, `+0200`, `+02`. */
export function offsetMinutes(text: string | undefined): number | undefined {
  if (text === undefined || text === 'Z' || text === 'UTC') return 0
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})?$/.exec(text) ?? []
  if (hours === undefined) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes ?? 0))
}

export const milliseconds = (fraction: string | undefined): number =>
  fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3))

/** An xsd:dateTime (RFC 7643 section 2.3.5); one without zone is read as UTC. */
export function parseDateTime(text: string): number | undefined {
  const m = xsd.exec(text)
  if (m === null) return undefined
  const [year, month, day, hour, minute, second] = m.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const local = utc({ year, month, day, hour, minute, second, ms: milliseconds(m[7]) })
  const offset = offsetMinutes(m[8])
  return local === undefined || offset === undefined ? undefined : local - offset * 60_000
}

/** The one form in which the bridge shows an instant: UTC, milliseconds only when there are any. */
export function printDateTime(ms: number): string | undefined {
  // four digits of year are all that xsd:dateTime and this bridge know
  if (!(ms >= -62_167_219_200_000 && ms <= 253_402_300_799_999)) return undefined
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
