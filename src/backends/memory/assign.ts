import { never } from '../../base/errors.ts'
import type { Assignment, ResourceMapping, Template } from '../../mapping/catalog.ts'
import { generate } from '../../mapping/generate.ts'
import type { NativeScalar, NativeValue } from '../../mapping/slot.ts'
import { leafText } from './links.ts'
import { take } from './state.ts'
import type { State } from './state.ts'

type Fields = ReadonlyMap<string, NativeValue>

/** Constants, stamps and generated values of columns that no attribute carries. Templates see what was assigned before them. */
export function assign(
  state: State,
  mapping: ResourceMapping,
  fields: Fields,
  assignments: readonly Assignment[],
): Fields {
  const next = new Map(fields)
  for (const { slot, value } of assignments) next.set(slot.key, valueOf(state, mapping, next, value))
  return next
}

function valueOf(state: State, mapping: ResourceMapping, fields: Fields, value: Assignment['value']): NativeScalar {
  switch (value.kind) {
    case 'constant':
      return value.value
    case 'now':
      return value.codec.encode(new Date().toISOString())
    case 'generate':
      return generate(value.generate)
    case 'template':
      return fill(mapping, fields, value.template)
    case 'counter':
      return take(state, `counter ${value.entry} ${value.attribute}`)
    default:
      return never(value)
  }
}

const fill = (mapping: ResourceMapping, fields: Fields, template: Template): string =>
  template
    .map((part) => (part.kind === 'text' ? part.text : (leafText(mapping, { fields }, part.ref.name) ?? '')))
    .join('')
