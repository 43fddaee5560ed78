import type { Json } from '../base/json.ts'
import type { ScimFilter } from './filter.ts'
import type { AttributeRef } from './schema.ts'

/**
 * One normalised PATCH operation (RFC 7644 section 3.5.2). Path-less operations and nested value objects have been
 * split into one operation for each attribute, values are type-checked and in canonical form (schema casing, nulls and
 * empty values as `undefined`), quirks are gone. An `add` of nothing to a list has been dropped, and so has an empty
 * object: neither changes anything.
 *
 * `target` is a top-level attribute or a sub-attribute. `where` selects elements of a multi-valued attribute
 * (`emails[type eq "work"]`), its references name sub-attributes of `target.attribute`.
 */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace'
  readonly target: AttributeRef
  readonly where: ScimFilter | undefined
  /**
   * undefined for `remove`, and for `add`/`replace` of "no value" (null, [] or empty), which clears. A list for a whole
   * multi-valued attribute, one element when there is a `where`; for a single complex attribute only what is to be set.
   */
  readonly value: Json | undefined
  /**
   * The dialect in which `remove` names its victims in a value list (Entra, JumpCloud): only those elements go.
   * undefined: no list was given.
   */
  readonly only?: readonly Json[]
  /** `add`/`replace` with a `where` that matches nothing makes the element (Entra) instead of `noTarget`. */
  readonly createMissing: boolean
}
