import type { AttributePath } from './path.ts'
import { syntaxError } from './syntax-error.ts'
import type { SyntaxReason } from './syntax-error.ts'

/** ATTRNAME of RFC 7643 section 2.1, which allows `$` (for `$ref`) where RFC 7644 forgot it. */
const name = /^[A-Za-z$][-\w$]*$/
/** RFC 8141 without the characters that delimit a filter. */
const urn = /^urn:[a-z0-9][-a-z0-9]*:[-\w.~:+,=@;$!*'%]*[-\w~+=@;$!*'%]$/i

/** One word as an attribute path; `text` and `at` are for the error only. */
export function attributePath(word: string, reason: SyntaxReason, text = word, at = 0): AttributePath {
  const colon = word.lastIndexOf(':')
  if (colon < 0) return { urn: undefined, ...names(word, reason, text, at) }
  // the URN has dots of its own ("2.0"), so it goes first
  const prefix = word.slice(0, colon)
  if (!urn.test(prefix)) {
    if (urn.test(word)) return { urn: word, name: '', sub: undefined }
    throw syntaxError(reason, 'a name with a colon must be a schema URN, a colon and an attribute', text, at)
  }
  const rest = word.slice(colon + 1)
  if (urn.test(word) && !rest.split('.').every((part) => name.test(part))) {
    return { urn: word, name: '', sub: undefined }
  }
  return { urn: prefix, ...names(rest, reason, text, at + colon + 1) }
}

function names(word: string, reason: SyntaxReason, text: string, at: number): Pick<AttributePath, 'name' | 'sub'> {
  const [first = '', sub, ...more] = word.split('.')
  if (!name.test(first)) throw syntaxError(reason, 'an attribute name must stand here', text, at)
  if (sub !== undefined && !name.test(sub)) {
    throw syntaxError(reason, 'a sub-attribute name must stand here', text, at + first.length + 1)
  }
  if (more.length > 0) {
    throw syntaxError(
      reason,
      'sub-attributes have no sub-attributes (RFC 7643 section 2.3.8)',
      text,
      at + first.length + 1 + (sub ?? '').length,
    )
  }
  return { name: first, sub }
}
