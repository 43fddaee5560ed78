import type { NativeScalar } from '../../../mapping/slot.ts'

type Parse = (text: string) => NativeScalar

const whole: Parse = (text) => {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

/** NaN and the infinities have no JSON. */
const float: Parse = (text) => {
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}

/** Every digit, and no zero that says nothing: 1.50 is 1.5 for everybody. */
const numeric: Parse = (text) => {
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return /^-?\d+$/.test(short) ? whole(short) : short
}

const bytes: Parse = (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'))

/** The year 0 of ISO 8601 is the first before Christ. */
const date: Parse = (text) => text.replace(/^0001(-.+) BC$/, '0000$1')

/** The session's zone is UTC: `2020-01-01 00:00:00.5+00`, or `infinity`. */
const instant: Parse = (text) => String(date(text)).replace(/^(\d{4,}-\d\d-\d\d) ([\d:.]+)\+00$/, '$1T$2Z')

/** By the number of the type, https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat; all others are text. */
const parsers: ReadonlyMap<number, Parse> = new Map<number, Parse>([
  [16, (text) => text === 't'],
  [17, bytes],
  [20, whole],
  [21, whole],
  [23, whole],
  [26, whole],
  [700, float],
  [701, float],
  [1700, numeric],
  // char(n) is padded with blanks, which the server itself ignores
  [1042, (text) => text.replace(/ +$/, '')],
  [1082, date],
  [1114, date],
  [1184, instant],
])

const asIs: Parse = (text) => text

export const typeParser = (type: number): Parse => parsers.get(type) ?? asIs
