/**
 * How a text is prepared before two are compared. RFC 4518 says so; what is here is what OpenLDAP makes of it, as far
 * as it can be seen: each letter in lower case by itself (so that a final sigma stays another letter, and a dotted
 * capital I is an i), then compatibility composition, then spaces. Nothing is mapped to nothing. Its tables are those
 * of Unicode 3.2, and a character that has a lower case or a decomposition only since then stays as it is.
 */
export const prepare = (text: string, { folds }: { readonly folds: boolean }): string =>
  squeezed(composed(folds ? lowered(text) : text))

/** Leading and trailing spaces go, inner runs are one (RFC 4518 section 2.6.1); spaces alone are one space. */
export const squeezed = (text: string): string => {
  const inner = text.replace(/ +/g, ' ')
  return inner === ' ' ? inner : inner.replace(/^ | $/g, '')
}

/** ASCII is all that folds in an IA5 string. */
export const asciiLower = (text: string): string => text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase())

// Roman numerals and letters in circles have a lower case and are no letters
const lowered = (text: string): string =>
  text.replace(/[\p{Lu}\p{Lt}]/gu, (letter) =>
    letter === '\u0130' ? 'i' : laterCased.test(letter) ? letter : letter.toLowerCase(),
  )

const composed = (text: string): string =>
  text
    .split(later)
    .map((run, index) => (index % 2 === 0 ? run.normalize('NFKC') : run))
    .join('')

/** Decompositions that came after Unicode 3.2, and two Han ideographs that OpenLDAP lost. */
const later =
  /([\u03f9\u10fc\u1d2c-\u1dbf\u2090-\u209c\u213b\u213c\u2150-\u2152\u2189\u2c7c-\u2d6f\u321d\u321e\u3244-\u3250\u327c-\u327e\u32cc-\u32cf\u32ff\u3377-\u337a\u33de\u33df\u33ff\ua69c-\uab69\uf900\uf901\ufa2e\ufa2f\ufa6b-\ufad9\ufe10-\ufe19\ufe47\ufe48\u{10781}-\u{1ccf9}\u{1d4c1}\u{1d60f}-\u{1fbf9}]+)/u

/** Capital letters whose small one came after Unicode 3.2. */
const laterCased =
  /[\u023a-\u024e\u0370-\u037f\u03cf\u03f7-\u03ff\u04c0\u04f6\u04fa-\u04fe\u0510-\u052e\u10a0-\u1cbf\u1e9e\u1efa-\u1efe\u2132\u2183\u2c00-\ua7f5\u{10426}-\u{1e921}]/u
