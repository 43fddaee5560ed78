/** The clock on the wall and the seconds behind it, without a library. */
export interface Clock {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

/** undefined for a date that the calendar does not have (30 February, hour 25). */
export function secondsOf(c: Clock): number | undefined {
  const date = new Date(0)
  // Date.UTC reads years below 100 as 19xx
  date.setUTCFullYear(c.year, c.month - 1, c.day)
  const exists = date.getUTCFullYear() === c.year && date.getUTCMonth() === c.month - 1 && date.getUTCDate() === c.day
  if (!exists || c.hour > 23 || c.minute > 59 || c.second > 59) return undefined
  return date.getTime() / 1000 + c.hour * 3600 + c.minute * 60 + c.second
}

export function clockOf(seconds: number): Clock {
  const d = new Date(seconds * 1000)
  return {
    year: d.getUTCFullYear(),
    month: d.getUTCMonth() + 1,
    day: d.getUTCDate(),
    hour: d.getUTCHours(),
    minute: d.getUTCMinutes(),
    second: d.getUTCSeconds(),
  }
}

/** Seconds of `Z`, `+02:00`, `+0200`, `+02`; undefined for anything else. */
export function offsetSeconds(text: string): number | undefined {
  if (text === 'Z' || text === 'UTC') return 0
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})?$/.exec(text) ?? []
  if (hours === undefined || Number(hours) > 14 || Number(minutes ?? 0) > 59) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes ?? 0) * 60)
}
