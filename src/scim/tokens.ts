import { syntaxError } from './syntax-error.ts'
import type { SyntaxReason } from './syntax-error.ts'

/** `word` is everything between spaces, quotes and brackets: a name, an operator, a number. */
export interface Token {
  readonly kind: 'word' | 'string' | '(' | ')' | '[' | ']' | 'end'
  readonly text: string
  readonly at: number
  /** No space stands before it; the grammar tells `emails[` from `emails [`. */
  readonly glued: boolean
}

/** Caps of what a client may send; these two are checked before anything recurses. */
export const maxLength = 16_384
export const maxDepth = 32
/** Comparisons in one filter, as `distinctComparisons` counts them. */
export const maxComparisons = 100

const isBracket = (c: string): c is '(' | ')' | '[' | ']' => c === '(' || c === ')' || c === '[' || c === ']'

/** Cuts a filter or a path into tokens in one pass; the last one is `end`. */
export function tokens(text: string, reason: SyntaxReason): readonly Token[] {
  if (text.length > maxLength) throw syntaxError(reason, `longer than ${maxLength} characters`, text, maxLength)
  const found: Token[] = []
  let depth = 0
  let at = 0
  let end = 0
  while (at < text.length) {
    const c = text.charAt(at)
    if (c === ' ') {
      at++
      continue
    }
    const start = at
    const kind = isBracket(c) ? c : c === '"' ? 'string' : 'word'
    if (kind === '(' || kind === '[') depth++
    if (kind === ')' || kind === ']') depth--
    if (depth > maxDepth) throw syntaxError(reason, `nested deeper than ${maxDepth} levels`, text, start)
    at = kind === 'string' ? stringEnd(text, start, reason) : kind === 'word' ? wordEnd(text, start, reason) : at + 1
    found.push({ kind, text: text.slice(start, at), at: start, glued: start === end })
    end = at
  }
  return [...found, { kind: 'end', text: '', at: text.length, glued: false }]
}

function stringEnd(text: string, start: number, reason: SyntaxReason): number {
  for (let at = start + 1; at < text.length; at++) {
    const c = text.charAt(at)
    if (c === '\\') at++
    else if (c === '"') return at + 1
  }
  throw syntaxError(reason, 'the string that starts here has no closing quote', text, start)
}

function wordEnd(text: string, start: number, reason: SyntaxReason): number {
  let at = start
  for (; at < text.length; at++) {
    const c = text.charAt(at)
    if (c === ' ' || c === '"' || isBracket(c)) break
    if (c < ' ' || c === '\x7f') throw syntaxError(reason, 'a control character cannot stand here', text, at)
  }
  return at
}
