import { attributePath } from './attribute-path.ts'
import type { FilterOptions } from './filter-parse.ts'
import { parseValueFilter, peek } from './filter-parse.ts'
import type { FilterCursor } from './filter-parse.ts'
import type { Filter } from './filter.ts'
import type { AttributePath } from './path.ts'
import { syntaxError } from './syntax-error.ts'
import type { SyntaxReason } from './syntax-error.ts'
import { tokens } from './tokens.ts'

/** The `path` of a PATCH operation (RFC 7644 figure 7); a sub-attribute after a value filter is in `attr.sub`. */
export interface PatchPath {
  readonly attr: AttributePath
  readonly where: Filter<AttributePath> | undefined
}

/** `attr`, `attr.sub`, `attr[filter]` or `attr[filter].sub`. A bad filter inside is `invalidFilter` (table 9). */
export function parsePath(text: string, options: FilterOptions = {}): PatchPath {
  const cursor: FilterCursor = { text, tokens: tokens(text, 'invalidPath'), options, next: 0 }
  const fail = (problem: string): Error => syntaxError('invalidPath', problem, text, peek(cursor).at)
  const word = peek(cursor)
  if (word.kind !== 'word') throw fail('expected an attribute')
  const attr = attributePath(word.text, 'invalidPath', text, word.at)
  cursor.next++
  const open = peek(cursor)
  if (open.kind === 'end') return { attr, where: undefined }
  if (open.kind !== '[' || !open.glued) throw fail('expected "[" or the end')
  if (attr.sub !== undefined) throw fail('a value filter follows a whole attribute, not a sub-attribute')
  cursor.next++
  const where = parseValueFilter(cursor)
  const after = peek(cursor)
  if (after.kind === 'end') return { attr, where }
  if (after.kind !== 'word' || !after.glued || !after.text.startsWith('.')) throw fail('expected ".", or the end')
  const sub = attributePath(after.text.slice(1), 'invalidPath', text, after.at + 1)
  cursor.next++
  if (peek(cursor).kind !== 'end') throw fail('expected the end')
  if (sub.urn !== undefined || sub.sub !== undefined) {
    throw syntaxError('invalidPath', 'expected one sub-attribute', text, after.at + 1)
  }
  return { attr: { ...attr, sub: sub.name }, where }
}

/** One attribute name, as in `attributes`, `excludedAttributes` and `sortBy` (RFC 7644 sections 3.4.2.3 and 3.9). */
export const parseAttributePath = (text: string, reason: SyntaxReason = 'invalidPath'): AttributePath =>
  attributePath(text.trim(), reason)
