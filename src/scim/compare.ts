/**
 * The one comparison rule, for filters, uniqueness and sorting (RFC 7643 section 2.2, RFC 7644 sections 3.4.2.2 and 7.8):
 * `caseExact: false` compares NFC then locale-free lower case, `caseExact: true` compares code points as stored.
 * Nothing is trimmed.
 */

const ascii = /^[\x00-\x7f]*$/

/**
 * The form in which text is compared without regard to case. JavaScript lowers a sigma by its place in the word; here
 * every sigma is the same, as in Unicode's case folding, so that a part of a text folds as it does in the whole.
 */
export const fold = (text: string): string =>
  ascii.test(text) ? text.toLowerCase() : text.normalize('NFC').toLowerCase().replaceAll('ς', 'σ').normalize('NFC')

/** Order by code point (UTF-16 order differs above U+FFFF): negative, zero or positive. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const astralX = x >= 0xd800 && x <= 0xdfff
    const astralY = y >= 0xd800 && y <= 0xdfff
    return astralX === astralY ? x - y : astralX ? 1 : -1
  }
  return a.length - b.length
}
