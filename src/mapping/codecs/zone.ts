import { offsetMinutes, utc } from './instant.ts'
import { wrong } from './made.ts'

/** Between an instant and the clock on the wall, both in milliseconds. */
export interface Zone {
  /** The same distance from UTC all year: the wall clock never goes back. */
  readonly isFixed: boolean
  toLocal(ms: number): number
  fromLocal(local: number): number
}

export function zone(name: string): Zone {
  const minutes = offsetMinutes(name)
  if (minutes !== undefined) {
    return { isFixed: true, toLocal: (ms) => ms + minutes * 60_000, fromLocal: (local) => local - minutes * 60_000 }
  }
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    throw wrong(`there is no time zone "${name}": write UTC, +02:00 or an IANA name such as Europe/Berlin`)
  }
  const toLocal = (ms: number): number => {
    const part = Object.fromEntries(format.formatToParts(ms).map((p) => [p.type, p.value]))
    const year = part['era'] === 'BC' ? 1 - Number(part['year']) : Number(part['year'])
    const local = utc({
      year,
      month: Number(part['month']),
      day: Number(part['day']),
      hour: Number(part['hour']),
      minute: Number(part['minute']),
      second: Number(part['second']),
      ms: 0,
    })
    return (local ?? ms) + (((ms % 1000) + 1000) % 1000)
  }
  const fromLocal = (local: number): number => {
    // the distance at a first guess may be that of the other side of a change; a second look settles it
    const guess = local - (toLocal(local) - local)
    return local - (toLocal(guess) - guess)
  }
  return { isFixed: false, toLocal, fromLocal }
}
