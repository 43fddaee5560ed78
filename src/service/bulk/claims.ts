import type { Json } from '../../base/json.ts'
import { isArray, isObject } from '../../base/json.ts'
import type { Leaf, ResourceMapping, Template } from '../../mapping/catalog.ts'
import { leavesNamed } from '../../mapping/named-by.ts'
import { isMatched, matchedIn } from '../../plan/names.ts'
import { sameName } from '../../scim/attribute-named.ts'
import type { BulkOperation } from '../../scim/bulk.ts'
import { attributeAt, bulkIdIn, withTexts } from '../../scim/bulk-references.ts'
import { fold } from '../../scim/compare.ts'
import type { Dialect } from '../../scim/dialect.ts'
import type { Attribute } from '../../scim/schema.ts'

/**
 * What an operation lays hands on. Two that claim the same are carried out one after the other when one of them claims
 * it alone. `binds`: in the order of the request, which a forward reference to something else must not change.
 */
export interface Claim {
  readonly key: string
  readonly alone: boolean
  readonly binds: boolean
}

/**
 * What the order of two operations may matter for. In doubt it does: a DELETE may free a name or the last place in a
 * group, a change of a name may free another, and a guard may hang on anything, so these are claimed widely.
 * `types` are all types of the application, and `targets` the ids that any operation of the request names in its path.
 */
export function claimsOf(
  operation: BulkOperation,
  mapping: ResourceMapping,
  types: readonly ResourceMapping[],
  targets: ReadonlySet<string>,
  spoken: Dialect,
): readonly Claim[] {
  const { method, target, bulkId, version } = operation
  const type = mapping.type.name
  const claims: Claim[] = [{ key: 'everything', alone: method === 'DELETE' || version !== undefined, binds: false }]
  const claim = (key: string, alone: boolean): number => claims.push({ key, alone, binds: true })
  if (method === 'POST' && bulkId !== undefined) claim(`bulkId ${bulkId}`, true)
  if (target.kind === 'id') claim(`id ${target.id}`, true)
  if (target.kind === 'bulkId') claim(`bulkId ${target.bulkId}`, true)
  if (method === 'DELETE') return claims
  const names = new Set<string>()
  const identifying = identifyingIn(mapping, types)
  // a resource that can be in one list only is taken out of the other
  const moves = mapping.attributes.some((m) => m.kind === 'reference' && m.reference.place.kind === 'onTarget')
  withTexts(operation, spoken, (text, of) => {
    const known = bulkIdIn(text)
    if (known !== undefined) claim(`bulkId ${known}`, moves)
    else if (targets.has(text) || moves) claim(`id ${text}`, moves)
    if (of === undefined || identifying.has(of)) names.add(fold(text))
    if (known === undefined) for (const key of meantBy(text, mapping, of, types)) claim(key, false)
    return text
  })
  const renames =
    method === 'PUT' ||
    (method === 'POST' && [...identifying].some(isNumber)) ||
    (method === 'PATCH' && touches(operation, identifying, spoken))
  claims.push({ key: `names of ${type}`, alone: renames, binds: false })
  for (const other of matchedIn(mapping).flatMap(({ to }) => to))
    if (other !== type) claims.push({ key: `names of ${other}`, alone: false, binds: false })
  if (method !== 'PATCH' || renames) for (const name of names) claim(nameOf(type, name), true)
  return claims
}

const nameOf = (type: string, name: string): string => `name of ${type} ${name}`

/** The names of those whom a reference may mean by a text, where that says more than an id which the store has made. */
function meantBy(
  text: string,
  mapping: ResourceMapping,
  of: Attribute | undefined,
  types: readonly ResourceMapping[],
): readonly string[] {
  const carrier = mapping.attributes.find((one) => one.of.attribute === of)
  if (carrier?.kind !== 'reference') return []
  const { reference } = carrier
  return types
    .filter(({ type }) => reference.to.includes(type.name))
    .flatMap((target) => {
      const { prefix } = target.id
      const isId = hasGivenId(target) && text.startsWith(prefix)
      return [
        ...(isMatched(reference) ? [nameOf(target.type.name, fold(text))] : []),
        ...(isId ? [nameOf(target.type.name, fold(text.slice(prefix.length)))] : []),
      ]
    })
}

/** Is a client's own value the id? Then it can be named before there is a resource. */
const hasGivenId = (mapping: ResourceMapping): boolean =>
  mapping.attributes.some((one) => one.kind === 'single' && one.leaves.some(isKeyOf(mapping)))

const isKeyOf =
  (mapping: ResourceMapping) =>
  ({ carrier }: Leaf): boolean =>
    carrier.kind === 'slot' && carrier.slot.at.kind === 'field' && mapping.id.fields.includes(carrier.slot.at.field)

/** Attributes of a type by which references find somebody. */
const findingIn = (mapping: ResourceMapping, types: readonly ResourceMapping[]): readonly Attribute[] =>
  types
    .flatMap(matchedIn)
    .filter(({ to }) => to.includes(mapping.type.name))
    .flatMap(({ match }) => match.flatMap((by) => leavesNamed(mapping, by).map(({ ref }) => ref.attribute)))

/**
 * Attributes whose values no two resources may share, by the mapping, by the RFCs, or as applications usually have it;
 * and those that somebody is found by.
 */
function identifyingIn(mapping: ResourceMapping, types: readonly ResourceMapping[]): ReadonlySet<Attribute> {
  const found = new Set<Attribute>([...mapping.unique.map((ref) => ref.attribute), ...findingIn(mapping, types)])
  const inTemplate = (template: Template | undefined): void =>
    template?.forEach((piece) => piece.kind === 'path' && found.add(piece.ref.attribute))
  inTemplate(mapping.entry?.rdn.template)
  const isKey = isKeyOf(mapping)
  for (const carrier of mapping.attributes) {
    const { attribute } = carrier.of
    const isUnique = [attribute, ...attribute.subAttributes].some(({ uniqueness }) => uniqueness !== 'none')
    if (isUnique || usual.has(attribute.name) || (carrier.kind === 'single' && carrier.leaves.some(isKey))) {
      found.add(attribute)
    }
  }
  return found
}

/** A number is no text, and is written in several ways. */
const isNumber = ({ type }: Attribute): boolean => type === 'integer' || type === 'decimal'

const usual: ReadonlySet<string> = new Set(['externalId', 'employeeNumber', 'emails'])

/** Does a PATCH change an attribute of these? One that cannot be told may. */
function touches({ data, target }: BulkOperation, of: ReadonlySet<Attribute>, spoken: Dialect): boolean {
  const member = (object: Json | undefined, name: string): Json | undefined =>
    isObject(object) ? Object.entries(object).find(([key]) => sameName(key, name))?.[1] : undefined
  const operations = member(data, 'Operations')
  if (!isArray(operations)) return true
  return operations.some((operation) => {
    const path = member(operation, 'path')
    const value = member(operation, 'value')
    const paths = typeof path === 'string' ? [path] : isObject(value) ? Object.keys(value) : []
    return (
      paths.length === 0 ||
      paths.some((one) => {
        const attribute = attributeAt(one, target.type, spoken)
        return attribute === undefined || of.has(attribute)
      })
    )
  })
}

/** Must one of the two wait for the other? */
export const collide = (a: readonly Claim[], b: ReadonlyMap<string, boolean>): boolean =>
  a.some(({ key, alone }) => {
    const other = b.get(key)
    return other !== undefined && (alone || other)
  })

/** Claims by key; alone as soon as one of them is. */
export function byKey(claims: readonly Claim[]): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>()
  for (const { key, alone } of claims) found.set(key, alone || found.get(key) === true)
  return found
}
