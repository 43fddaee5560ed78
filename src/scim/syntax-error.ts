import { BridgeError } from '../base/errors.ts'

/** What a text that does not parse is refused with: a filter (RFC 7644 section 3.4.2.2) or a path (section 3.10). */
export type SyntaxReason = 'invalidFilter' | 'invalidPath' | 'invalidValue'

const before = 40
const after = 30

/** Points at the place with a caret, under an excerpt: the text may be long, and the answer should not be. */
export function syntaxError(reason: SyntaxReason, problem: string, text: string, at: number): BridgeError {
  const from = at > before ? at - before : 0
  const to = Math.min(text.length, at + after)
  const head = from > 0 ? '…' : ''
  const tail = to < text.length ? '…' : ''
  // what is not printable would move the caret or the terminal
  const excerpt = text.slice(from, to).toWellFormed().replace(/\p{C}/gu, ' ')
  const pointer = ' '.repeat(head.length + width(text.slice(from, at))) + '^'
  const noun = reason === 'invalidFilter' ? 'filter' : 'path'
  return new BridgeError(reason, `${noun}, position ${at + 1}: ${problem}\n  ${head}${excerpt}${tail}\n  ${pointer}`)
}

const width = (text: string): number => [...text].length
