import { never } from '../../base/errors.ts'
import type { NativeOperation } from '../../plan/port.ts'
import { unknown } from './assumed.ts'
import type { LdapFilter, Value } from './filter.ts'
import { filterWithPlaceholders } from './filter-text.ts'
import type { Change, Operation, ReadBack } from './operation.ts'

interface Printed {
  readonly lines: readonly string[]
  readonly params: readonly unknown[]
}

/** An operation as explain tells it: what it does to which attributes, with every value apart. */
export function printOperation(operation: Operation, note: string | undefined): NativeOperation {
  const { lines, params } = print(operation)
  return { text: lines.join(' '), lines, params: params.map(shown), ...(note === undefined ? {} : { note }) }
}

function print(operation: Operation): Printed {
  switch (operation.kind) {
    case 'search': {
      const { base, scope, filter, attributes, sizeLimit, valuesMatching = [] } = operation
      const where = filterWithPlaceholders(filter)
      const values = valuesMatching.map(filterWithPlaceholders)
      return {
        lines: [
          `SEARCH ? ${scope} ${where.text}`,
          `RETURN ${attributes.join(' ')}`,
          ...(sizeLimit === undefined ? [] : [`AT MOST ${sizeLimit}`]),
          ...(values.length === 0 ? [] : [`VALUES ${values.map(({ text }) => text).join('')}`]),
        ],
        params: [base, ...where.params, ...values.flatMap(({ params }) => params)],
      }
    }
    case 'add': {
      const { dn, attributes, postRead } = operation
      return {
        lines: [
          'ADD ?',
          ...attributes.map(({ attribute, values }) => `${attribute}: ${marks(values)}`),
          ...returning(postRead),
        ],
        params: [dn, ...attributes.flatMap(({ values }) => values)],
      }
    }
    case 'modify': {
      const { dn, changes, assert, postRead } = operation
      const guard = guarding(assert)
      return {
        lines: ['MODIFY ?', ...changes.map(printChange), ...guard.lines, ...returning(postRead)],
        params: [dn, ...changes.flatMap(({ values }) => values), ...guard.params],
      }
    }
    case 'rename': {
      const { dn, rdn, superior, assert } = operation
      const guard = guarding(assert)
      return {
        lines: [`RENAME ? TO ?${superior === undefined ? '' : ' BELOW ?'}`, ...guard.lines],
        params: [dn, rdn, ...(superior === undefined ? [] : [superior]), ...guard.params],
      }
    }
    case 'delete': {
      const guard = guarding(operation.assert)
      return { lines: ['DELETE ?', ...guard.lines], params: [operation.dn, ...guard.params] }
    }
    case 'password':
      return { lines: ['PASSWORD ? TO ?'], params: [operation.dn, unknown('secret')] }
    default:
      return never(operation)
  }
}

function guarding(assert: LdapFilter | undefined): Printed {
  if (assert === undefined) return { lines: [], params: [] }
  const { text, params } = filterWithPlaceholders(assert)
  return { lines: [`IF ${text}`], params }
}

/** The entry as the write leaves it, with the answer to the write (RFC 4527). */
const returning = (read: ReadBack | undefined): readonly string[] =>
  read === undefined ? [] : [`RETURN ${read.attributes.join(' ')}`]

const printChange = ({ op, attribute, values }: Change): string =>
  `${op} ${attribute}${values.length === 0 ? '' : `: ${marks(values)}`}`

const marks = (values: readonly Value[]): string => values.map(() => '?').join(', ')

/** What only a run knows is marked as such. */
const shown = (param: unknown): unknown =>
  typeof param === 'string' && param.startsWith('‹') ? { unknown: param.slice(1, -1) } : param
