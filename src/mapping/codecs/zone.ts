import { offsetSeconds, secondsOf } from './calendar.ts'
import { wrong } from './made.ts'

/** Between an instant and the clock on the wall, both in whole seconds. */
export interface Zone {
  /** The same distance from UTC all year: the wall clock never goes back. */
  readonly isFixed: boolean
  toLocal(seconds: number): number
  fromLocal(local: number): number
}

/** `UTC`, `+02:00` or an IANA name. */
export function zone(name: string): Zone {
  const offset = offsetSeconds(name)
  if (offset !== undefined) {
    return { isFixed: true, toLocal: (seconds) => seconds + offset, fromLocal: (local) => local - offset }
  }
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: name,
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
  const toLocal = (seconds: number): number => {
    const part = new Map(format.formatToParts(seconds * 1000).map((p) => [p.type, p.value]))
    const number = (type: Intl.DateTimeFormatPartTypes) => Number(part.get(type))
    const year = part.get('era') === 'BC' ? 1 - number('year') : number('year')
    const [month, day, hour] = [number('month'), number('day'), number('hour')]
    return secondsOf({ year, month, day, hour, minute: number('minute'), second: number('second') }) ?? seconds
  }
  const fromLocal = (local: number): number => {
    // the distance at a first guess may be that of the other side of a change; a second look settles it
    const guess = local - (toLocal(local) - local)
    return local - (toLocal(guess) - guess)
  }
  return { isFixed: false, toLocal, fromLocal }
}
