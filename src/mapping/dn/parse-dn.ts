import { isAttributeType } from './description.ts'
import type { Ava, Dn, Rdn } from './dn.ts'
import { valueOfBytes } from './value.ts'
import type { Value } from './value.ts'

interface Cursor {
  readonly text: string
  at: number
}

/**
 * By RFC 4514, and what it asks of a reader for the sake of older writers (RFC 2253 section 4): spaces around
 * separators, `;` for `,`, quoted values and `OID.`. Undefined when it is no DN.
 */
export function parseDn(text: string): Dn | undefined {
  const cursor: Cursor = { text, at: 0 }
  skipSpaces(cursor)
  if (cursor.at === text.length) return []
  const dn: Rdn[] = []
  for (;;) {
    const rdn = parseRdn(cursor)
    if (rdn === undefined) return undefined
    dn.push(rdn)
    if (cursor.at === text.length) return dn
    // `,` or `;`, as an RDN ends at nothing else
    cursor.at++
  }
}

/** Left at the separator behind it, or at the end. */
function parseRdn(cursor: Cursor): Rdn | undefined {
  const rdn: Ava[] = []
  for (;;) {
    const ava = parseAva(cursor)
    if (ava === undefined) return undefined
    rdn.push(ava)
    const next = cursor.text[cursor.at]
    if (next === undefined || next === ',' || next === ';') return rdn
    if (next !== '+') return undefined
    cursor.at++
  }
}

function parseAva(cursor: Cursor): Ava | undefined {
  const equals = cursor.text.indexOf('=', cursor.at)
  if (equals < 0) return undefined
  const attribute = trimmed(cursor.text.slice(cursor.at, equals)).replace(/^oid\./i, '')
  if (!isAttributeType(attribute)) return undefined
  cursor.at = equals + 1
  skipSpaces(cursor)
  const value = parseValue(cursor)
  if (value === undefined) return undefined
  skipSpaces(cursor)
  return { attribute, value }
}

function parseValue(cursor: Cursor): Value | undefined {
  const first = cursor.text[cursor.at]
  if (first === '#') return hexValue(cursor)
  const isQuoted = first === '"'
  if (isQuoted) cursor.at++
  const bytes: number[] = []
  // trailing spaces go, but not one that was escaped
  let kept = 0
  for (;;) {
    const code = cursor.text.codePointAt(cursor.at)
    if (code === undefined) {
      if (isQuoted) return undefined
      break
    }
    const char = String.fromCodePoint(code)
    if (isQuoted ? char === '"' : ',;+'.includes(char)) break
    if (char === '\\') {
      if (!takeEscape(cursor, bytes)) return undefined
      kept = bytes.length
      continue
    }
    if (char === '\0' || (!isQuoted && '"<>'.includes(char))) return undefined
    cursor.at += char.length
    bytes.push(...Buffer.from(char))
    if (char !== ' ' || isQuoted) kept = bytes.length
  }
  if (isQuoted) cursor.at++
  return valueOfBytes(Buffer.from(bytes.slice(0, kept)))
}

/** `\,` or `\2c`. */
function takeEscape(cursor: Cursor, bytes: number[]): boolean {
  const pair = cursor.text.slice(cursor.at + 1, cursor.at + 3)
  if (/^[0-9a-f]{2}$/i.test(pair)) {
    bytes.push(Number.parseInt(pair, 16))
    cursor.at += 3
    return true
  }
  const char = pair[0]
  if (char === undefined || !' "#+,;<=>\\'.includes(char)) return false
  bytes.push(char.charCodeAt(0))
  cursor.at += 2
  return true
}

/**
 * `#` and the BER encoding in hex. What is in a string (UTF8, Numeric, Printable, Teletex, IA5) or an octet string is
 * the value; any other type has no form as a value of LDAP, and OpenLDAP refuses the whole notation.
 */
function hexValue(cursor: Cursor): Value | undefined {
  const hex = /#((?:[0-9a-f]{2})+)/iy
  hex.lastIndex = cursor.at
  const found = hex.exec(cursor.text)
  if (found === null) return undefined
  cursor.at = hex.lastIndex
  const bytes = Buffer.from(found[1] ?? '', 'hex')
  const [tag = 0, length = 0] = bytes
  if (![0x04, 0x0c, 0x12, 0x13, 0x14, 0x16].includes(tag)) return undefined
  const many = length < 0x80 ? 0 : length - 0x80
  if (bytes.length < 2 + many || many > 4 || length === 0x80) return undefined
  const size = many === 0 ? length : bytes.readUIntBE(2, many)
  const content = bytes.subarray(2 + many)
  return content.length === size ? valueOfBytes(content) : undefined
}

function skipSpaces(cursor: Cursor): void {
  while (cursor.text[cursor.at] === ' ') cursor.at++
}

const trimmed = (text: string): string => text.replace(/^ +| +$/g, '')
