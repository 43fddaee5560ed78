import type { Catalog, Reference, ResourceMapping } from '../../mapping/catalog.ts'
import type { Slot } from '../../mapping/slot.ts'
import { leavesOf } from './leaves.ts'
import type { Column } from './column.ts'
import type { Dialect } from './dialect.ts'

/** What lowering knows: the dialect, the mapping, and the columns once somebody has looked at the live schema. */
export interface Database {
  readonly dialect: Dialect
  readonly catalog: Catalog
  columnOf(table: string, column: string): Column | undefined
  /** The columns of a constraint that the database names. */
  constrained(table: string | undefined, constraint: string): readonly string[]
  /** Triggers fire when this table is written, as far as the account may see them. */
  isTriggered(table: string): boolean
}

export const offlineDatabase = (dialect: Dialect, catalog: Catalog): Database => ({
  dialect,
  catalog,
  columnOf: () => undefined,
  constrained: () => [],
  isTriggered: () => false,
})

export const tableOf = (mapping: ResourceMapping): string => mapping.table?.name ?? mapping.type.name
export const keyOfTable = (mapping: ResourceMapping): readonly string[] => mapping.table?.key ?? mapping.id.fields

export function mappingOf(database: Database, type: string): ResourceMapping {
  const found = database.catalog.types.find((mapping) => mapping.type.name === type)
  if (found === undefined) throw new Error(`no mapping of type ${type}`)
  return found
}

/** The reference and its owner, by the key that is unique in the application. */
export function referenceOf(
  database: Database,
  key: string,
): { readonly owner: ResourceMapping; readonly reference: Reference } {
  for (const owner of database.catalog.types)
    for (const attribute of owner.attributes)
      if (attribute.kind === 'reference' && attribute.reference.key === key)
        return { owner, reference: attribute.reference }
  throw new Error(`no reference ${key}`)
}

/** The SCIM attribute that a column carries, for the text of errors. */
export function attributeOf(database: Database, table: string | undefined, column: string): string | undefined {
  for (const mapping of database.catalog.types)
    for (const attribute of mapping.attributes) {
      const home = attribute.kind === 'rows' ? attribute.rows.table : tableOf(mapping)
      for (const { name, slot } of attribute.kind === 'reference' ? [] : leavesOf(mapping, attribute))
        if (carries(slot, home, table, column)) return name
      if (attribute.kind === 'reference' && joins(attribute.reference, tableOf(mapping), table, column))
        return attribute.of.name
    }
  return undefined
}

function carries({ at }: Slot, home: string, table: string | undefined, column: string): boolean {
  if (at.kind === 'side' || at.kind === 'container') return false
  const [own, field] = at.kind === 'keyValue' ? [at.table, at.value] : [at.table ?? home, at.field]
  return field === column && (table === undefined || isTable(own, table))
}

/** A mapping may leave the schema of a table to the connection, which a database names always. */
export const isTable = (written: string, told: string): boolean => written === told || told.endsWith(`.${written}`)

function joins({ place }: Reference, home: string, table: string | undefined, column: string): boolean {
  if (place.kind === 'through') return table !== undefined && isTable(place.table, table)
  return place.kind === 'field' && carries(place.slot, home, table, column)
}
