import type { Json } from '../base/json.ts'
import { never } from '../base/errors.ts'
import { compareCodePoints, fold } from './compare.ts'
import type { CompareOp, Literal } from './filter.ts'
import { compareInstants, parseInstant } from './instant.ts'
import type { Attribute } from './schema.ts'

/** Text in the form in which this attribute is compared; binary and references are exact (RFC 7643 sections 2.3.6 and 2.3.7). */
const formOf = ({ caseExact, type }: Attribute): ((text: string) => string) =>
  caseExact || type === 'binary' || type === 'reference' ? (text) => text : fold

/** A test of one value of an attribute; what depends on the operand only is done once. */
export function matchesValue(attribute: Attribute, op: CompareOp, operand: Literal): (value: Json) => boolean {
  if (op === 'co' || op === 'sw' || op === 'ew') {
    if (typeof operand !== 'string') return () => false
    const form = formOf(attribute)
    const part = form(operand)
    return (value) => typeof value === 'string' && hasPart(op, form(value), part)
  }
  if (typeof operand === 'string' && attribute.type !== 'dateTime') {
    const form = formOf(attribute)
    const wanted = form(operand)
    return (value) => typeof value === 'string' && isInOrder(op, compareCodePoints(form(value), wanted))
  }
  return (value) => {
    const order = compareLike(attribute, value, operand)
    return order !== undefined && isInOrder(op, order)
  }
}

function hasPart(op: 'co' | 'sw' | 'ew', text: string, part: string): boolean {
  switch (op) {
    case 'co':
      return text.includes(part)
    case 'sw':
      return text.startsWith(part)
    case 'ew':
      return text.endsWith(part)
    default:
      return never(op)
  }
}

/** Whether an order, as of a comparison function, is what an operator asks for. */
export function isInOrder(op: Exclude<CompareOp, 'co' | 'sw' | 'ew'>, order: number): boolean {
  switch (op) {
    case 'eq':
      return order === 0
    case 'ne':
      return order !== 0
    case 'gt':
      return order > 0
    case 'ge':
      return order >= 0
    case 'lt':
      return order < 0
    case 'le':
      return order <= 0
    default:
      return never(op)
  }
}

/** Order of two values of an attribute; undefined when they are of different kinds and so not comparable. */
function compareLike(attribute: Attribute, a: Json, b: Json): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (typeof a !== 'string' || typeof b !== 'string') return undefined
  if (attribute.type === 'dateTime') {
    const x = parseInstant(a)
    const y = parseInstant(b)
    return x && y ? compareInstants(x, y) : undefined
  }
  const form = formOf(attribute)
  return compareCodePoints(form(a), form(b))
}

/** The order for sorting (RFC 7644 section 3.4.2.3): no value comes last, what is not comparable stays as it is. */
export function compareValues(attribute: Attribute, a: Json | undefined, b: Json | undefined): number {
  const missingA = a === undefined || a === null
  const missingB = b === undefined || b === null
  if (missingA || missingB) return Number(missingA) - Number(missingB)
  return compareLike(attribute, a, b) ?? 0
}
