import type { Scope } from './scope.ts'

/** A value as the backend holds it. `null` is SQL NULL or an LDAP attribute without values. */
export type NativeScalar = string | number | bigint | boolean | Uint8Array | null
/** A list where a slot holds several values (an LDAP attribute, a delimiter-joined or JSON column). */
export type NativeValue = NativeScalar | readonly NativeScalar[]

/**
 * A place in the legacy system that holds the value of one SCIM leaf. Above the backends it is opaque: only its `key`
 * (what records are keyed by, unique in its resource or row) and `many` are looked at.
 */
export interface Slot {
  readonly key: string
  readonly many: boolean
  readonly at: SlotPlace
}

export type SlotPlace =
  /** A column of the main table (`table` undefined) or of a companion table; an attribute description of a directory. */
  | { readonly kind: 'field'; readonly table: string | undefined; readonly field: string; readonly list?: ListForm }
  /** The text behind a foreign key: reads join, writes look the key up. */
  | {
      readonly kind: 'lookup'
      readonly table: string | undefined
      readonly field: string
      readonly lookup: Lookup
    }
  /** One row of a key/value (entity-attribute-value) table. */
  | {
      readonly kind: 'keyValue'
      readonly table: string
      readonly foreignKey: readonly string[]
      readonly keys: Readonly<Record<string, NativeScalar>>
      readonly value: string
    }
  /** No place in the legacy system: the bridge's own side store keeps it. */
  | { readonly kind: 'side' }
  /**
   * Where in the tree an entry lies. The native value is the one of these DNs, as the file spells it, that is the nearest
   * above the entry; writing another one moves the entry. A new entry without a value goes to the first.
   */
  | { readonly kind: 'container'; readonly dns: readonly string[] }

/** How one column holds several values. */
export type ListForm = { readonly kind: 'delimited'; readonly by: string } | { readonly kind: 'json' }

export interface Lookup {
  readonly table: string
  readonly key: string
  readonly text: string
  /** A text without a row: refuse the write (400), make the row, or write NULL. */
  readonly onMissing: 'refuse' | 'create' | 'null'
}

/** A child table: each row is one element of a multi-valued attribute. */
export interface RowsSource {
  readonly key: string
  readonly table: string
  /** Columns that hold the parent's key, in the order of the parent's key columns. */
  readonly foreignKey: readonly string[]
  readonly where: Scope
  /** Column that identifies a row; elements without one are identified by their mapped columns. */
  readonly rowKey: string | undefined
}
