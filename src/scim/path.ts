/**
 * An attribute path as a client wrote it (RFC 7644 section 3.10): optional URN prefix, name, optional sub-attribute.
 * Nothing is resolved yet; names keep the casing they came in.
 */
export interface AttributePath {
  readonly urn: string | undefined
  readonly name: string
  readonly sub: string | undefined
}
