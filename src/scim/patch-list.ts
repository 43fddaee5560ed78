import { BridgeError } from '../base/errors.ts'
import { isArray, isObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { elementOf, isReference, sameElement, sameJson } from './element.ts'
import { matchesElement } from './filter-eval.ts'
import { namedBy } from './named-by.ts'
import { merge, withPart } from './patch-complex.ts'
import { refuseImmutableParts } from './patch-immutable.ts'
import type { PatchOperation } from './patch.ts'
import type { Attribute } from './schema.ts'
import { valueKey } from './value.ts'

type List = readonly Json[]

/** A multi-valued attribute after one operation; the same list when nothing changes. An empty one is unassigned. */
export function changeList(held: List, operation: PatchOperation): List {
  const { attribute } = operation.target
  const next =
    operation.where !== undefined
      ? changeSelected(held, operation)
      : operation.target.sub !== undefined
        ? changeParts(held, operation)
        : operation.op === 'remove' || operation.value === undefined
          ? removeElements(attribute, held, operation.only)
          : operation.op === 'add'
            ? addElements(attribute, held, asList(operation.value))
            : replaceElements(attribute, held, asList(operation.value))
  if (next.length === held.length && next.every((element, at) => element === held[at])) return held
  return settlePrimary(attribute, held, next)
}

const asList = (value: Json): List => (isArray(value) ? value : [value])

/** All of them, or those that a value list names. */
function removeElements(attribute: Attribute, held: List, only: List | undefined): List {
  if (only === undefined) return []
  // a group has many members, and they are known by id alone
  if (isReference(attribute) && only.every((victim) => idOf(victim) !== undefined)) {
    const ids = new Set(only.map(idOf))
    return held.filter((element) => !ids.has(idOf(element)))
  }
  const isNamed = namedBy(attribute, only)
  return held.filter((element) => !isNamed(element))
}

const idOf = (element: Json): Json | undefined => (isObject(element) ? element['value'] : undefined)

/** RFC 7644 section 3.5.2.1: appended, save what is there already. */
function addElements(attribute: Attribute, held: List, given: List): List {
  if (isReference(attribute)) {
    const ids = new Set(held.map(idOf))
    return [...held, ...given.filter((element) => !ids.has(idOf(element)))]
  }
  return given.length < worthAnIndex ? addFew(attribute, held, given) : addMany(attribute, held, given)
}

/** An index of what is held costs as much as looking through it a few times. */
const worthAnIndex = 8

function addFew(attribute: Attribute, held: List, given: List): List {
  return given.reduce<List>((list, element) => {
    if (list.some((other) => sameElement(attribute, other, element))) return list
    const pair = pairKey(element)
    const at =
      pair === undefined ? -1 : list.findIndex((other) => idOf(other) === idOf(element) && pairKey(other) === pair)
    const next = withMore(attribute, list[at], element)
    return next === undefined ? [...list, element] : list.toSpliced(at, 1, next)
  }, held)
}

function addMany(attribute: Attribute, held: List, given: List): List {
  const list: Json[] = []
  const count = new Map<string, number>()
  const pairs = new Map<string, number>()
  const note = (element: Json, change: 1 | -1): void => {
    const key = valueKey(element)
    count.set(key, (count.get(key) ?? 0) + change)
  }
  const append = (element: Json): void => {
    note(element, 1)
    const pair = pairKey(element)
    if (pair !== undefined && !pairs.has(pair)) pairs.set(pair, list.length)
    list.push(element)
  }
  held.forEach(append)
  for (const element of given) {
    if ((count.get(valueKey(element)) ?? 0) > 0) continue
    const at = pairs.get(pairKey(element) ?? '') ?? -1
    const other = list[at]
    const next = withMore(attribute, other, element)
    if (other === undefined || next === undefined) {
      append(element)
      continue
    }
    note(other, -1)
    list[at] = next
    note(next, 1)
  }
  return list
}

/** (type, value) pairs are not to be there twice (RFC 7643 section 2.4): what else is said of one goes to it. */
const withMore = (attribute: Attribute, other: Json | undefined, element: Json): Json | undefined =>
  isObject(other) && isObject(element) ? changed(attribute, other, merge(attribute, other, element)) : undefined

const pairKey = (element: Json): string | undefined =>
  isObject(element) && element['value'] !== undefined
    ? `${valueKey(element['value'])} ${valueKey(element['type'])}`
    : undefined

/** RFC 7644 section 3.5.2.3: all values go; an element that stays is not made anew. */
function replaceElements(attribute: Attribute, held: List, given: List): List {
  if (isReference(attribute)) {
    const known = new Map(held.map((element) => [idOf(element), element]))
    return given.map((element) => known.get(idOf(element)) ?? element)
  }
  const known = new Map(held.toReversed().map((element) => [valueKey(element), element]))
  return given.map((element) => known.get(valueKey(element)) ?? element)
}

/** `emails.type` without a value filter: every element; a first one is made where there is none (section 3.5.2.3). */
function changeParts(held: List, { target, value }: PatchOperation): List {
  const { attribute, sub } = target
  if (sub === undefined) return held
  if (held.length === 0) return value === undefined ? held : [{ [sub.name]: value }]
  if (held.length > 1) refuseManyPrimaries(attribute, { [sub.name]: value ?? null })
  return held.flatMap((element) => part(attribute, element, sub.name, value))
}

/** The elements that the value filter selects. */
function changeSelected(held: List, operation: PatchOperation): List {
  const { op, target, where, value, createMissing } = operation
  const { attribute, sub } = target
  if (where === undefined) return held
  const matches = held.map((element) => matchesElement(where, element))
  if (!matches.includes(true)) {
    // an absent value that is to be absent is no failure (RFC 7644 section 3.5.2.2 has none for it)
    if (op === 'remove' || (createMissing && value === undefined)) return held
    const facts = createMissing ? elementOf(where) : undefined
    if (facts === undefined || value === undefined) {
      throw new BridgeError('noTarget', `no element of "${target.name}" matches the value filter`)
    }
    return [
      ...held,
      sub === undefined && isObject(value) ? { ...facts, ...value } : { ...facts, [sub?.name ?? 'value']: value },
    ]
  }
  if (op !== 'remove' && matches.filter(Boolean).length > 1) {
    refuseManyPrimaries(attribute, sub === undefined ? value : { [sub.name]: value ?? null })
  }
  return held.flatMap((element, at): List => {
    if (matches[at] !== true) return [element]
    if (sub !== undefined) return part(attribute, element, sub.name, op === 'remove' ? undefined : value)
    if (op === 'remove' || value === undefined) return []
    if (!isObject(element) || !isObject(value)) return [value]
    // a replaced element stays what the filter calls it, unless it says otherwise
    const next = op === 'add' ? merge(attribute, element, value) : { ...elementOf(where), ...value }
    return [changed(attribute, element, next)]
  })
}

function part(attribute: Attribute, element: Json, name: string, value: Json | undefined): List {
  if (!isObject(element)) return [element]
  const next = withPart(attribute, element, name, value)
  // a part that is immutable does not go by itself, not even with all that is left
  refuseImmutableParts(attribute, attribute.name, pick(element, name), next ?? {})
  return next === undefined ? [] : [changed(attribute, element, next)]
}

const pick = (element: JsonObject, name: string): JsonObject =>
  element[name] === undefined ? {} : { [name]: element[name] }

/** The element itself when nothing changes, so that a no-op shows. */
function changed(attribute: Attribute, element: JsonObject, next: JsonObject): JsonObject {
  if (sameElement(attribute, element, next) && !isReference(attribute)) return element
  refuseImmutableParts(attribute, attribute.name, element, next)
  return sameJson(element, next) ? element : next
}

const isPrimary = (element: Json): boolean => isObject(element) && element['primary'] === true

/** RFC 7643 section 2.4: `primary` is true at most once, so it cannot be set on several elements at a time. */
function refuseManyPrimaries(attribute: Attribute, given: Json | undefined): void {
  if (given === undefined || !isPrimary(given)) return
  throw new BridgeError('invalidValue', `"${attribute.name}" cannot have more than one primary element`)
}

/** RFC 7644 section 3.5.2: setting `primary` to true makes it false elsewhere. */
function settlePrimary(attribute: Attribute, held: List, next: List): List {
  if (next.filter(isPrimary).length < 2) return next
  const before = new Set(held)
  const fresh = next.filter((element) => isPrimary(element) && !before.has(element))
  if (fresh.length > 1) refuseManyPrimaries(attribute, fresh[0])
  if (fresh.length === 0) return next
  return next.map((element) =>
    isPrimary(element) && isObject(element) && element !== fresh[0] ? { ...element, primary: false } : element,
  )
}
