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
