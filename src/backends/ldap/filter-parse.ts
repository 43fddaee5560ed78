import { isAttributeDescription, isAttributeType } from '../../mapping/dn/description.ts'
import { valueOfBytes } from '../../mapping/dn/value.ts'
import type { LdapFilter, Value } from './filter.ts'

/** What is wrong with the text of a filter, and the offset of the character where it shows. */
export interface FilterProblem {
  readonly problem: string
  readonly at: number
}

export const isFilterProblem = (parsed: LdapFilter | FilterProblem): parsed is FilterProblem => 'problem' in parsed

interface Cursor {
  readonly text: string
  at: number
}

/** Carries a problem out of the recursion. */
class Refused extends Error {
  readonly at: number
  constructor(problem: string, at: number) {
    super(problem)
    this.at = at
  }
}

const maxDepth = 32

/**
 * The filter of a mapping file, by the grammar of RFC 4515 section 3; between filters there may be white space, as such
 * a filter is often longer than a line. What says the same in two ways becomes one: `(cn:=x)` is `(cn=x)`
 * (RFC 4511 section 4.5.1.7.7), and `**` is `*`. Refused is what has no place in a mapping: `~=`, which means something
 * else on each server, a rule without an attribute, and `:dn`.
 */
export function parseLdapFilter(text: string): LdapFilter | FilterProblem {
  const cursor: Cursor = { text, at: 0 }
  try {
    skipSpace(cursor)
    const filter = parseOne(cursor, 1)
    if (cursor.at < text.length) throw new Refused('expected the end after the last ")"', cursor.at)
    return filter
  } catch (error) {
    if (error instanceof Refused) return { problem: error.message, at: error.at }
    throw error
  }
}

function parseOne(cursor: Cursor, depth: number): LdapFilter {
  const start = cursor.at
  if (cursor.text[start] !== '(') throw new Refused('expected "(": every filter stands in parentheses', start)
  if (depth > maxDepth) throw new Refused(`filters are nested deeper than ${maxDepth}`, start)
  cursor.at++
  skipSpace(cursor)
  const filter = parseInner(cursor, depth)
  if (cursor.at >= cursor.text.length) throw new Refused('this "(" is never closed', start)
  if (cursor.text[cursor.at] !== ')') throw new Refused('expected ")"', cursor.at)
  cursor.at++
  skipSpace(cursor)
  return filter
}

function parseInner(cursor: Cursor, depth: number): LdapFilter {
  const operator = cursor.text[cursor.at]
  if (operator !== '&' && operator !== '|' && operator !== '!') return parseItem(cursor)
  cursor.at++
  skipSpace(cursor)
  if (operator === '!') return { kind: 'not', of: parseOne(cursor, depth + 1) }
  const of: LdapFilter[] = []
  while (cursor.text[cursor.at] === '(') of.push(parseOne(cursor, depth + 1))
  return { kind: operator === '&' ? 'and' : 'or', of }
}

function parseItem(cursor: Cursor): LdapFilter {
  const start = cursor.at
  const [said = ''] = /^[^=()*\\]*/.exec(cursor.text.slice(start)) ?? []
  if (cursor.text[start + said.length] !== '=') {
    throw new Refused('expected an attribute and "=", as in (uid=anna)', start)
  }
  cursor.at += said.length + 1
  const [, attribute = '', operator = ''] = /^([^~<>:]*)(.*)$/s.exec(said) ?? []
  if (attribute === '' && operator.startsWith(':')) {
    throw new Refused('a matching rule needs an attribute in front of it', start)
  }
  if (!isAttributeDescription(attribute)) throw new Refused(`"${attribute}" is not the name of an attribute`, start)
  const operatorAt = start + attribute.length
  switch (operator) {
    case '':
    case ':':
      return parseEquality(cursor, attribute, operator === '')
    case '>':
      return { kind: 'greaterOrEqual', attribute, value: wholeValue(cursor) }
    case '<':
      return { kind: 'lessOrEqual', attribute, value: wholeValue(cursor) }
    case '~':
      throw new Refused('"~=" means something else on each server; use "=" or a matching rule', operatorAt)
    default:
      return { kind: 'extensibleMatch', attribute, rule: ruleIn(operator, operatorAt), value: wholeValue(cursor) }
  }
}

/** `:caseExactMatch:` */
function ruleIn(operator: string, at: number): string {
  const [, rule = ''] = /^:([^:]+):$/.exec(operator) ?? []
  if (/^:dn(?::|$)/i.test(operator)) throw new Refused('":dn" (values of the DN) cannot be used in a mapping', at)
  if (isAttributeType(rule)) return rule
  throw new Refused(`"${operator}=" is no operator: there are =, >=, <= and :rule:=`, at)
}

function parseEquality(cursor: Cursor, attribute: string, withStars: boolean): LdapFilter {
  const start = cursor.at
  const pieces = [parseValue(cursor)]
  while (cursor.text[cursor.at] === '*') {
    if (!withStars) throw star(cursor.at)
    cursor.at++
    pieces.push(parseValue(cursor))
  }
  const [first = '', ...others] = pieces
  if (others.length === 0) return { kind: 'equalityMatch', attribute, value: first }
  const texts = pieces.map((piece) => {
    if (typeof piece === 'string') return piece
    throw new Refused('a piece of a value, as between "*", must be UTF-8', start)
  })
  const any = texts.slice(1, -1).filter((piece) => piece !== '')
  const initial = texts[0] || undefined
  const final = texts.at(-1) || undefined
  if (initial === undefined && final === undefined && any.length === 0) return { kind: 'present', attribute }
  return { kind: 'substrings', attribute, initial, any, final }
}

function wholeValue(cursor: Cursor): Value {
  const value = parseValue(cursor)
  if (cursor.text[cursor.at] === '*') throw star(cursor.at)
  return value
}

const star = (at: number): Refused =>
  new Refused('"*" stands for any text after "=" only; as a character it is \\2a', at)

/** Up to the next `*` or `)`. */
function parseValue(cursor: Cursor): Value {
  const bytes: Uint8Array[] = []
  for (;;) {
    const [plain = ''] = /^[^\\()*\0]*/.exec(cursor.text.slice(cursor.at)) ?? []
    bytes.push(Buffer.from(plain))
    cursor.at += plain.length
    const next = cursor.text[cursor.at]
    if (next === '(') throw new Refused('"(" in a value is written \\28', cursor.at)
    if (next === '\0') throw new Refused('NUL in a value is written \\00', cursor.at)
    if (next !== '\\') return valueOfBytes(Buffer.concat(bytes))
    const pair = cursor.text.slice(cursor.at + 1, cursor.at + 3)
    if (!/^[0-9a-f]{2}$/i.test(pair)) {
      throw new Refused('"\\" needs two hex digits after it; as a character it is \\5c', cursor.at)
    }
    bytes.push(Buffer.from(pair, 'hex'))
    cursor.at += 3
  }
}

function skipSpace(cursor: Cursor): void {
  while (/[ \t\r\n]/.test(cursor.text[cursor.at] ?? '')) cursor.at++
}
