import { BridgeError, never } from '../base/errors.ts'
import type { CompareOp, Literal } from './filter.ts'
import { parseInstant, printInstant } from './instant.ts'
import type { Quirks } from './quirks.ts'
import { leafOf } from './schema.ts'
import type { AttributeRef } from './schema.ts'

type Value = Exclude<Literal, null>

const isOrder = (op: CompareOp): boolean => op === 'gt' || op === 'ge' || op === 'lt' || op === 'le'
const isPart = (op: CompareOp): boolean => op === 'co' || op === 'sw' || op === 'ew'

/**
 * The value of a comparison as the attribute's type has it, or a refusal: a filter that cannot be meant is never an
 * empty answer, which a provisioning client would take for "no such user". Points in time are in UTC afterwards.
 */
export function operand(op: CompareOp, attr: AttributeRef, value: Value, quirks: Quirks): Value {
  const { type } = leafOf(attr)
  const refuse = (why: string): BridgeError => new BridgeError('invalidFilter', `attribute "${attr.name}" ${why}`)
  switch (type) {
    case 'boolean': {
      // RFC 7644 section 3.4.2.2, table 3: order SHALL fail; parts of a boolean mean nothing either
      if (isOrder(op) || isPart(op)) throw refuse(`is boolean: "${op}" cannot be used`)
      if (typeof value === 'boolean') return value
      // Entra: roles[primary eq "True"]
      const word = typeof value === 'string' && quirks.has('stringBoolean') ? value.toLowerCase() : ''
      if (word === 'true' || word === 'false') return word === 'true'
      throw refuse('is boolean: compare it with true or false')
    }
    case 'integer':
    case 'decimal':
      if (isPart(op)) throw refuse(`is a number: "${op}" cannot be used`)
      if (typeof value !== 'number') throw refuse('is a number: compare it with one, without quotes')
      return value
    case 'dateTime': {
      if (typeof value !== 'string') throw refuse('is a date and time: compare it with a string')
      if (isPart(op)) return value
      const instant = parseInstant(value)
      if (!instant) throw refuse('is a date and time: compare it with one, such as "2011-05-13T04:42:34Z"')
      return printInstant(instant)
    }
    case 'binary':
      if (isOrder(op)) throw refuse(`is binary: "${op}" cannot be used`)
      if (typeof value !== 'string') throw refuse('is binary: compare it with a string in base64')
      return value
    case 'string':
    case 'reference':
      if (typeof value === 'string') return value
      // a name without quotes may look like a number: 4711
      if (op === 'eq' && quirks.has('bareFilterValue')) return String(value)
      throw refuse('is text: compare it with a string in double quotes')
    case 'complex':
      throw refuse('is complex: compare one of its sub-attributes')
    default:
      return never(type)
  }
}
