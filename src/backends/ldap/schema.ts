/** An attribute type with what it inherits from its supertypes resolved (RFC 4512 section 4.1.2). */
export interface AttributeType {
  readonly oid: string
  /** The first one is what the server calls it; may be empty. */
  readonly names: readonly string[]
  /** OID of the syntax, without the length in braces; undefined where nothing says it. */
  readonly syntax: string | undefined
  /** Names or OIDs of the matching rules, as the schema gives them; undefined where there is none, and then a filter is Undefined. */
  readonly equality: string | undefined
  readonly ordering: string | undefined
  readonly substr: string | undefined
  readonly singleValue: boolean
  /** NO-USER-MODIFICATION: the server alone writes it. */
  readonly isReadOnly: boolean
  /** Returned only when it is asked for by name (USAGE is not userApplications). */
  readonly isOperational: boolean
}

/** An object class with what it inherits resolved (RFC 4512 section 4.1.1). */
export interface ObjectClass {
  readonly names: readonly string[]
  readonly kind: 'abstract' | 'structural' | 'auxiliary'
  /** Every attribute that an entry of it must, and may, have; superclasses included; as the schema spells them. */
  readonly must: readonly string[]
  readonly may: readonly string[]
}

/** What a server (or, offline, the standards) says of attributes and classes. Names are found without regard to case. */
export interface Schema {
  /** By name or OID; attribute options (`;lang-en`, `;binary`) are passed over. */
  attribute(description: string): AttributeType | undefined
  objectClass(name: string): ObjectClass | undefined
  /** Names that exist, for "did you mean". */
  readonly attributeNames: readonly string[]
  readonly objectClassNames: readonly string[]
}

/** What the root DSE says a server can do (RFC 4512 section 5.1). */
export interface Abilities {
  readonly assertion: boolean
  readonly postRead: boolean
  readonly pagedResults: boolean
  readonly valuesReturnFilter: boolean
  readonly increment: boolean
  readonly passwordModify: boolean
  readonly bitRules: boolean
  /** Entries can be found by their DN in a filter, so that many are looked up at once: `entryDN` or `distinguishedName`. */
  readonly dnAttribute: string | undefined
  /** Entries can be selected by what they lie below: dnSubordinateMatch of entryDN. No server says so; it is tried. */
  readonly subordinateRule: boolean
}
