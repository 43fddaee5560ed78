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
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  if (hour > 23 || minute > 59 || second > 60 || number(9) > 23 || number(10) > 59) return undefined
  const offset = (number(9) * 60 + number(10)) * (found[8] === '-' ? -1 : 1)
  date.setUTCHours(hour, minute - offset)
  const pad = (part: number, length = 2): string => String(part).padStart(length, '0')
  const fraction = found[7]?.replace(/0+$/, '') ?? ''
  return [
    ...[pad(date.getUTCFullYear(), 4), pad(date.getUTCMonth() + 1), pad(date.getUTCDate())],
    ...[pad(date.getUTCHours()), pad(date.getUTCMinutes()), pad(second)],
    ...[fraction === '' ? '' : `.${fraction}`, 'Z'],
  ].join('')
}
