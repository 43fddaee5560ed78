/** Strings that must not be mixed up get a type of their own; the brand exists at compile time only. */
declare const brand: unique symbol
type Brand<T, Name extends string> = T & { readonly [brand]: Name }

/** The `id` of a SCIM resource as a client sees it (RFC 7643 section 3.1). */
export type ScimId = Brand<string, 'ScimId'>
/** The URN of a schema, in the casing of its definition (RFC 7643 section 3). */
export type Urn = Brand<string, 'Urn'>

export const scimId = (text: string): ScimId => text as ScimId
export const urn = (text: string): Urn => text as Urn
