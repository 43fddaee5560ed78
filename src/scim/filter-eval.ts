import { never } from '../base/errors.ts'
import { isArray, isObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { compareValues, matchesValue } from './compare-values.ts'
import type { ScimFilter } from './filter.ts'
import { leafOf } from './schema.ts'
import type { AttributeRef } from './schema.ts'

export { compareValues }

/**
 * The reference meaning of a filter (RFC 7644 section 3.4.2.2): what a backend answers must equal this. The resource is
 * in canonical form: names in the schema's casing, extensions under their URN. A comparison holds
 * when any value of the attribute satisfies it; `not` is plain negation, so it includes what has no value.
 */
export const evaluate = (filter: ScimFilter, resource: JsonObject): boolean =>
  test(filter, (ref) => {
    const place = ref.extension === undefined ? resource : member(resource, ref.extension)
    const elements = listOf(member(place, ref.attribute.name))
    const { sub } = ref
    return sub ? elements.flatMap((element) => listOf(member(element, sub.name))) : elements
  })

/** One element of a multi-valued attribute against the filter of a value path. */
export const matchesElement = (where: ScimFilter, element: Json): boolean =>
  test(where, ({ sub }) => (sub ? listOf(member(element, sub.name)) : [element]))

function test(filter: ScimFilter, valuesOf: (ref: AttributeRef) => readonly Json[]): boolean {
  switch (filter.kind) {
    case 'true':
      return true
    case 'false':
      return false
    case 'and':
      return filter.of.every((part) => test(part, valuesOf))
    case 'or':
      return filter.of.some((part) => test(part, valuesOf))
    case 'not':
      return !test(filter.of, valuesOf)
    case 'present':
      return valuesOf(filter.attr).some(isPresent)
    case 'compare': {
      const matches = matchesValue(leafOf(filter.attr), filter.op, filter.value)
      return valuesOf(filter.attr).some(matches)
    }
    case 'some':
      return valuesOf(filter.attr).some((element) => matchesElement(filter.where, element))
    default:
      return never(filter)
  }
}

/** `pr` (RFC 7644 table 3): a non-empty value; a complex value needs a non-empty node. */
export function isPresent(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return false
  if (isArray(value)) return value.some(isPresent)
  return isObject(value) ? Object.values(value).some(isPresent) : true
}

const member = (value: Json | undefined, name: string): Json | undefined =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined

const listOf = (value: Json | undefined): readonly Json[] =>
  isArray(value) ? value : value === undefined || value === null ? [] : [value]
