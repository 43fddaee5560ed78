import type { Json } from '../base/json.ts'
import type { Quirks } from '../scim/quirks.ts'
import type { AttributeRef, ResourceType } from '../scim/schema.ts'
import type { Codec } from './codec.ts'
import type { Predicate } from './predicate.ts'
import type { ColumnTest, Scope } from './scope.ts'
import type { NativeScalar, RowsSource, Slot } from './slot.ts'
import type { UpstreamType } from './upstream.ts'

/** A compiled mapping file: one application. Frozen; nothing below the service ever sees the file again. */
export interface Catalog {
  readonly name: string
  readonly profile: string
  readonly quirks: Quirks
  /** The backend's own section, checked by the backend's schema. */
  readonly backend: { readonly kind: string; readonly section: unknown }
  readonly types: readonly ResourceMapping[]
  /** Resource types that other SCIM services serve; nothing of them is mapped. */
  readonly upstreams: readonly UpstreamType[]
}

export interface ResourceMapping {
  readonly type: ResourceType
  /** Where the records live in a database; undefined for a backend that needs no table (memory, ldap). */
  readonly table: TableSource | undefined
  /** Where the records live in a directory; undefined for every other backend. */
  readonly entry: EntrySource | undefined
  readonly id: IdRule
  readonly version: VersionRule
  /** One entry for each carried top-level attribute, extensions included; `id`, `schemas` and `meta.resourceType` are implied. */
  readonly attributes: readonly AttributeMapping[]
  /** Native values written on create besides the attributes: constants, stamps, generated values. */
  readonly set: { readonly create: readonly Assignment[]; readonly write: readonly Assignment[] }
  readonly derived: readonly Derived[]
  /** Leaves whose value no two records may share (compared by the attribute's case rule). */
  readonly unique: readonly AttributeRef[]
  readonly onDelete: DeleteRule
  readonly allow: ReadonlySet<'read' | 'create' | 'update' | 'delete' | 'members'>
  /** Why the rest is not allowed. */
  readonly because: string | undefined
  readonly protect: readonly Protection[]
  /** References of any type in this application that can point at a record of this type. */
  readonly inbound: readonly { readonly from: string; readonly reference: Reference }[]
}

/** Records that no client may change in these ways. */
export interface Protection {
  readonly match: Predicate
  /** What `match` looks at. */
  readonly slots: readonly Slot[]
  readonly from: ReadonlySet<Deed>
  readonly because: string | undefined
}

export type Deed = 'update' | 'deactivate' | 'delete' | 'password' | 'rename' | 'leave'

export interface TableSource {
  readonly name: string
  readonly key: readonly string[]
  /** What every record satisfies: joined into every read and write. */
  readonly where: Scope
  /** Further tables with at most one row for each record. */
  readonly with: readonly Companion[]
}

export interface EntrySource {
  /** A DN. Every read and every write of the type stays below it, within `scope` and `filter`. */
  readonly base: string
  /** `one`: the children of the base; `sub`: everything below it (RFC 4511 section 4.5.1.2), never the base itself. */
  readonly scope: 'one' | 'sub'
  /** RFC 4515; undefined: the object classes are all that is asked. */
  readonly filter: string | undefined
  /** What a new entry gets, and what an entry must have to be seen. */
  readonly objectClasses: readonly string[]
  readonly rdn: { readonly attribute: string; readonly template: Template }
  /** What becomes of a group whose last member leaves, where its object class demands one. */
  readonly emptyGroup: { readonly kind: 'refuse' } | { readonly kind: 'placeholder'; readonly dn: string }
}

export interface Companion {
  readonly name: string
  /** Columns that hold the main key, in its order. */
  readonly key: readonly string[]
  /** An optional row may be missing; it is made by the first write that needs it. */
  readonly optional: boolean
  /** Inserted before the main row, which takes its key where nothing else gives one; deleted after it. */
  readonly first: boolean
  /** Made and deleted with the record, and never read: no attribute lies there. */
  readonly rowOnly: boolean
  readonly set: { readonly create: readonly Assignment[] }
}

export interface IdRule {
  readonly prefix: string
  /** The columns or attributes that make the id: the table's key, or one that is unique. */
  readonly fields: readonly string[]
  /** Set when the bridge makes the value on create; otherwise the server does (or an attribute that is written carries it). */
  readonly generate: Generate | undefined
}

export type Generate =
  | { readonly kind: 'uuid' | 'uuidUpper' }
  | { readonly kind: 'random'; readonly length: number; readonly alphabet: string }

export interface Assignment {
  readonly slot: Slot
  readonly value:
    | { readonly kind: 'constant'; readonly value: NativeScalar }
    | { readonly kind: 'now'; readonly codec: Codec }
    | { readonly kind: 'generate'; readonly generate: Generate }
    | { readonly kind: 'template'; readonly template: Template }
    /** The next number of a counter that an entry of the directory holds. */
    | { readonly kind: 'counter'; readonly entry: string; readonly attribute: string }
}

/** `{userName}-{name.familyName}`: literals and canonical attribute names. */
export type Template = readonly (
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'path'; readonly ref: AttributeRef }
)[]

export type VersionRule =
  /** A digest of everything mapped (large references and `groups` left out). */
  | { readonly kind: 'digest' }
  /** A counter or timestamp that the legacy application itself keeps. */
  | { readonly kind: 'slot'; readonly slot: Slot }
  | { readonly kind: 'none' }

export type DeleteRule =
  | { readonly kind: 'delete' }
  /** Kept and marked; `hide` makes the store treat it as gone. */
  | {
      readonly kind: 'set'
      readonly set: readonly Assignment[]
      readonly hide: Predicate | undefined
      /** Nothing points at the record any more. */
      readonly leave: boolean
    }

/** What a client may do to an attribute; it shows in `/Schemas` as the mutability. */
export type Access = 'readWrite' | 'readOnly' | 'immutable' | 'createOnly' | 'writeOnly'

/** One SCIM leaf and what carries it. */
export interface Leaf {
  /** The leaf itself: for `name.givenName` the sub-attribute, for `emails.value` of an element its sub-attribute. */
  readonly ref: AttributeRef
  readonly carrier: Carrier
  readonly access: Access
  /** Columns that are written with the leaf and never read. */
  readonly copies: readonly Copy[]
  /** Written on create when the request gives no value. */
  readonly onCreate:
    | { readonly kind: 'value'; readonly value: Json }
    | { readonly kind: 'template'; readonly template: Template }
    | undefined
}

export interface Copy {
  readonly slot: Slot
  readonly codec: Codec
}

/** A native column whose text is made of attributes and follows them. */
export interface Derived {
  readonly slot: Slot
  readonly template: Template
  readonly codec: Codec
}

export type Carrier =
  | { readonly kind: 'slot'; readonly slot: Slot; readonly codec: Codec }
  /** A conjunction of boolean parts (`active` over several slots); `keep` leaves a slot as it is. */
  | { readonly kind: 'all'; readonly parts: readonly Part[] }
  | { readonly kind: 'constant'; readonly value: Json }
  /** Read-only text made of other leaves. */
  | { readonly kind: 'template'; readonly template: Template }
  /** This leaf is one piece of a slot that holds several joined by a template. */
  | { readonly kind: 'split'; readonly slot: Slot; readonly codec: Codec; readonly template: Template }

export interface Part {
  readonly slot: Slot
  /** Decodes to true or false; undefined counts as false. */
  readonly codec: Codec
  readonly onTrue: 'write' | 'keep'
  readonly onFalse: 'write' | 'keep'
}

export type AttributeMapping =
  /** A single-valued attribute: one leaf, or one for each carried sub-attribute. */
  | { readonly kind: 'single'; readonly of: AttributeRef; readonly leaves: readonly Leaf[] }
  /** A multi-valued attribute whose elements each have slots of their own. */
  | { readonly kind: 'elements'; readonly of: AttributeRef; readonly elements: readonly Element[] }
  /** A multi-valued attribute whose elements are child rows; simple attributes have one leaf, the attribute itself. */
  | { readonly kind: 'rows'; readonly of: AttributeRef; readonly rows: RowsSource; readonly leaves: readonly Leaf[] }
  | { readonly kind: 'reference'; readonly of: AttributeRef; readonly reference: Reference }

/** `emails[type eq "work" and primary eq true].value: mail`: an element known by constants, its leaves in slots. */
export interface Element {
  /** Sub-attribute name to constant: `{ type: 'work', primary: true }`. Empty for a list without types. */
  readonly fixed: Readonly<Record<string, Json>>
  /** One leaf with a `many` slot gives an element for each value; otherwise the leaves together give at most one. */
  readonly leaves: readonly Leaf[]
  /** Takes values that name no type. */
  readonly isDefault: boolean
}

/** `members`, `manager`, `groups`: a link to other resources. */
export interface Reference {
  /** Unique in the application: `Group.members`. */
  readonly key: string
  readonly of: AttributeRef
  /** Names of the resource types it may point at. */
  readonly to: readonly string[]
  readonly place: ReferencePlace
  /** `one` for a single-valued attribute; `large` is never read before a write, nor part of a version. */
  readonly size: 'one' | 'small' | 'large'
  /**
   * By what a client may name whom it means, in the order in which that is tried: `id` and canonical names of attributes
   * of every type that it may point at.
   */
  readonly match: readonly string[]
  /** `keep`: what nobody is called is held in the side store, and somebody who appears is linked. */
  readonly onUnknown: 'refuse' | 'ignore' | 'keep'
  /** Where it is kept then. */
  readonly aside: Slot | undefined
  readonly access: Access
}

export interface JoinRemoval {
  readonly set: readonly Assignment[]
  /** How a row looks that was removed. */
  readonly marks: readonly ColumnTest[]
  /** A removed row comes back instead of a new one. */
  readonly revive: boolean
}

export type ReferencePlace =
  /** A column that holds the target's key (its `by` column when given). */
  | { readonly kind: 'field'; readonly slot: Slot; readonly by: string | undefined }
  /** A join table: `from` holds the owner's key, `to[type]` the target's. */
  | {
      readonly kind: 'through'
      readonly table: string
      readonly from: readonly string[]
      readonly to: Readonly<Record<string, readonly string[]>>
      readonly where: Scope
      /** Rows that this client may remove; the others are shown and belong to another part of the application. */
      readonly own: Scope
      /** What a new row holds besides; a generated value is another one for each row. */
      readonly set: readonly Assignment[]
      /** A removed row stays and is marked; undefined deletes it. */
      readonly onRemove: JoinRemoval | undefined
    }
  /** A column on the target that holds the owner's key (a user has one role). */
  | { readonly kind: 'onTarget'; readonly field: string }
  /**
   * The other side of a stored reference; always read-only. `nested` adds indirect ones. `slot` is where the server
   * itself keeps it (memberOf).
   */
  | { readonly kind: 'reverse'; readonly of: string; readonly nested: boolean; readonly slot: Slot | undefined }
