import { sql } from 'kysely'
import type { Column } from '../column.ts'
import type { Expression } from '../expression.ts'
import { among, and, or } from '../expression.ts'

/**
 * `fold` of src/scim/compare.ts in PostgreSQL. NFC and lower case by Unicode's rules (ICU's root locale, whatever the
 * locale of the database) are `folded`, what an index can be made of; two things are missing there: every sigma is to be
 * the same, and what was lowered is to be in NFC once more. `wholly` has both.
 */
export const folded = (text: Expression): Expression => sql`lower(normalize(${text}, NFC) COLLATE "und-x-icu")`
export const wholly = (text: Expression): Expression => sql`normalize(replace(${folded(text)}, 'ς', 'σ'), NFC)`

/**
 * Small letters that NFC makes of a letter and its marks, while the capital letter with these marks stays apart: lowered,
 * `Ϊ́` is two characters, and `ΐ` is one.
 */
const closed =
  /[\u01f0\u0390\u03b0\u1e96-\u1e99\u1f50\u1f52\u1f54\u1f56\u1fb2\u1fb4\u1fb6\u1fb7\u1fc2\u1fc4\u1fc6\u1fc7\u1fd2\u1fd6\u1fd7\u1fe2\u1fe4\u1fe6\u1fe7\u1ff2\u1ff4\u1ff6\u1ff7]/
/** The dot that `İ` leaves behind; any other mark may have changed places with one. */
const dots = /i\u0307(?!\p{Script=Inherited})/gu
const marks = /\p{Script=Inherited}/u

/** A bound for what is written out: 2 to the power of it. */
const places = 5

/** Every way to write a text with one of several characters at some places; undefined when there are too many. */
function spellings(text: string, others: Readonly<Record<string, readonly string[]>>): readonly string[] | undefined {
  const chars = [...text]
  if (chars.filter((char) => Object.hasOwn(others, char)).length > places) return undefined
  return chars.reduce<readonly string[]>(
    (all, char) => {
      const here = [char, ...(Object.hasOwn(others, char) ? (others[char] ?? []) : [])]
      return all.flatMap((start) => here.map((one) => start + one))
    },
    [''],
  )
}

/** What `folded` makes of the texts whose fold this is; undefined when that cannot be written out. */
export function indexForms(value: string): readonly string[] | undefined {
  if (closed.test(value) || marks.test(value.replace(dots, ''))) return undefined
  return spellings(value, { σ: ['ς'] })
}

const ascii = /^[\x01-\x7f]*$/

/**
 * What `lower()` of some locale may make of the texts whose fold is this ASCII one: three characters outside ASCII fold
 * into it, which a locale leaves alone or not, and a Turkish `I` becomes `ı`.
 */
const lowerForms = (value: string, isTurkish: boolean): readonly string[] | undefined =>
  ascii.test(value)
    ? spellings(value, { k: ['\u212a'], ';': ['\u037e'], '`': ['\u1fef'], ...(isTurkish ? { i: ['ı', 'I'] } : {}) })
    : undefined

/** Equality without regard to case, so that an index of `folded`, or the application's own of `lower()`, serves it. */
export function equalFolded(text: Expression, anyOf: readonly string[], column: Column | undefined): Expression {
  const each = anyOf.map((value) => {
    const forms = indexForms(value)
    const exact = forms === undefined ? sql`${wholly(text)} = ${value}` : among(folded(text), forms)
    const probes = column?.lowered === undefined ? undefined : lowerForms(value, column.lowered === 'turkish')
    if (probes === undefined) return exact
    return and([among(column?.base === 'citext' ? text : sql`lower(${text})`, probes), exact])
  })
  return or(each)
}
