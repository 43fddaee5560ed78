import { BridgeError } from '../base/errors.ts'
import { isArray, isObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { attributesOf, schemaNamed, splitUrn } from './attribute-named.ts'
import { dialect, understands } from './dialect.ts'
import type { Dialect, ObserveQuirk } from './dialect.ts'
import type { PatchOperation } from './patch.ts'
import { findPath } from './path-resolve.ts'
import { attributeRef } from './schema.ts'
import type { Quirks } from './quirks.ts'
import type { ProjectionRequest } from './request.ts'
import type { Attribute, AttributeRef, ResourceType } from './schema.ts'
import { topLevelValue } from './value.ts'

/**
 * Which attributes an answer shows (RFC 7644 section 3.9). Names are canonical `AttributeRef.name`s, of top-level
 * attributes and of sub-attributes.
 */
export type Projection =
  | { readonly kind: 'default' }
  | { readonly kind: 'only'; readonly names: ReadonlySet<string> }
  | { readonly kind: 'without'; readonly names: ReadonlySet<string> }
  /** Both were given and the profile tolerates it: first `only`, then minus `without`. */
  | { readonly kind: 'onlyWithout'; readonly names: ReadonlySet<string>; readonly without: ReadonlySet<string> }

/**
 * Names are resolved without regard to case, with their URN or without; a whole extension stands for its attributes;
 * unknown names are ignored. Throws BridgeError `invalidValue` when both lists are given and the profile is strict:
 * RFC 7644 section 3.9 has them exclude each other.
 */
export function parseProjection(
  request: ProjectionRequest,
  type: ResourceType,
  quirks: Quirks,
  observeQuirk?: ObserveQuirk,
): Projection {
  const spoken = dialect(quirks, observeQuirk)
  const asked = written(request.attributes).map((name) => withoutFilter(name, spoken))
  const excluded = written(request.excludedAttributes)
  if (asked.length === 0 && excluded.length === 0) return { kind: 'default' }
  const names = new Set(asked.flatMap((name) => resolve(name, type)))
  const without = new Set(excluded.flatMap((name) => resolve(name, type)))
  if (excluded.length === 0) return { kind: 'only', names }
  if (asked.length === 0) return { kind: 'without', names: without }
  if (understands(spoken, 'attributesMinusExcluded')) return { kind: 'onlyWithout', names, without }
  throw new BridgeError('invalidValue', '"attributes" and "excludedAttributes" exclude each other')
}

const written = (list: readonly string[] | undefined): readonly string[] =>
  (list ?? []).map((name) => name.trim()).filter((name) => name !== '')

/** `emails[type eq "work"].value` shows what `emails.value` shows: a name selects attributes, not elements of a list. */
function withoutFilter(name: string, spoken: Dialect): string {
  const [, attribute, sub = ''] = /^([^[\]]+)\[[^\]]*\](\.[^.]+)?$/.exec(name) ?? []
  return attribute !== undefined && understands(spoken, 'filteredAttributeName') ? attribute + sub : name
}

function resolve(text: string, type: ResourceType): readonly string[] {
  const whole = schemaNamed(type, text)
  if (whole !== undefined)
    return whole.schema.attributes.map((attribute) => attributeRef(whole.extension, attribute).name)
  const prefixed = splitUrn(type, text)
  const [name = '', sub, ...more] = (prefixed?.rest ?? text).split('.')
  if (more.length > 0) return []
  // without a URN a name of an extension is found as in a filter
  const found = findPath({ urn: prefixed?.schema.id, name, sub }, type)
  return found === undefined ? [] : [found.name]
}

/** The canonical names that a body assigns, sub-attributes included: what `sent` of `project` takes. */
export const namesIn = (resource: JsonObject, type: ResourceType): ReadonlySet<string> =>
  new Set(attributesOf(type).flatMap((ref) => namesOf(ref, topLevelValue(resource, ref))))

/** The same of a PATCH. */
export const namesBy = (operations: readonly PatchOperation[]): ReadonlySet<string> =>
  new Set(
    operations.flatMap(({ target, value }) => {
      const whole = attributeRef(target.extension, target.attribute)
      if (target.sub === undefined) return namesOf(whole, value)
      return value === undefined ? [] : [whole.name, target.name]
    }),
  )

function namesOf(ref: AttributeRef, value: Json | undefined): readonly string[] {
  if (value === undefined) return []
  const elements = isArray(value) ? value : [value]
  const parts = ref.attribute.subAttributes.filter((sub) =>
    elements.some((element) => isObject(element) && Object.hasOwn(element, sub.name)),
  )
  return [ref.name, ...parts.map((sub) => attributeRef(ref.extension, ref.attribute, sub).name)]
}

const none: ReadonlySet<string> = new Set()

/**
 * The part of a resource that is shown: `returned` always, never, default and request (RFC 7643 section 7) against
 * what was asked for. `sent` names what the client itself sent: a `request` attribute shows in the answer to that.
 * `schemas` passes when it is there.
 */
export function project(
  resource: JsonObject,
  projection: Projection,
  type: ResourceType,
  sent: ReadonlySet<string> = none,
): JsonObject {
  const shown: Record<string, Json> = {}
  const extensions = new Map<string, Record<string, Json>>()
  for (const { ref, subs } of allShown(projection, type, sent)) {
    const value = topLevelValue(resource, ref)
    if (value === undefined) continue
    const plain = projectValue(value, ref, subs)
    if (plain === undefined) continue
    if (ref.extension === undefined) shown[ref.attribute.name] = plain
    else {
      const inner = extensions.get(ref.extension) ?? {}
      inner[ref.attribute.name] = plain
      extensions.set(ref.extension, inner)
    }
  }
  for (const [urn, inner] of extensions) shown[urn] = inner
  return shown
}

interface PartShown {
  readonly ref: AttributeRef
  readonly subs: readonly Attribute[]
}

interface AllShown {
  readonly type: ResourceType
  readonly sent: ReadonlySet<string>
  readonly shown: readonly PartShown[]
}

/** Of the last type that was shown by a projection: the same for all the resources of an answer. */
const lastShown = new WeakMap<Projection, AllShown>()

function allShown(projection: Projection, type: ResourceType, sent: ReadonlySet<string>): readonly PartShown[] {
  const last = lastShown.get(projection)
  if (last?.type === type && last.sent === sent) return last.shown
  const shown = attributesOf(type)
    .filter((ref) => isShown(ref, projection, sent))
    .map((ref) => ({ ref, subs: partsShown(ref, projection, sent) }))
  lastShown.set(projection, { type, sent, shown })
  return shown
}

/** Canonical names of what will be shown, of attributes and of the parts of complex ones: nothing else has to be read. */
export function wantedAttributes(
  projection: Projection,
  type: ResourceType,
  sent: ReadonlySet<string> = none,
): ReadonlySet<string> {
  return new Set(
    attributesOf(type)
      .filter((ref) => isShown(ref, projection, sent))
      .flatMap((ref) => [ref.name, ...partsShown(ref, projection, sent).map((sub) => partOf(ref, sub).name)]),
  )
}

const partOf = ({ extension, attribute }: AttributeRef, sub: Attribute): AttributeRef =>
  attributeRef(extension, attribute, sub)

const partsShown = (ref: AttributeRef, projection: Projection, sent: ReadonlySet<string>): readonly Attribute[] =>
  ref.attribute.subAttributes.filter((sub) => isSubShown(ref, sub, projection, sent))

function isShown(ref: AttributeRef, projection: Projection, sent: ReadonlySet<string>): boolean {
  const { attribute, name } = ref
  if (attribute.returned === 'never') return false
  if (attribute.returned === 'always' || attribute.name === 'schemas') return true
  const subs = attribute.subAttributes.map((sub) => attributeRef(ref.extension, attribute, sub).name)
  const byDefault = attribute.returned === 'default' || sent.has(name)
  switch (projection.kind) {
    case 'default':
      return byDefault
    case 'only':
      return projection.names.has(name) || subs.some((sub) => projection.names.has(sub))
    case 'without':
      return byDefault && !projection.names.has(name)
    case 'onlyWithout':
      return (
        !projection.without.has(name) &&
        (projection.names.has(name) || subs.some((sub) => projection.names.has(sub) && !projection.without.has(sub)))
      )
  }
}

function projectValue(value: Json, ref: AttributeRef, subs: readonly Attribute[]): Json | undefined {
  if (ref.attribute.type !== 'complex') return value
  const pick = (element: Json): Json | undefined => {
    if (!isObject(element)) return undefined
    const picked = subs.filter((sub) => Object.hasOwn(element, sub.name))
    return picked.length === 0
      ? undefined
      : Object.fromEntries(picked.map((sub) => [sub.name, element[sub.name] as Json]))
  }
  if (!isArray(value)) return pick(value)
  // an empty list stays: clients that read the members of a group expect one
  const elements = value.map(pick).filter((element) => element !== undefined)
  return elements.length > 0 || value.length === 0 ? elements : undefined
}

function isSubShown(ref: AttributeRef, sub: Attribute, projection: Projection, sent: ReadonlySet<string>): boolean {
  if (sub.returned === 'never') return false
  if (sub.returned === 'always') return true
  const { name } = attributeRef(ref.extension, ref.attribute, sub)
  const byDefault = sub.returned === 'default' || sent.has(name)
  switch (projection.kind) {
    case 'default':
      return byDefault
    case 'only':
      return isAsked(projection.names, ref, name, byDefault)
    case 'without':
      return byDefault && !projection.names.has(name)
    case 'onlyWithout':
      return !projection.without.has(name) && isAsked(projection.names, ref, name, byDefault)
  }
}

/** `name.givenName` asks for that part alone, `name` for what it shows by default; an `always` parent shows its default. */
function isAsked(names: ReadonlySet<string>, ref: AttributeRef, name: string, byDefault: boolean): boolean {
  if (names.has(name)) return true
  if (names.has(ref.name)) return byDefault
  const part = ref.attribute.subAttributes.some((other) =>
    names.has(attributeRef(ref.extension, ref.attribute, other).name),
  )
  return !part && ref.attribute.returned === 'always' && byDefault
}
