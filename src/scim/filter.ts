import type { AttributeRef } from './schema.ts'

/** Comparison operators of RFC 7644 section 3.4.2.2, table 3, without `pr`. */
export type CompareOp = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'

/** A `compValue` (RFC 7644 figure 1): a JSON literal. */
export type Literal = string | number | boolean | null

/**
 * A filter over attributes of type `A`: `AttributePath` as parsed, `AttributeRef` once resolved.
 * Resolution rewrites, so that everything below sees one form only:
 * - `a ne v` becomes `not (a eq v)`; `a eq null` becomes `not (a pr)`; so `op` is never `ne` and `value` never null;
 * - a complex attribute that is compared stands for its `value` sub-attribute (`emails co "x"`);
 * - the inner references of `some` name the same complex parent and one of its sub-attributes.
 */
export type Filter<A> =
  | { readonly kind: 'true' }
  | { readonly kind: 'false' }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Filter<A>[] }
  | { readonly kind: 'not'; readonly of: Filter<A> }
  | { readonly kind: 'present'; readonly attr: A }
  | { readonly kind: 'compare'; readonly op: CompareOp; readonly attr: A; readonly value: Literal }
  | { readonly kind: 'some'; readonly attr: A; readonly where: Filter<A> }

/** A filter against one resource type. */
export type ScimFilter = Filter<AttributeRef>
