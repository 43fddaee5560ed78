import { never } from '../base/errors.ts'
import type { Filter, ScimFilter } from './filter.ts'
import type { AttributePath } from './path.ts'
import { printPath } from './path-print.ts'
import type { AttributeRef } from './schema.ts'

type Printable = Filter<AttributePath | AttributeRef>

/**
 * A filter as text; parsing it gives the same filter again. Two forms have no text in SCIM and are for the reader
 * only: `true` and `false`.
 */
export const printFilter = (filter: ScimFilter | Filter<AttributePath>): string => print(filter, false)

function print(filter: Printable, inner: boolean): string {
  switch (filter.kind) {
    case 'true':
    case 'false':
      return filter.kind
    case 'and':
    case 'or':
      if (filter.of.length === 0) return filter.kind === 'and' ? 'true' : 'false'
      return filter.of.map((part) => operandOf(part, filter.kind, inner)).join(` ${filter.kind} `)
    case 'not':
      return `not (${print(filter.of, inner)})`
    case 'present':
      return `${nameOf(filter.attr, inner)} pr`
    case 'compare':
      return `${nameOf(filter.attr, inner)} ${filter.op} ${JSON.stringify(filter.value)}`
    case 'some':
      return `${nameOf(filter.attr, inner)}[${print(filter.where, true)}]`
    default:
      return never(filter)
  }
}

/** `and` binds closer than `or`; a chain within a chain of its own kind keeps its parentheses, as it is a tree. */
function operandOf(part: Printable, around: 'and' | 'or', inner: boolean): string {
  const text = print(part, inner)
  const loose = part.kind === 'or' || (part.kind === 'and' && around === 'and')
  return loose ? `(${text})` : text
}

function nameOf(attr: AttributePath | AttributeRef, inner: boolean): string {
  if (!('attribute' in attr)) return printPath(attr)
  return inner ? (attr.sub?.name ?? 'value') : attr.name
}
