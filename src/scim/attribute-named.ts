import type { Urn } from '../base/brand.ts'
import { attributeRef } from './schema.ts'
import type { Attribute, AttributeRef, ResourceType, Schema } from './schema.ts'

/** Letters of other alphabets never fold to ASCII ones: the Kelvin sign is no `k`. */
const ascii = /^[\x20-\x7e]*$/
const folded = (text: string): string => (ascii.test(text) ? text.toLowerCase() : text)

const indexes = new WeakMap<readonly Attribute[], ReadonlyMap<string, Attribute>>()

/** Attribute names are case-insensitive (RFC 7643 section 2.1). A map, so that `__proto__` is just an unknown name. */
export function attributeNamed(list: readonly Attribute[], name: string): Attribute | undefined {
  let index = indexes.get(list)
  if (index === undefined) {
    index = new Map(list.map((attribute) => [folded(attribute.name), attribute]))
    indexes.set(list, index)
  }
  return index.get(folded(name))
}

export const sameName = (a: string, b: string): boolean => folded(a) === folded(b)

/** One of the schemas of a resource type; `extension` is undefined for the base schema. */
export interface SchemaPlace {
  readonly schema: Schema
  readonly extension: Urn | undefined
}

const placesOf = (type: ResourceType): readonly SchemaPlace[] => [
  { schema: type.schema, extension: undefined },
  ...type.extensions.map(({ schema }) => ({ schema, extension: schema.id })),
]

/** The schema that a URN names; URNs are compared without regard to case (RFC 8141 section 3.1 for most of their parts). */
export const schemaNamed = (type: ResourceType, urn: string): SchemaPlace | undefined =>
  placesOf(type).find(({ schema }) => sameName(schema.id, urn))

/**
 * The schema that prefixes a name, and the rest: `urn:…:enterprise:2.0:User:department` (RFC 7644 section 3.10). The
 * longest URN wins, since a custom one may go on where another ends.
 */
export function splitUrn(type: ResourceType, text: string): (SchemaPlace & { readonly rest: string }) | undefined {
  const found = placesOf(type)
    .filter(
      ({ schema }) => text.length > schema.id.length && sameName(text.slice(0, schema.id.length + 1), `${schema.id}:`),
    )
    .sort((a, b) => b.schema.id.length - a.schema.id.length)[0]
  return found && { ...found, rest: text.slice(found.schema.id.length + 1) }
}

/** Every top-level attribute of a resource type, the common ones first. */
export function attributesOf(type: ResourceType): readonly AttributeRef[] {
  const known = found.get(type) ?? [
    ...type.common.map((attribute) => attributeRef(undefined, attribute)),
    ...placesOf(type).flatMap(({ schema, extension }) =>
      schema.attributes.map((attribute) => attributeRef(extension, attribute)),
    ),
  ]
  found.set(type, known)
  return known
}

/** Found once, and gone through with every resource. */
const found = new WeakMap<ResourceType, readonly AttributeRef[]>()

/** A top-level attribute without URN: of the base schema or a common one. */
export const baseAttribute = (type: ResourceType, name: string): Attribute | undefined =>
  attributeNamed(type.schema.attributes, name) ?? attributeNamed(type.common, name)
