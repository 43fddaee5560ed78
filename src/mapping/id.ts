import { BridgeError } from '../base/errors.ts'
import { scimId } from '../base/brand.ts'
import type { ScimId } from '../base/brand.ts'
import type { IdRule } from './catalog.ts'
import type { NativeScalar } from './slot.ts'

/**
 * `~` escapes, `.` joins the parts of a composite key. RFC 7643 section 3.1 forbids "bulkId" in an id, and a path segment
 * that is empty, `.` or `..` cannot be a URL.
 */
const escapes = { '~0': '~', '~1': '.', '~2': '', '~3': '' } as const

const textOf = (value: NativeScalar): string => {
  if (value === null) throw new BridgeError('internal', 'a record has no key')
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
}

function escapePart(text: string, isComposite: boolean): string {
  if (text === '') return '~3'
  const safe = text.replaceAll('~', '~0')
  return isComposite ? safe.replaceAll('.', '~1') : safe
}

/** The id that a client sees for the values of the id's fields. */
export function idOf(rule: IdRule, values: readonly NativeScalar[]): ScimId {
  const isComposite = rule.fields.length > 1
  const body = values.map((value) => escapePart(textOf(value), isComposite)).join('.')
  const segment = rule.prefix === '' && (body === '.' || body === '..') ? body.replaceAll('.', '~1') : body
  return scimId(rule.prefix + segment.replaceAll('bulkId', 'bulk~2Id'))
}

/** The values behind an id as text; undefined when no record of this type can have it (404). */
export function keyOf(rule: IdRule, id: ScimId | string): readonly string[] | undefined {
  if (!id.startsWith(rule.prefix)) return undefined
  const body = id.slice(rule.prefix.length)
  const parts = rule.fields.length > 1 ? body.split('.') : [body]
  if (parts.length !== rule.fields.length) return undefined
  const key = parts.map((part) => part.replace(/~[0-3]/g, (e) => escapes[e as keyof typeof escapes]))
  // one id for one key: what does not come out the same was not made here
  return idOf(rule, key) === id ? key : undefined
}
