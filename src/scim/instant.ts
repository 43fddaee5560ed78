/** A point in time with every digit that was given: the legacy clock may be finer than a Date. */
export interface Instant {
  /** Whole seconds since 1970 in UTC. */
  readonly seconds: number
  /** Digits of the fraction without trailing zeros; order by code point is order in time. */
  readonly fraction: string
}

/** Years 0000 to 9999: a zone must not carry an instant out of what four digits can say. */
const first = Date.parse('0000-01-01T00:00:00Z') / 1000
const last = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000

const pattern = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,18}))?(?:([Zz])|([-+])(\d\d):(\d\d))?$/

/** An xsd:dateTime (RFC 7643 section 2.3.5) as an instant; without a zone it is UTC. Undefined when it is none. */
export function parseInstant(text: string): Instant | undefined {
  const match = pattern.exec(text)
  if (!match) return undefined
  const part = (group: number): number => Number(match[group] ?? 0)
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(part) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const midnight = new Date(0)
  midnight.setUTCFullYear(year, month - 1, day)
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined
  // 24:00:00 is the first moment of the next day (XML Schema part 2, section 3.2.7.1); 60 is a leap second (RFC 3339 section 5.7)
  const isMidnight = hour === 24 && minute === 0 && second === 0 && !/[1-9]/.test(match[7] ?? '')
  if ((hour > 23 && !isMidnight) || minute > 59 || second > 60 || part(10) > 14 || part(11) > 59) return undefined
  const offset = (part(10) * 60 + part(11)) * 60 * (match[9] === '-' ? -1 : 1)
  const seconds = midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset
  if (seconds < first || seconds > last) return undefined
  return {
    seconds,
    fraction: (match[7] ?? '').replace(/0+$/, ''),
  }
}

export const compareInstants = (a: Instant, b: Instant): number =>
  a.seconds - b.seconds || (a.fraction < b.fraction ? -1 : a.fraction > b.fraction ? 1 : 0)

/** The one way to write it: UTC, `Z`, no more digits than needed. */
export const printInstant = ({ seconds, fraction }: Instant): string =>
  new Date(seconds * 1000).toISOString().replace(/\.000Z$/, fraction === '' ? 'Z' : `.${fraction}Z`)
