import { BridgeError, never } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { understands } from './dialect.ts'
import type { Dialect } from './dialect.ts'
import type { Attribute } from './schema.ts'

const dateTime = /^-?\d{4,}-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|[+-](\d\d):(\d\d))?$/

/** xsd:dateTime with date and time (RFC 7643 section 2.3.5), on a day that exists. */
export function isDateTime(text: string): boolean {
  const parts = dateTime.exec(text)
  if (parts === null) return false
  const [month, day, hour, minute, second, zoneHour, zoneMinute] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const year = Number(/^-?\d+/.exec(text)?.[0])
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0
  const clock = (hour < 24 && minute < 60 && second < 60) || (hour === 24 && minute === 0 && second === 0)
  const zone = Number.isNaN(zoneHour) || (zoneHour < 14 && zoneMinute < 60) || (zoneHour === 14 && zoneMinute === 0)
  return day >= 1 && day <= days && clock && zone
}

/** base64 with its padding or without (RFC 7643 section 2.3.6, RFC 4648 section 4). */
const isBase64 = (text: string): boolean => {
  const digits = /^([A-Za-z0-9+/]*)(={0,2})$/.exec(text)
  if (digits === null) return false
  const rest = (digits[1] ?? '').length % 4
  const padding = (digits[2] ?? '').length
  return rest !== 1 && (padding === 0 || (rest + padding) % 4 === 0)
}

/** RFC 3986 and 3987 leave some characters out of every URI and IRI. It may be relative (RFC 7643 section 2.3.7). */
const isUri = (text: string): boolean =>
  !/[\s\x00-\x1f\x7f<>"{}|\\^`]|%(?![0-9A-Fa-f]{2})/.test(text) && URL.canParse(text, 'https://host.example/')

/**
 * One plain value by its data type (RFC 7643 section 2.3). Throws BridgeError `invalidValue` that names attribute and
 * type, never the value: it may be a password.
 */
export function readScalar(attribute: Attribute, label: string, given: Json, dialect: Dialect): Json {
  const refuse = (expected: string): BridgeError => new BridgeError('invalidValue', `"${label}" must be ${expected}`)
  switch (attribute.type) {
    case 'boolean': {
      if (typeof given === 'boolean') return given
      const word = typeof given === 'string' ? given.toLowerCase() : undefined
      if ((word === 'true' || word === 'false') && understands(dialect, 'stringBoolean')) return word === 'true'
      throw refuse('a boolean, true or false')
    }
    case 'integer':
      // JSON has one kind of number: 1000 may come as 1e3 (RFC 8259 section 6)
      if (Number.isSafeInteger(given)) return given
      throw refuse('an integer without a fraction')
    case 'decimal':
      if (typeof given === 'number' && Number.isFinite(given)) return given
      throw refuse('a number')
    case 'string':
      return textOf(given) ?? fail(refuse('a string'))
    case 'dateTime': {
      const text = textOf(given)
      if (text !== undefined && isDateTime(text)) return text
      throw refuse('a dateTime with date and time, such as "2026-01-31T12:00:00Z"')
    }
    case 'binary': {
      const text = textOf(given)
      if (text !== undefined && isBase64(text)) return text
      throw refuse('binary data in base64')
    }
    case 'reference': {
      const text = textOf(given)
      if (text !== undefined && isUri(text)) return text
      throw refuse('a URI')
    }
    case 'complex':
      throw refuse('an object with sub-attributes')
    default:
      return never(attribute.type)
  }

  /** No store keeps a NUL in text, and half a surrogate pair has no UTF-8 form: neither comes back as it was sent. */
  function textOf(value: Json): string | undefined {
    if (typeof value !== 'string') return undefined
    if (value.includes('\0') || !value.isWellFormed()) throw refuse('text without NUL or unpaired surrogates')
    return value
  }
}

const fail = (error: BridgeError): never => {
  throw error
}
