import type { LdapFilter, Value } from './filter.ts'

/** RFC 4511 section 4.5.1.2. */
export type SearchScope = 'base' | 'one' | 'sub'

/** One LDAP operation as data: what is sent, printed by explain, and found again in the server's log. */
export type Operation = Search | Add | Modify | Rename | Delete | SetPassword

export interface Search {
  readonly kind: 'search'
  readonly base: string
  readonly scope: SearchScope
  readonly filter: LdapFilter
  /** `['1.1']` asks for none; never empty, which would ask for all (RFC 4511 section 4.5.1.8). */
  readonly attributes: readonly string[]
  /** Lower case; values of these come as bytes, all others as text where they are UTF-8. */
  readonly binary: ReadonlySet<string>
  /** Entries at most; the server answers sizeLimitExceeded (4) when there are more. */
  readonly sizeLimit?: number
  /** Simple paged results (RFC 2696); a cookie is good on the connection that it came over only. */
  readonly page?: { readonly size: number; readonly cookie: Uint8Array | undefined }
  /** Of every attribute only the values that match any of these are returned (RFC 3876). */
  readonly valuesMatching?: readonly LdapFilter[]
}

export interface AttributeValues {
  readonly attribute: string
  readonly values: readonly Value[]
}

export interface Add {
  readonly kind: 'add'
  readonly dn: string
  readonly attributes: readonly AttributeValues[]
  readonly postRead?: ReadBack
}

/** `increment` is RFC 4525; its one value is the amount. */
export interface Change extends AttributeValues {
  readonly op: 'add' | 'delete' | 'replace' | 'increment'
}

export interface Modify {
  readonly kind: 'modify'
  readonly dn: string
  readonly changes: readonly Change[]
  /** Assertion control (RFC 4528), critical: assertionFailed (122) when the entry is another one by now. */
  readonly assert?: LdapFilter
  readonly postRead?: ReadBack
}

export interface Rename {
  readonly kind: 'rename'
  readonly dn: string
  /** The old value goes. */
  readonly rdn: string
  /** Where the entry moves to; undefined leaves it where it is. */
  readonly superior: string | undefined
  readonly assert?: LdapFilter
}

export interface Delete {
  readonly kind: 'delete'
  readonly dn: string
  readonly assert?: LdapFilter
}

/** Password Modify (RFC 3062): the server hashes it and holds it to its policy. */
export interface SetPassword {
  readonly kind: 'password'
  readonly dn: string
  readonly password: string
}

/** What the post-read control asks for (RFC 4527). */
export interface ReadBack {
  readonly attributes: readonly string[]
  readonly binary: ReadonlySet<string>
}

export interface Entry {
  readonly dn: string
  /** By attribute description in lower case; what the entry does not have is not there. */
  readonly values: ReadonlyMap<string, readonly Value[]>
}

/**
 * What the server answered. A result code other than success is an answer like any other; only what breaks the
 * exchange itself (a connection that ended, a time limit of ours) is thrown.
 */
export interface Result {
  /** RFC 4511 appendix A. */
  readonly code: number
  /** The server's diagnostic message: for the log, never for a client. */
  readonly message: string
  /** Of a search, in the order in which they came; those that came before an error, too. */
  readonly entries: readonly Entry[]
  /** Where the server said that the search goes on (RFC 4511 section 4.5.3). */
  readonly references: readonly string[]
  /** There are more pages; undefined after the last one. */
  readonly cookie: Uint8Array | undefined
  /** The entry as the write left it, when the post-read control was sent and honoured. */
  readonly read: Entry | undefined
}

export const valuesOf = ({ values }: Entry, attribute: string): readonly Value[] =>
  values.get(attribute.toLowerCase()) ?? []
