import { BridgeError } from '../base/errors.ts'
import { isArray, isObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { changeComplex } from './patch-complex.ts'
import { changeList } from './patch-list.ts'
import { refuseImmutable } from './patch-immutable.ts'
import type { PatchOperation } from './patch.ts'
import { maxWork, tooMuchWork, workOf } from './patch-work.ts'
import { requireSubs } from './read-value.ts'
import { own, topLevelValue, withTopLevel } from './value.ts'
import type { AttributeRef, ResourceType } from './schema.ts'

/**
 * The reference meaning of PATCH (RFC 7644 section 3.5.2): what a backend does with deltas must equal this. Operations
 * run in order, each on what the one before left; all of them or none: it throws BridgeError `noTarget`, `mutability`,
 * `invalidValue` or `payloadTooLarge` and the resource that was handed in is never touched. Resources are in canonical form.
 * A PATCH that repeats what is held gives an equal resource.
 */
export function applyPatch(
  resource: JsonObject,
  operations: readonly PatchOperation[],
  type: ResourceType,
): JsonObject {
  let after = resource
  let work = 0
  for (const operation of operations) {
    work += workOf(after, operation)
    if (work > maxWork) throw tooMuchWork()
    after = applyOne(after, operation)
  }
  for (const [name, ref] of topOf(operations)) requireHeld(name, ref, after)
  requireExtensions(resource, after, type)
  return after
}

/** The top-level attributes that the operations touch; what they leave alone is not theirs to judge. */
const topOf = (operations: readonly PatchOperation[]): ReadonlyMap<string, AttributeRef> =>
  new Map(
    operations.map(({ target }) => {
      const { extension, attribute } = target
      return [extension === undefined ? attribute.name : `${extension}:${attribute.name}`, target]
    }),
  )

function applyOne(resource: JsonObject, operation: PatchOperation): JsonObject {
  const { target } = operation
  const held = topLevelValue(resource, target)
  const next = change(held, operation)
  return next === held ? resource : withTopLevel(resource, target, next)
}

function change(held: Json | undefined, operation: PatchOperation): Json | undefined {
  const { attribute, name } = operation.target
  if (attribute.multiValued) {
    const next = changeList(isArray(held) ? held : held === undefined ? [] : [held], operation)
    refuseImmutable(attribute, name, held, next)
    return next.length === 0 ? undefined : next
  }
  const next = attribute.type === 'complex' ? changeComplex(isObject(held) ? held : {}, operation) : operation.value
  refuseImmutable(attribute, name, held, next)
  return next
}

/** Each operation may pass through a state that the whole PATCH may not end in. */
function requireHeld(name: string, ref: AttributeRef, after: JsonObject): void {
  const { attribute } = ref
  const value = topLevelValue(after, ref)
  if (value === undefined) {
    if (attribute.required) throw new BridgeError('mutability', `"${name}" is required and cannot be removed`)
    return
  }
  for (const element of isArray(value) ? value : [value]) {
    if (isObject(element)) requireSubs(attribute, name, element)
  }
}

function requireExtensions(before: JsonObject, after: JsonObject, type: ResourceType): void {
  for (const { schema, required } of type.extensions) {
    const place = own(after, schema.id)
    if (place === undefined) {
      if (required && own(before, schema.id) !== undefined) {
        throw new BridgeError('mutability', `"${schema.id}" is required and cannot be removed`)
      }
      continue
    }
    if (own(before, schema.id) !== undefined || !isObject(place)) continue
    // the first data of an extension bring its required attributes, as a POST would have to
    const missing = schema.attributes.find(
      ({ name, required: must, mutability }) => must && mutability !== 'readOnly' && own(place, name) === undefined,
    )
    if (missing !== undefined) throw new BridgeError('invalidValue', `"${schema.id}:${missing.name}" is required`)
  }
}
