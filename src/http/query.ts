import { BridgeError } from '../base/errors.ts'
import type { ErrorReason } from '../base/errors.ts'
import type { ProjectionRequest, Query } from '../scim/request.ts'

/** Parameters the bridge knows, by lower-case name, with what a bad one is called (RFC 7644 table 9). */
const parameters: ReadonlyMap<string, { readonly name: keyof Query; readonly bad: ErrorReason }> = new Map([
  ['filter', { name: 'filter', bad: 'invalidFilter' }],
  ['sortby', { name: 'sortBy', bad: 'invalidValue' }],
  ['sortorder', { name: 'sortOrder', bad: 'invalidValue' }],
  ['startindex', { name: 'startIndex', bad: 'invalidValue' }],
  ['count', { name: 'count', bad: 'invalidValue' }],
  ['cursor', { name: 'cursor', bad: 'invalidCursor' }],
  ['attributes', { name: 'attributes', bad: 'invalidValue' }],
  ['excludedattributes', { name: 'excludedAttributes', bad: 'invalidValue' }],
])

type Sent = ReadonlyMap<keyof Query, readonly string[]>

/** The part of a request target after the first `?`. */
export const queryPart = (url: string): string => {
  const mark = url.indexOf('?')
  return mark < 0 ? '' : url.slice(mark + 1)
}

/**
 * Known parameters of the URL. Unknown ones are ignored (RFC 7644 section 3.4.2), so is what makes them up. A name is
 * found in any casing: a filter that went unheeded would answer with everybody. `+` is a blank, as form encoding has
 * it and Microsoft Entra and OneLogin send it; OneLogin's trailing `&` and bare `?` are fine.
 */
function readParameters(url: string): Sent {
  const sent = new Map<keyof Query, string[]>()
  for (const piece of queryPart(url).split('&')) {
    const equals = piece.indexOf('=')
    const rawName = equals < 0 ? piece : piece.slice(0, equals)
    const known = parameters.get((decode(rawName) ?? '').toLowerCase())
    if (known === undefined) continue
    const value = decode(equals < 0 ? '' : piece.slice(equals + 1))
    if (value === undefined) throw new BridgeError(known.bad, `${known.name} is not properly percent-encoded`)
    const values = sent.get(known.name)
    if (values === undefined) sent.set(known.name, [value])
    else values.push(value)
  }
  return sent
}

/** Percent-decoded once; undefined when an escape is broken or the bytes are not UTF-8. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

/** A parameter that may be given once: of two filters neither can be left out silently. */
function single(sent: Sent, name: keyof Query, bad: ErrorReason = 'invalidValue'): string | undefined {
  const values = sent.get(name)
  if (values !== undefined && values.length > 1) throw new BridgeError(bad, `${name} is given twice`)
  return values?.[0]
}

function integer(sent: Sent, name: keyof Query, bad: ErrorReason = 'invalidValue'): number | undefined {
  const text = single(sent, name)?.trim()
  if (text === undefined) return undefined
  if (!/^[+-]?\d+$/.test(text)) throw new BridgeError(bad, `${name} must be an integer`)
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(text)))
}

/** Names by comma; a repeated parameter adds to the list, an empty one asks for nothing. */
function names(sent: Sent, name: keyof Query): readonly string[] | undefined {
  const list = (sent.get(name) ?? [])
    .flatMap((value) => value.split(','))
    .map((item) => item.trim())
    .filter((item) => item !== '')
  return list.length === 0 ? undefined : list
}

const blankAsAbsent = (text: string | undefined): string | undefined => (text?.trim() === '' ? undefined : text)

function projection(sent: Sent): ProjectionRequest {
  const attributes = names(sent, 'attributes')
  const excludedAttributes = names(sent, 'excludedAttributes')
  return {
    ...(attributes !== undefined && { attributes }),
    ...(excludedAttributes !== undefined && { excludedAttributes }),
  }
}

/** `attributes` and `excludedAttributes` of any request that answers with resources (RFC 7644 section 3.9). */
export const readProjection = (url: string): ProjectionRequest => projection(readParameters(url))

/** The query of a list request (RFC 7644 section 3.4.2). An empty filter is kept: it is malformed, not absent. */
export function readQuery(url: string): Query {
  const sent = readParameters(url)
  const filter = single(sent, 'filter')
  const sortBy = blankAsAbsent(single(sent, 'sortBy'))
  const sortOrder = blankAsAbsent(single(sent, 'sortOrder'))
  const startIndex = integer(sent, 'startIndex')
  const cursor = single(sent, 'cursor', 'invalidCursor')
  // RFC 9865 section 2.1
  const count = integer(sent, 'count', cursor === undefined ? 'invalidValue' : 'invalidCount')
  return {
    ...(filter !== undefined && { filter }),
    ...(sortBy !== undefined && { sortBy }),
    ...(sortOrder !== undefined && { sortOrder }),
    ...(startIndex !== undefined && { startIndex }),
    ...(count !== undefined && { count }),
    ...(cursor !== undefined && { cursor }),
    ...projection(sent),
  }
}

export const hasFilter = (url: string): boolean => readParameters(url).has('filter')
