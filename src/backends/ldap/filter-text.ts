import { never } from '../../base/errors.ts'
import { escapedBytes, printable } from '../../mapping/dn/value.ts'
import type { LdapFilter, Value } from './filter.ts'

/** A filter as RFC 4515 writes it, to be read by people; parsing it gives the same filter again. */
export const filterText = (filter: LdapFilter): string => textOf(filter, escaped)

/** The same with `?` for each value, and the values apart: a substring filter has one for each piece. */
export function filterWithPlaceholders(filter: LdapFilter): {
  readonly text: string
  readonly params: readonly Value[]
} {
  const params: Value[] = []
  const text = textOf(filter, (value) => {
    params.push(value)
    return '?'
  })
  return { text, params }
}

// DEL is none of RFC 4515's and unreadable all the same
const special = /[*()\\\p{Cc}]/gu

/** A value as a filter has it. */
export function escaped(value: Value): string {
  const text = printable(value)
  return text === undefined ? escapedBytes(value) : text.replace(special, escapedBytes)
}

function textOf(filter: LdapFilter, say: (value: Value) => string): string {
  switch (filter.kind) {
    case 'and':
      return `(&${filter.of.map((one) => textOf(one, say)).join('')})`
    case 'or':
      return `(|${filter.of.map((one) => textOf(one, say)).join('')})`
    case 'not':
      return `(!${textOf(filter.of, say)})`
    case 'present':
      return `(${filter.attribute}=*)`
    case 'equalityMatch':
      return `(${filter.attribute}=${say(filter.value)})`
    case 'greaterOrEqual':
      return `(${filter.attribute}>=${say(filter.value)})`
    case 'lessOrEqual':
      return `(${filter.attribute}<=${say(filter.value)})`
    case 'substrings': {
      const { initial, any, final } = filter
      const end = (piece: string | undefined): string => (piece === undefined ? '' : say(piece))
      return `(${filter.attribute}=${[end(initial), ...any.map(say), end(final)].join('*')})`
    }
    case 'extensibleMatch':
      return `(${filter.attribute}:${filter.rule}:=${say(filter.value)})`
    default:
      return never(filter)
  }
}
