import type { Expression } from './expression.ts'

/** How a column stores its values; `unknown` when nobody has looked. */
export type ColumnType =
  'text' | 'integer' | 'numeric' | 'boolean' | 'time' | 'uuid' | 'enum' | 'json' | 'blob' | 'unknown'

/** One column of the live schema. */
export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** The type as the database writes it, for the text of problems. */
  readonly declared: string
  readonly nullable: boolean
  /** NOT NULL without a default, and the database does not number it. */
  readonly needed: boolean
  /** The database numbers it, and tells the number of a new row; where it need not be asked for, nothing is said. */
  readonly numbered?: boolean
  /** Characters that a text column holds at most. */
  readonly length?: number
  /** The character set of a text column, in the database's own word: `latin1`, `utf8mb3`, `UTF8`. */
  readonly charset?: string
  readonly collation?: string
  /** The smallest and largest value of an integer column. */
  readonly range?: { readonly least: bigint; readonly most: bigint }
  /** Digits behind the point. */
  readonly scale?: number
  /** Digits behind the point of its seconds; `none`: a date without a time of day. */
  readonly clock?: number | 'none'
  /** The words of an enumeration. */
  readonly words?: readonly string[]
  /** The type behind the names of types, in the server's own short word: `bpchar`, `timestamptz`. */
  readonly base?: string
  /** Its `=` takes some different texts for the same. */
  readonly loose?: boolean
  /** The application has an index that ignores case in the way of its locale; a Turkish one has letters of its own. */
  readonly lowered?: 'plain' | 'turkish'
}

export interface Index {
  readonly name: string
  /** In order; an expression counts as its text. */
  readonly columns: readonly string[]
  /** Of each column, where the index has one of its own. */
  readonly collations?: readonly string[]
  readonly unique: boolean
  /** Rows that have a value may be missing in it. */
  readonly partial?: boolean
}

export interface Table {
  readonly name: string
  readonly kind: 'table' | 'view'
  /** Names that differ by case only are different ones. */
  readonly exactNames?: boolean
  /** false where nothing can be undone (MyISAM). */
  readonly transactional: boolean
  /** Triggers fire when it is written. */
  readonly triggered?: boolean
  readonly columns: readonly Column[]
  readonly indexes: readonly Index[]
  /** Other constraints that the database names when a row breaks them. */
  readonly constraints?: readonly { readonly name: string; readonly columns: readonly string[] }[]
}

/** Tables and views by their name in lower case, with the schema where the mapping says one. */
export type LiveSchema = ReadonlyMap<string, Table>

/** A native value in SQL, with what is known of the column that holds it. */
export interface Operand {
  readonly at: Expression
  readonly column: Column | undefined
}

export const operand = (at: Expression, column?: Column): Operand => ({ at, column })
export const typeOf = (column: Column | undefined): ColumnType => column?.type ?? 'unknown'
