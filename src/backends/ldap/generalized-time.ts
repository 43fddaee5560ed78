import { clockOf, secondsOf } from '../../mapping/codecs/calendar.ts'

const form = /^(\d{4})(\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)?)?(?:[.,](\d+))?(?:Z|([+-])(\d\d)(\d\d)?)$/

export const isGeneralizedTime = (text: string): boolean => utcOf(text) !== undefined

/**
 * A time in the one form in which equal ones are the same text: to the second, in UTC, the fraction without noughts at
 * its end. Undefined when it is none (RFC 4517 section 3.3.13).
 */
export function utcOf(text: string): string | undefined {
  const found = form.exec(text)
  if (found === null) return undefined
  const number = (group: number): number => Number(found[group] ?? 0)
  const second = number(6)
  // a leap second is one, and no clock has it
  const minute = secondsOf({
    year: number(1),
    month: number(2),
    day: number(3),
    hour: number(4),
    minute: number(5),
    second: 0,
  })
  if (minute === undefined || second > 60 || number(9) > 23 || number(10) > 59) return undefined
  const offset = (number(9) * 3600 + number(10) * 60) * (found[8] === '-' ? -1 : 1)
  const utc = clockOf(minute - offset)
  const pad = (part: number): string => String(part).padStart(2, '0')
  const fraction = found[7]?.replace(/0+$/, '') ?? ''
  const date = [String(utc.year).padStart(4, '0'), pad(utc.month), pad(utc.day)]
  return [...date, pad(utc.hour), pad(utc.minute), pad(second), fraction === '' ? '' : `.${fraction}`, 'Z'].join('')
}
