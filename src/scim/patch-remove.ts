import { BridgeError } from '../base/errors.ts'
import { isArray, isObject } from '../base/json.ts'
import type { Json } from '../base/json.ts'
import { understands } from './dialect.ts'
import type { Dialect } from './dialect.ts'
import { isReference } from './element.ts'
import type { PatchTarget } from './patch-target.ts'
import type { PatchOperation } from './patch.ts'
import { readScalar } from './read-scalar.ts'
import { readComplex } from './read-value.ts'
import { leafOf } from './schema.ts'
import type { AttributeRef } from './schema.ts'

/** RFC 7644 section 3.5.2.2. Throws BridgeError `mutability` or `invalidValue`. */
export function remove(
  { ref, where }: PatchTarget,
  value: Json | undefined,
  spoken: Dialect,
): readonly PatchOperation[] {
  const whole = where === undefined && ref.sub === undefined
  if ((whole || ref.sub !== undefined) && leafOf(ref).required) {
    throw new BridgeError('mutability', `"${ref.name}" is required and cannot be removed`)
  }
  refuseReferenceParts(ref)
  const operation = { op: 'remove', target: ref, where, value: undefined, createMissing: false } as const
  if (!whole || !ref.attribute.multiValued || value === undefined || value === null) return [operation]
  // to take the list for noise would empty the group; who does not know the dialect refuses
  if (!understands(spoken, 'removeByValueList')) {
    throw new BridgeError('invalidValue', `"remove" takes no value; select elements as "${ref.name}[value eq …]"`)
  }
  return [{ ...operation, only: victims(ref, value, spoken) }]
}

/** Members are added and removed, never changed (RFC 7643 section 4.2): their parts are immutable. */
export function refuseReferenceParts({ attribute, sub, name }: AttributeRef): void {
  if (sub !== undefined && sub.mutability === 'immutable' && isReference(attribute)) {
    throw new BridgeError('mutability', `"${name}" is immutable: remove the element and add another`)
  }
}

/** The elements that a value list names; one that says nothing names none. */
function victims({ attribute, name }: AttributeRef, value: Json, spoken: Dialect): readonly Json[] {
  const list = isArray(value) ? value : [value]
  return list.flatMap((given): readonly Json[] => {
    if (given === null || given === '') return []
    if (attribute.type !== 'complex') return [readScalar(attribute, name, given, spoken)]
    const object = typeof given === 'string' ? { value: given } : given
    if (!isObject(object)) throw new BridgeError('invalidValue', `"${name}" takes objects, each with sub-attributes`)
    const read = readComplex(attribute, name, object, spoken).value
    return Object.keys(read).length === 0 ? [] : [read]
  })
}
