import { BridgeError } from '../base/errors.ts'
import { isArray, isObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { attributeNamed } from './attribute-named.ts'
import type { Dialect } from './dialect.ts'
import { refuseReferenceParts } from './patch-remove.ts'
import type { PatchTarget } from './patch-target.ts'
import type { PatchOperation } from './patch.ts'
import { attributeRef } from './schema.ts'
import { readScalar } from './read-scalar.ts'
import { asObject, isEmpty, readComplex, readElements, readValue, unwrap } from './read-value.ts'
import type { ComplexValue } from './read-value.ts'
import { leafOf } from './schema.ts'
import type { AttributeRef } from './schema.ts'

type Assign = 'add' | 'replace'

const invalid = (detail: string): BridgeError => new BridgeError('invalidValue', detail)

/** `add` or `replace` of one target (RFC 7644 sections 3.5.2.1 and 3.5.2.3), its value read by type. */
export function assign(op: Assign, target: PatchTarget, given: Json, spoken: Dialect): readonly PatchOperation[] {
  const { ref, where } = target
  refuseReferenceParts(ref)
  const operation = operationOn(op, target, spoken)
  if (ref.sub !== undefined) return [operation(ref, readLeaf(ref, given, spoken))]
  if (ref.attribute.multiValued) {
    return where === undefined
      ? assignList(op, ref, given, operation, spoken)
      : assignElement(op, target, given, operation, spoken)
  }
  return ref.attribute.type === 'complex'
    ? assignComplex(ref, given, operation, spoken)
    : [operation(ref, readLeaf(ref, given, spoken))]
}

type Make = (target: AttributeRef, value: Json | undefined) => PatchOperation

/**
 * A missing element is made for `[type eq "x"].value`, the one form that Entra sends. Any other value filter that
 * matches nothing stays `noTarget`, as RFC 7644 section 3.5.2.3 has it.
 */
function operationOn(op: Assign, { ref, where }: PatchTarget, spoken: Dialect): Make {
  const createMissing =
    where?.kind === 'compare' && where.op === 'eq' && ref.sub !== undefined && spoken.quirks.has('createMissingElement')
  return (target, value) => ({ op, target, where, value, createMissing })
}

function readLeaf(ref: AttributeRef, given: Json, spoken: Dialect): Json | undefined {
  const read = readValue(leafOf(ref), ref.name, given, spoken)
  if (leafOf(ref).required && (read === undefined || read === '')) throw invalid(`"${ref.name}" is required`)
  return read
}

/** A single complex value: what is given is set, what is given as null is cleared, the rest stays. */
function assignComplex(ref: AttributeRef, given: Json, operation: Make, spoken: Dialect): readonly PatchOperation[] {
  const single = isEmpty(given, spoken) ? null : unwrap(ref.attribute, given, spoken)
  if (isEmpty(single, spoken)) return clear(ref, operation)
  const object = asObject(ref.attribute, single, spoken)
  if (object === undefined) throw invalid(`"${ref.name}" takes an object with sub-attributes`)
  const read = partsOf(ref, object, spoken)
  // {"value": ""} is how the manager goes: what else is known of them goes along
  if (read.cleared.has('value')) return clear(ref, operation)
  return [...set(ref, read, operation), ...clearParts(ref, read, operation)]
}

/** The parts that are given, save those whose change is passed over. */
function partsOf({ attribute, name }: AttributeRef, given: JsonObject, spoken: Dialect): ComplexValue {
  const { value, cleared } = readComplex(attribute, name, given, spoken)
  const discarded = new Set(attribute.subAttributes.flatMap((sub) => (sub.onWrite === 'discard' ? [sub.name] : [])))
  return {
    value: Object.fromEntries(Object.entries(value).filter(([part]) => !discarded.has(part))),
    cleared: new Set([...cleared].filter((part) => !discarded.has(part))),
  }
}

const set = (ref: AttributeRef, { value }: ComplexValue, operation: Make): readonly PatchOperation[] =>
  Object.keys(value).length === 0 ? [] : [operation(ref, value)]

function clear(ref: AttributeRef, operation: Make): readonly PatchOperation[] {
  if (ref.attribute.required) throw invalid(`"${ref.name}" is required`)
  return [operation(ref, undefined)]
}

const clearParts = (ref: AttributeRef, { cleared }: ComplexValue, operation: Make): readonly PatchOperation[] =>
  [...cleared].flatMap((name) => {
    const sub = attributeNamed(ref.attribute.subAttributes, name)
    if (sub === undefined) return []
    const part = attributeRef(ref.extension, ref.attribute, sub)
    if (sub.required) throw invalid(`"${part.name}" is required`)
    return [operation(part, undefined)]
  })

/** All elements of a list. One element may come without its array: RFC 7644 leaves the form of `value` open. */
function assignList(
  op: Assign,
  ref: AttributeRef,
  given: Json,
  operation: Make,
  spoken: Dialect,
): readonly PatchOperation[] {
  const { attribute, name } = ref
  const bare = typeof given === 'string' && (attribute.type !== 'complex' || spoken.quirks.has('bareMemberValue'))
  if (!isEmpty(given, spoken) && !isArray(given) && !isObject(given) && !bare) {
    throw invalid(`"${name}" is multi-valued and takes an array`)
  }
  const list = isArray(given) ? given : isEmpty(given, spoken) ? [] : [given]
  const read = readElements(attribute, name, list, spoken)
  if (read.length > 0) return [operation(ref, read)]
  return op === 'add' ? [] : clear(ref, operation)
}

/** The elements that a value filter selects. */
function assignElement(
  op: Assign,
  { ref }: PatchTarget,
  given: Json,
  operation: Make,
  spoken: Dialect,
): readonly PatchOperation[] {
  const single = isArray(given) && given.length === 1 ? (given[0] ?? null) : given
  if (isEmpty(single, spoken)) return [operation(ref, undefined)]
  if (ref.attribute.type !== 'complex') return [operation(ref, readScalar(ref.attribute, ref.name, single, spoken))]
  if (!isObject(single)) throw invalid(`"${ref.name}" with a value filter takes an object with sub-attributes`)
  const read = partsOf(ref, single, spoken)
  if (read.cleared.has('value')) return [operation(ref, undefined)]
  return op === 'add' ? [...set(ref, read, operation), ...clearParts(ref, read, operation)] : set(ref, read, operation)
}
