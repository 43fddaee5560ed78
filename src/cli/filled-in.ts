import { escaped } from '../backends/ldap/filter-text.ts'
import type { Value } from '../backends/ldap/filter.ts'
import { printParam } from './print-parameter.ts'

const width = 110
const hang = '  '

/**
 * The lines of an LDAP operation with the values in their places: in a filter as RFC 4515 escapes them, a name on the
 * first line as it is, and a value of an attribute as JSON text.
 */
export function filledIn(lines: readonly string[], params: readonly unknown[]): readonly string[] {
  const rest = [...params]
  return lines.flatMap((line, i) => {
    let depth = 0
    const pieces = line.split(/([()?])/).map((piece) => {
      if (piece === '(') depth++
      if (piece === ')') depth--
      if (piece !== '?') return piece
      const value = rest.shift()
      return depth > 0 ? inFilter(value) : i === 0 ? name(value) : printParam(value)
    })
    return [...broken(pieces.join(''))].map((part, n) => (i === 0 && n === 0 ? part : hang + part))
  })
}

const isUnknown = (value: unknown): boolean => typeof value === 'object' && value !== null && 'unknown' in value

const inFilter = (value: unknown): string => (isUnknown(value) ? printParam(value) : escaped(value as Value))

/** A DN is in its own escapes already (RFC 4514), and the root has no text. */
const name = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : printParam(value))

/** A long line ends before an attribute or before a part of a filter: nothing else is blank, or between brackets. */
function broken(line: string): readonly string[] {
  const lines: string[] = []
  for (const piece of line.split(line.startsWith('RETURN ') ? /(?<= )/ : /(?<=\))(?=\()/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + piece.trimEnd().length <= width) lines[lines.length - 1] = last + piece
    else lines.push(last === undefined ? piece : hang + piece)
  }
  return lines.map((one) => one.trimEnd())
}
