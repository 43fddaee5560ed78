import type { Urn } from '../base/brand.ts'

/** The data types of RFC 7643 section 2.3. */
export type AttributeType =
  'string' | 'boolean' | 'decimal' | 'integer' | 'dateTime' | 'binary' | 'reference' | 'complex'

export type Mutability = 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly'
export type Returned = 'always' | 'never' | 'default' | 'request'
export type Uniqueness = 'none' | 'server' | 'global'

/** One attribute with every characteristic of RFC 7643 section 7; nothing is optional save what the RFC leaves out. */
export interface Attribute {
  readonly name: string
  readonly type: AttributeType
  readonly multiValued: boolean
  readonly description: string
  readonly required: boolean
  readonly caseExact: boolean
  readonly mutability: Mutability
  readonly returned: Returned
  readonly uniqueness: Uniqueness
  readonly canonicalValues: readonly string[]
  readonly referenceTypes: readonly string[]
  /** Not of the RFC: a change that is not possible is passed over where the standard would have it refused. */
  readonly onWrite?: 'discard' | undefined
  /** Not of the RFC: a PUT that leaves it out leaves it as it is. */
  readonly onOmit?: 'keep' | undefined
  /** Empty unless the type is complex; never nested further (RFC 7643 section 2.3.8). */
  readonly subAttributes: readonly Attribute[]
}

export interface Schema {
  readonly id: Urn
  readonly name: string
  readonly description: string
  readonly attributes: readonly Attribute[]
}

/**
 * A resource type as one application offers it (RFC 7643 section 6). Its schemas hold only what the mapping carries,
 * so whoever resolves a name against it cannot reach an attribute that nobody stores.
 * `id`, `externalId`, `meta` and `schemas` are in `common`.
 */
export interface ResourceType {
  readonly name: string
  readonly endpoint: string
  readonly description: string
  readonly schema: Schema
  readonly extensions: readonly { readonly schema: Schema; readonly required: boolean }[]
  /** `schemas`, `id`, `meta` and, when carried, `externalId` (RFC 7643 section 3.1). */
  readonly common: readonly Attribute[]
}

/**
 * An attribute that was found in a resource type. Where an `AttributePath` is what somebody wrote, an `AttributeRef`
 * is what it means: the change of type is the proof of resolution.
 */
export interface AttributeRef {
  /** The extension the attribute belongs to; undefined for the base schema and the common attributes. */
  readonly extension: Urn | undefined
  readonly attribute: Attribute
  /** Set when the reference is to a sub-attribute; `attribute` is then its complex parent. */
  readonly sub: Attribute | undefined
  /** The canonical name, unique in the resource type: `userName`, `name.givenName`, `urn:…:User:manager.value`. */
  readonly name: string
}

/** The attribute whose type, case rule and mutability count: the sub-attribute if there is one. */
export const leafOf = (ref: AttributeRef): Attribute => ref.sub ?? ref.attribute

/** Whether a change of it is passed over. */
export const isDiscarded = ({ attribute, sub }: AttributeRef): boolean =>
  attribute.onWrite === 'discard' || sub?.onWrite === 'discard'

const characteristics = {
  type: 'string',
  multiValued: false,
  description: '',
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  canonicalValues: [],
  referenceTypes: [],
  subAttributes: [],
} as const satisfies Omit<Attribute, 'name'>

/** An attribute from what differs from the defaults of RFC 7643 section 2.2. */
export const attribute = (name: string, differs: Partial<Omit<Attribute, 'name'>> = {}): Attribute => ({
  ...characteristics,
  // RFC 7643 sections 2.3.6 and 2.3.7: binary and reference values are case exact
  ...(differs.type === 'binary' || differs.type === 'reference' ? { caseExact: true } : {}),
  ...differs,
  name,
})

/** A reference from its parts, with the canonical name. */
export const attributeRef = (extension: Urn | undefined, attribute: Attribute, sub?: Attribute): AttributeRef => ({
  extension,
  attribute,
  sub,
  name: `${extension === undefined ? '' : `${extension}:`}${attribute.name}${sub ? `.${sub.name}` : ''}`,
})
