import { BridgeError } from '../base/errors.ts'
import { attributePath } from './attribute-path.ts'
import { distinctComparisons } from './comparisons.ts'
import { literal } from './filter-literal.ts'
import type { CompareOp, Filter } from './filter.ts'
import type { AttributePath } from './path.ts'
import { syntaxError } from './syntax-error.ts'
import { maxComparisons, tokens } from './tokens.ts'
import type { Token } from './tokens.ts'

export interface FilterOptions {
  /** Quirk `bareFilterValue`: after `eq` a word without quotes is a string. */
  readonly bareValues?: boolean
  /** Told when a filter was understood only because of it. */
  readonly onBareValue?: () => void
}

type Parsed = Filter<AttributePath>

/** Where the parser stands: the only thing in it that changes is `next`. */
export interface FilterCursor {
  readonly text: string
  readonly tokens: readonly Token[]
  readonly options: FilterOptions
  next: number
}

/**
 * A filter as text to a tree, by the grammar of RFC 7644 section 3.4.2.2, figure 1. Length and depth are capped by
 * `tokens`, so the recursion below is at most 32 levels deep. More spaces than the grammar asks for are
 * tolerated, fewer are not. Beyond the grammar, as Entra's matching attributes are written so:
 * `emails[type eq "work"].value eq "x"` is `emails[type eq "work" and value eq "x"]`.
 */
export function parseFilter(text: string, options: FilterOptions = {}): Parsed {
  const cursor: FilterCursor = { text, tokens: tokens(text, 'invalidFilter'), options, next: 0 }
  const filter = disjunction(cursor, false)
  const rest = peek(cursor)
  if (rest.kind !== 'end') throw expected(cursor, '"and", "or" or the end')
  return affordable(filter)
}

/** The filter of a value path; the cursor stands after its `[` and is left after its `]`. */
export function parseValueFilter(cursor: FilterCursor): Parsed {
  const filter = disjunction(cursor, true)
  if (peek(cursor).kind !== ']') throw expected(cursor, '"and", "or" or "]"')
  cursor.next++
  return affordable(filter)
}

/** A database looks at every record for each comparison, and may need a subquery for it. */
function affordable(filter: Parsed): Parsed {
  if (distinctComparisons(filter) <= maxComparisons) return filter
  throw new BridgeError(
    'invalidFilter',
    `the filter has more than ${maxComparisons} comparisons; "eq" tests of one attribute joined by "or" count as one`,
  )
}

const end: Token = { kind: 'end', text: '', at: 0, glued: false }

export const peek = (cursor: FilterCursor, ahead = 0): Token =>
  cursor.tokens[cursor.next + ahead] ?? cursor.tokens.at(-1) ?? end

const expected = (cursor: FilterCursor, what: string): Error =>
  syntaxError('invalidFilter', `expected ${what}`, cursor.text, peek(cursor).at)

const isWord = (token: Token, word: string): boolean => token.kind === 'word' && token.text.toLowerCase() === word

function disjunction(cursor: FilterCursor, inner: boolean): Parsed {
  return chain(cursor, 'or', () => chain(cursor, 'and', () => factor(cursor, inner)))
}

/** `a or b or c`: a loop, as a chain may be as long as the text. */
function chain(cursor: FilterCursor, kind: 'and' | 'or', part: () => Parsed): Parsed {
  const first = part()
  const of = [first]
  while (isWord(peek(cursor), kind)) {
    const word = peek(cursor)
    if (word.glued) throw syntaxError('invalidFilter', `expected a space before "${kind}"`, cursor.text, word.at)
    cursor.next++
    if (peek(cursor).glued) throw expected(cursor, `a space after "${kind}"`)
    of.push(part())
  }
  return of.length === 1 ? first : { kind, of }
}

function factor(cursor: FilterCursor, inner: boolean): Parsed {
  const token = peek(cursor)
  if (token.kind === '(') return group(cursor, inner)
  if (isWord(token, 'not') && peek(cursor, 1).kind === '(') {
    cursor.next++
    return { kind: 'not', of: group(cursor, inner) }
  }
  if (token.kind !== 'word') throw expected(cursor, 'an attribute, "not" or "("')
  const after = peek(cursor, 1)
  if (isWord(token, 'not') && after.kind === 'word' && !operators.has(after.text.toLowerCase())) {
    cursor.next++
    throw expected(cursor, '"(": what "not" negates stands in parentheses')
  }
  cursor.next++
  const attr = attributePath(token.text, 'invalidFilter', cursor.text, token.at)
  if (peek(cursor).kind === '[' && peek(cursor).glued) return valuePath(cursor, attr, inner)
  return expression(cursor, attr)
}

function group(cursor: FilterCursor, inner: boolean): Parsed {
  cursor.next++
  const filter = disjunction(cursor, inner)
  if (peek(cursor).kind !== ')') throw expected(cursor, '"and", "or" or ")"')
  cursor.next++
  return filter
}

function valuePath(cursor: FilterCursor, attr: AttributePath, inner: boolean): Parsed {
  if (inner) throw expected(cursor, 'an operator: value filters do not nest')
  cursor.next++
  const where = parseValueFilter(cursor)
  const after = peek(cursor)
  if (after.kind !== 'word' || !after.glued || !after.text.startsWith('.')) return { kind: 'some', attr, where }
  if (attr.sub !== undefined) throw expected(cursor, '"and", "or" or the end')
  cursor.next++
  const sub = attributePath(after.text.slice(1), 'invalidFilter', cursor.text, after.at + 1)
  if (sub.urn !== undefined || sub.sub !== undefined) {
    throw syntaxError('invalidFilter', 'expected one sub-attribute', cursor.text, after.at + 1)
  }
  return distribute(attr, where, expression(cursor, sub))
}

/** `a[w].s op v`: negation stays outside, as `ne` is "not eq" over all elements and not a test of one. */
function distribute(attr: AttributePath, where: Parsed, test: Parsed): Parsed {
  const some = (leaf: Parsed): Parsed => ({ kind: 'some', attr, where: { kind: 'and', of: [where, leaf] } })
  if (test.kind !== 'compare' || (test.op !== 'ne' && test.value !== null)) return some(test)
  const positive: Parsed = test.value === null ? { kind: 'present', attr: test.attr } : { ...test, op: 'eq' }
  const negated = (test.op === 'ne') !== (test.value === null)
  return negated ? { kind: 'not', of: some(positive) } : some(positive)
}

const operators: ReadonlySet<string> = new Set(['pr', 'eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])

function expression(cursor: FilterCursor, attr: AttributePath): Parsed {
  const token = peek(cursor)
  const op = token.text.toLowerCase()
  if (token.kind !== 'word' || token.glued || !operators.has(op)) {
    throw expected(cursor, 'an operator: eq, ne, co, sw, ew, gt, ge, lt, le or pr')
  }
  cursor.next++
  if (op === 'pr') return { kind: 'present', attr }
  const value = peek(cursor)
  if (value.kind !== 'word' && value.kind !== 'string') {
    throw expected(cursor, 'a value: a string in quotes, a number, true, false or null')
  }
  if (value.glued) throw expected(cursor, 'a space before the value')
  cursor.next++
  const bare = op === 'eq' && cursor.options.bareValues === true
  const read = literal(value, cursor.text, bare)
  if (read.bare) cursor.options.onBareValue?.()
  return { kind: 'compare', op: op as CompareOp, attr, value: read.value }
}
