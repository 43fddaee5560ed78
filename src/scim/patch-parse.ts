import { BridgeError, isBridgeError } from '../base/errors.ts'
import { isArray, isObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { attributeNamed, baseAttribute, schemaNamed, splitUrn } from './attribute-named.ts'
import type { SchemaPlace } from './attribute-named.ts'
import { dialect, understands } from './dialect.ts'
import type { Dialect, ObserveQuirk } from './dialect.ts'
import { member, messages, readMessage } from './messages.ts'
import { assign } from './patch-assign.ts'
import { remove } from './patch-remove.ts'
import { patchKey, patchTarget } from './patch-target.ts'
import type { PatchTarget } from './patch-target.ts'
import type { PatchOperation } from './patch.ts'
import { attributeRef } from './schema.ts'
import type { Quirks } from './quirks.ts'
import { refuseTwice } from './read-value.ts'
import { isDiscarded, leafOf } from './schema.ts'
import type { AttributeRef, ResourceType } from './schema.ts'

type Assign = 'add' | 'replace'

/**
 * The operations of a PatchOp message (RFC 7644 section 3.5.2) in the form that `PatchOperation` documents. Throws
 * BridgeError `invalidSyntax`, `invalidPath`, `invalidFilter`, `invalidValue`, `noTarget` or `mutability`, and
 * `payloadTooLarge` for more than `most` operations.
 */
export function parsePatch(
  body: Json,
  type: ResourceType,
  quirks: Quirks,
  observeQuirk?: ObserveQuirk,
  most = Infinity,
): readonly PatchOperation[] {
  const spoken = dialect(quirks, observeQuirk)
  const message = readMessage(body, messages.patchOp, spoken)
  const operations = member(message, 'Operations', spoken)
  if (!isArray(operations) || operations.length === 0) {
    throw new BridgeError('invalidSyntax', '"Operations" must be an array of at least one operation')
  }
  // RFC 7644 names no status for a PATCH; too many operations of a bulk request are 413 (section 3.7.4)
  if (operations.length > most) {
    throw new BridgeError('payloadTooLarge', `"Operations" holds more than the limit of ${most} operations`)
  }
  return operations.flatMap((operation, at) => {
    try {
      return parseOperation(operation, type, spoken)
    } catch (error) {
      if (!isBridgeError(error) || operations.length === 1) throw error
      throw new BridgeError(error.reason, `Operations[${at}]: ${error.detail}`, error)
    }
  })
}

function parseOperation(operation: Json, type: ResourceType, spoken: Dialect): readonly PatchOperation[] {
  if (!isObject(operation)) throw new BridgeError('invalidSyntax', 'an operation must be an object')
  const op = parseOp(member(operation, 'op', spoken), spoken)
  const path = member(operation, 'path', spoken) ?? undefined
  const value = member(operation, 'value', spoken)
  if (path !== undefined && typeof path !== 'string') throw new BridgeError('invalidPath', '"path" must be a string')
  if (op === 'remove') {
    // RFC 7644 section 3.5.2.2: without a path there is no target; it never means the whole resource
    if (path === undefined) throw new BridgeError('noTarget', '"remove" needs a "path"')
    return removeAt(path, value, type, spoken)
  }
  if (value === undefined) throw new BridgeError('invalidValue', `"${op}" needs a "value"`)
  return path === undefined ? split(op, value, type, spoken) : assignAt(op, path, value, type, spoken)
}

function parseOp(given: Json | undefined, spoken: Dialect): PatchOperation['op'] {
  const word = typeof given === 'string' ? given : ''
  const lower = word.toLowerCase()
  if (lower === 'add' || lower === 'remove' || lower === 'replace') {
    if (lower === word || understands(spoken, 'capitalisedOp')) return lower
  }
  throw new BridgeError('invalidSyntax', '"op" must be "add", "remove" or "replace"')
}

/** RFC 7644 section 3.5.2: an explicit path to what only the server may write is refused. */
function refuseReadOnly({ attribute, sub, name }: AttributeRef): void {
  if (attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly') {
    throw new BridgeError('mutability', `"${name}" is read-only`)
  }
}

const isSchemas = ({ attribute }: AttributeRef, type: ResourceType): boolean =>
  attribute.name === 'schemas' && type.common.includes(attribute)

function removeAt(
  path: string,
  value: Json | undefined,
  type: ResourceType,
  spoken: Dialect,
): readonly PatchOperation[] {
  const place = schemaNamed(type, path)
  if (place !== undefined) {
    if (place.extension === undefined) throw new BridgeError('mutability', 'the base schema cannot be removed')
    return wholeSchema(place).flatMap((ref) => remove({ ref, where: undefined }, undefined, spoken))
  }
  const target = patchTarget(path, type, spoken)
  if (isDiscarded(target.ref)) return []
  refuseReadOnly(target.ref)
  return [...remove(target, value, spoken)]
}

function assignAt(
  op: Assign,
  path: string,
  value: Json,
  type: ResourceType,
  spoken: Dialect,
): readonly PatchOperation[] {
  const place = schemaNamed(type, path)
  if (place !== undefined) return splitSchema(op, place, value, new Set(), spoken)
  const target = patchTarget(path, type, spoken)
  if (isDiscarded(target.ref)) return []
  refuseReadOnly(target.ref)
  // it follows from the data that a resource holds, and is made when the resource is shown
  if (isSchemas(target.ref, type)) {
    if (isArray(value) && value.every((item) => typeof item === 'string')) return []
    throw new BridgeError('invalidValue', '"schemas" must be an array of URNs')
  }
  return assign(op, target, value, spoken)
}

const wholeSchema = ({ schema, extension }: SchemaPlace): readonly AttributeRef[] =>
  schema.attributes.map((attribute) => attributeRef(extension, attribute)).filter((ref) => !isIgnored(ref))

/** What a value without a path may name without a change. */
const isIgnored = (ref: AttributeRef): boolean =>
  ref.attribute.mutability === 'readOnly' || leafOf(ref).mutability === 'readOnly' || isDiscarded(ref)

/**
 * RFC 7644 sections 3.5.2.1 and 3.5.2.3: without a path the value holds attributes of the resource. What is read-only
 * or unknown is ignored as in any body: Okta and authentik send the `id` along.
 */
function split(op: Assign, value: Json, type: ResourceType, spoken: Dialect): readonly PatchOperation[] {
  if (!isObject(value)) throw new BridgeError('invalidValue', `"${op}" without "path" needs an object as "value"`)
  const seen = new Set<string>()
  return Object.entries(value).flatMap(([key, given]) => {
    const attribute = baseAttribute(type, key)
    if (attribute !== undefined)
      return assignKey(op, { ref: attributeRef(undefined, attribute), where: undefined }, given)
    const place = schemaNamed(type, key)
    if (place !== undefined) return splitSchema(op, place, given, seen, spoken)
    const target = keyTarget(key, type, spoken)
    return target === undefined ? [] : assignKey(op, target, given)
  })

  function assignKey(op: Assign, target: PatchTarget, given: Json): readonly PatchOperation[] {
    if (target.where === undefined) refuseTwice(seen, target.ref.name)
    if (isIgnored(target.ref)) return []
    return isSchemas(target.ref, type) ? [] : assign(op, target, given, spoken)
  }
}

/** `{"urn:…:enterprise:2.0:User": {"department": "R&D"}}`: what is not mentioned stays. */
function splitSchema(
  op: Assign,
  place: SchemaPlace,
  value: Json,
  seen: Set<string>,
  spoken: Dialect,
): readonly PatchOperation[] {
  if (value === null && op === 'replace') {
    return wholeSchema(place).flatMap((ref) => assign(op, { ref, where: undefined }, null, spoken))
  }
  if (!isObject(value)) {
    throw new BridgeError('invalidValue', `"${place.schema.id}" takes an object with the attributes of that schema`)
  }
  return Object.entries(value as JsonObject).flatMap(([name, given]) => {
    const attribute = attributeNamed(place.schema.attributes, name)
    if (attribute === undefined) return []
    const ref = attributeRef(place.extension, attribute)
    refuseTwice(seen, ref.name)
    return isIgnored(ref) ? [] : assign(op, { ref, where: undefined }, given, spoken)
  })
}

/**
 * Keys that are paths: with a URN by RFC 7644 section 3.10, dotted or with a value filter in the dialect of Entra.
 * Who does not speak it refuses them: to ignore a change that is understood would answer 200 and do nothing.
 */
function keyTarget(key: string, type: ResourceType, spoken: Dialect): PatchTarget | undefined {
  const name = splitUrn(type, key)?.rest ?? key
  const quirk = name.includes('[') ? 'pathlessFilterKey' : name.includes('.') ? 'pathlessDottedKey' : undefined
  if (quirk === undefined && name === key) return undefined
  const target = patchKey(key, type, spoken)
  // the second kind of path is plain notation where a URN stands before it
  if (target === undefined || (name !== key && quirk !== 'pathlessFilterKey')) return target
  if (quirk !== undefined && !understands(spoken, quirk)) {
    throw new BridgeError('invalidPath', 'a key of a value is an attribute name; give the operation a "path" instead')
  }
  return target
}
