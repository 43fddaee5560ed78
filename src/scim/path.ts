/**
 * An attribute path as a client wrote it (RFC 7644 section 3.10): optional URN prefix, name, optional sub-attribute.
 * Nothing is resolved yet; names keep the casing they came in.
 *
 * A bare schema URN (`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User`) looks like a URN with an attribute
 * `User`, and only the resource type can tell: it is parsed as such, and `schemaOf` recognises it. Where the text after
 * the last colon can be no name (`urn:example:hr:2.0`), `urn` is the whole and `name` is empty.
 */
export interface AttributePath {
  readonly urn: string | undefined
  readonly name: string
  readonly sub: string | undefined
}
