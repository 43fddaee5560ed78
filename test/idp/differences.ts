import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { isArray, isObject } from '../../src/base/json.ts'
import type { Answer } from '../wire/client.ts'
import type { Content } from './case.ts'
import { at } from './place.ts'

type Actual = Json | undefined

/** RFC 7643 section 2.5; an empty string is a value, which a client would show to people. */
const unassigned = (value: Actual): boolean =>
  value === undefined || value === null || (isArray(value) && value.length === 0)

const nothing = (value: Actual): boolean => unassigned(value) || value === ''

const typeOf = (value: Actual): string => {
  if (isArray(value)) return 'array'
  if (value === null) return 'null'
  return Number.isInteger(value) ? 'integer' : typeof value
}

const operators: Readonly<Record<string, (actual: Actual, wanted: Json) => boolean>> = {
  $exists: (actual, wanted) => (actual !== undefined && actual !== null) === wanted,
  $empty: (actual, wanted) => nothing(actual) === wanted,
  $type: (actual, wanted) => typeOf(actual) === wanted,
  $ieq: (actual, wanted) => typeof actual === 'string' && actual.toLowerCase() === String(wanted).toLowerCase(),
  $in: (actual, wanted) => isArray(wanted) && wanted.some((item) => isDeepStrictEqual(item, actual)),
  $not: (actual, wanted) => !isDeepStrictEqual(actual, wanted),
  $gte: (actual, wanted) => typeof actual === 'number' && actual >= Number(wanted),
  $regex: (actual, wanted) => typeof actual === 'string' && new RegExp(String(wanted), 'i').test(actual),
  // pages that have no resource in common, as far as their ids tell
  $disjoint: (actual, wanted) => {
    const ids = (list: Actual): readonly Actual[] =>
      isArray(list) ? list.map((item) => isObject(item) && item.id) : []
    const others = new Set(isArray(wanted) ? wanted.flatMap(ids) : [])
    return isArray(actual) && new Set(ids(actual)).size === actual.length && !ids(actual).some((id) => others.has(id))
  },
  $contains: (actual, wanted) =>
    isArray(actual)
      ? actual.some((item) => isDeepStrictEqual(item, wanted))
      : typeof actual === 'string' && actual.includes(String(wanted)),
}

/** Whether a value is the wanted one, or satisfies every operator of it. */
function agrees(actual: Actual, wanted: Json): boolean {
  if (isObject(wanted) && Object.keys(wanted).some((key) => key.startsWith('$') && key !== '$ref')) {
    return Object.entries(wanted).every(([name, operand]) => {
      const operator = operators[name]
      if (operator === undefined) throw new Error(`there is no operator ${name}`)
      return operator(actual, operand)
    })
  }
  return isDeepStrictEqual(actual, wanted)
}

const shown = (value: Actual): string => (value === undefined ? 'nothing' : JSON.stringify(value)).slice(0, 300)

export const headerDifferences = (answer: Answer, wanted: JsonObject): readonly string[] =>
  Object.entries(wanted)
    // an answer without a body has no type
    .filter(([name]) => !(answer.status === 204 && name.toLowerCase() === 'content-type'))
    .map(([name, operand]) => [name, operand, answer.headers[name.toLowerCase()] as Actual] as const)
    .filter(([, operand, actual]) => !agrees(actual, operand))
    .map(([name, operand, actual]) => `header ${name}: wanted ${shown(operand)}, got ${shown(actual)}`)

/** How a body differs from what it should hold and should not. */
export function bodyDifferences({ text, body }: Answer, content: Content): readonly string[] {
  const held = text === '' ? undefined : body
  return [
    ...Object.entries(content.bodyContains ?? {})
      .filter(([place, wanted]) => !agrees(at(place, held), wanted))
      .map(([place, wanted]) => `${place}: wanted ${shown(wanted)}, got ${shown(at(place, held))}`),
    ...(content.bodyAbsent ?? [])
      .filter((place) => !unassigned(at(place, held)))
      .map((place) => `${place}: wanted nothing, got ${shown(at(place, held))}`),
  ]
}
