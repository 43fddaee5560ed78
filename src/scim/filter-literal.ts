import type { Literal } from './filter.ts'
import { syntaxError } from './syntax-error.ts'
import type { Token } from './tokens.ts'

/** A number of RFC 8259 section 6: no plus sign, no leading zero. */
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/
/** Quotes of other languages and the like are mistakes, not values. */
const bareWord = /^[\p{L}\p{N}_][^'`{}<>=;,\\]*(?:'[^'`{}<>=;,\\]+)*$/u
const notBare: ReadonlySet<string> = new Set(['nan', 'infinity', 'undefined', 'and', 'or', 'not'])

/** The JSON literal that a token stands for (`compValue`, RFC 7644 figure 1); `bare` says that a quirk was needed. */
export function literal(token: Token, text: string, allowBare: boolean): { value: Literal; bare: boolean } {
  if (token.kind === 'string') return { value: quoted(token, text), bare: false }
  const word = token.text
  if (word === 'true' || word === 'false') return { value: word === 'true', bare: false }
  if (word === 'null') return { value: null, bare: false }
  if (number.test(word)) {
    const value = Number(word)
    // a user may be called 007 or 12345678901234567890: what a number cannot hold is text
    if (allowBare && String(value) !== word) return { value: word, bare: true }
    if (!Number.isFinite(value)) throw syntaxError('invalidFilter', 'the number is too large', text, token.at)
    return { value: value === 0 ? 0 : value, bare: false }
  }
  if (allowBare && word.isWellFormed() && bareWord.test(word) && !notBare.has(word.toLowerCase())) {
    return { value: word, bare: true }
  }
  throw syntaxError(
    'invalidFilter',
    'expected a value: a string in double quotes, a number, true, false or null',
    text,
    token.at,
  )
}

function quoted(token: Token, text: string): string {
  let value: unknown
  try {
    value = JSON.parse(token.text)
  } catch {
    throw syntaxError('invalidFilter', 'the string that starts here is no JSON string', text, token.at)
  }
  // half of a surrogate pair is no Unicode text (RFC 8259 section 8.2) and no store can hold it
  if (typeof value !== 'string' || !value.isWellFormed()) {
    throw syntaxError('invalidFilter', 'the string that starts here is not well-formed Unicode', text, token.at)
  }
  return value
}
