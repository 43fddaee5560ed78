import { sql } from 'kysely'
import type { Column, Operand } from '../column.ts'
import type { Expression } from '../expression.ts'
import { holdsText } from '../fits.ts'

/**
 * The form in which text is compared: its code points in UTF-8, as bytes, so that nothing is padded and the order is that
 * of code points. Folded, it is the server's own lower case under Unicode 5.2, which MariaDB and MySQL have alike, with
 * what `fold` of src/scim/compare.ts does besides: a dotted capital I is an i with a dot, every sigma is the same.
 * The server has no NFC, so text in another normal form is compared as it is stored; `spellings` makes up for that, and
 * for letters that Unicode has paired since.
 */
export function form({ at, column }: Operand, fold: boolean): Expression {
  const text = sql`CONVERT(${at} USING utf8mb4)`
  if (!fold) return sql`CAST(${text} AS BINARY)`
  if (isSmall(column)) return sql`CAST(lower(${text}) AS BINARY)`
  const unicode = sql`${text} COLLATE utf8mb4_unicode_520_ci`
  return sql`CAST(replace(lower(replace(${unicode}, ${sql.lit('İ')}, ${sql.lit('i\u0307')})), ${sql.lit('ς')}, ${sql.lit('σ')}) AS BINARY)`
}

/** Neither a sigma nor a dotted capital I, nor anything that is not NFC. */
const isSmall = (column: Column | undefined): boolean => column?.charset === 'latin1' || column?.charset === 'ascii'

/** Letters that have a capital since Unicode 6 to 17: to the server each of the pair is itself. */
const young =
  /[\u019b\u025c\u0261\u0264-\u026c\u0282\u0287\u029d\u029e\u03f3\u0527-\u052f\u10d0-\u10ff\u13f8-\u13fd\u1c8a\u1d8e\u2c5f\u2cf3\u2d27\u2d2d\ua661\ua699\ua69b\ua791-\ua7f6\uab53\uab70-\uabbf\u{104d8}-\u{104fb}\u{10597}-\u{105bc}\u{10cc0}-\u{10cf2}\u{10d70}-\u{10d85}\u{118c0}-\u{118df}\u{16e60}-\u{16e7f}\u{16ebb}-\u{16ed3}\u{1e922}-\u{1e943}]/u

/** Georgian is written without its capitals, which are there for headlines. */
const isGeorgian = (char: string): boolean => char >= '\u10d0' && char <= '\u10ff'

/** Whether parts of a text cannot be looked for, because what is stored may have letters of which the server knows one case only. */
export const isYoung = (text: string): boolean => [...text].some((char) => young.test(char) && !isGeorgian(char))

/** Spellings of one text that are looked for at most. */
const most = 16

/**
 * What the form of a stored text may be when `fold` makes this of it. Text may be stored decomposed, as macOS and old
 * directories do, and a young letter may be stored as its capital.
 */
export function spellings(text: string): readonly string[] {
  const composed = young.test(text) ? cases(text) : [text]
  return [...new Set([...composed, ...composed.map((one) => one.normalize('NFD'))])]
}

function cases(text: string): readonly string[] {
  const upper = (char: string): string => (young.test(char) ? char.toUpperCase() : char)
  const chars = [...text]
  if (2 ** chars.filter((char) => young.test(char)).length <= most)
    return chars.reduce<readonly string[]>(
      (all, char) => all.flatMap((start) => [...new Set([start + char, start + upper(char)])]),
      [''],
    )
  return [text, chars.map((char, i) => (i === 0 ? upper(char) : char)).join(''), chars.map(upper).join('')]
}

/** Whether a column can hold the text at all, as far as its character set is known here. */
export const holds = (column: Column | undefined, text: string): boolean => holdsText(column?.charset, text)

/** A column of another character set may refuse to be compared with text that it cannot hold (error 1267). */
const known: ReadonlySet<string | undefined> = new Set([undefined, 'utf8mb4', 'utf8mb3', 'utf8', 'latin1', 'ascii'])

/**
 * Case-insensitive collations under which ASCII letters differ in nothing but case. Not among them: Turkish (I is the
 * capital of ı) and those that take two letters for one when both are written alike (Danish aa, Czech ch, Croatian lj).
 */
const caseBlind =
  /^(?:utf8mb4|utf8mb3|utf8|latin1|ascii)_(?:0900_ai|0900_as|(?:uca1400_)?(?:general|general_mysql500|unicode|unicode_520|swedish|german1|german2|icelandic|latvian|romanian|slovenian|polish|estonian|spanish|roman|persian|esperanto|hungarian|sinhala|vietnamese|myanmar)?_?(?:nopad_)?(?:ai|as)?)_ci$/

/** The letters of which a collation may not take every form that folds into them for the same. */
function odd({ charset, collation }: Column): string {
  if (charset === 'latin1') return 'œšžÿ'
  if (collation === undefined || /_(?:unicode_520|0900_a[is]|uca1400)_(?:nopad_)?(?:a[is]_)?ci$/.test(collation))
    return ''
  return /_unicode_(?:nopad_)?ci$/.test(collation) ? 'ß' : 'kåωθß'
}

/** Forms beside upper and lower case that fold into a letter. */
const alike: Readonly<Record<string, string>> = {
  k: '\u212a',
  å: '\u212b',
  ω: '\u2126',
  θ: '\u03f4',
  ß: '\u1e9e',
}

/** Letters whose capitals every collation above takes for the same, but for the odd ones: test/live/mysql-collations.test.ts. */
const paired = /^[\x01-\x7f\u00df-\u017f\u0386-\u03ce\u0430-\u045f\u1e01-\u1ef9]$/
/** Of a young letter the stored one is the very same. */
const isAlone = (char: string): boolean => young.test(char) || young.test(char.toLowerCase())
/** What every character set holds. */
const isAscii = (text: string): boolean => /^[\x01-\x7f]*$/.test(text)
const isCaseless = (char: string): boolean => char.toUpperCase() === char && char.toLowerCase() === char

/** How many texts a probe may look for. */
const bound = 8

/**
 * Texts with which a plain comparison of the column finds everything that the exact comparison would, so that an index
 * of the column serves it; undefined when nothing of the kind is known. The exact one always decides.
 */
export function probes(
  column: Column | undefined,
  texts: readonly string[],
  fold: boolean,
): readonly string[] | undefined {
  if (!known.has(column?.charset) && (fold || !texts.every(isAscii))) return undefined
  if (!fold) return texts
  const collation = column?.collation
  // what is not known is taken for what servers do when nobody says anything
  if (collation !== undefined && !caseBlind.test(collation)) return undefined
  const oddLetters = column === undefined ? '' : odd(column)
  const found = new Set<string>()
  for (const text of texts) {
    if (text.includes('i\u0307')) return undefined
    let all: readonly string[] = ['']
    for (const char of text) {
      if (!paired.test(char) && !isCaseless(char) && !isAlone(char)) return undefined
      const other = oddLetters.includes(char) ? alike[char] : undefined
      if (oddLetters.includes(char) && other === undefined) return undefined
      all = all.flatMap((start) => (other === undefined ? [start + char] : [start + char, start + other]))
      if (all.length > bound) return undefined
    }
    for (const one of all) found.add(one)
  }
  return found.size > bound * texts.length ? undefined : [...found]
}
