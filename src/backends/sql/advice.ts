import { sql } from 'kysely'
import type { Catalog, ResourceMapping } from '../../mapping/catalog.ts'
import { leafOf } from '../../scim/schema.ts'
import type { Index, LiveSchema, Table } from './column.ts'
import { keyOfTable, tableOf } from './database.ts'
import type { Dialect } from './dialect.ts'
import { sole, table } from './expression.ts'
import { leavesOf } from './leaves.ts'

/** Columns that requests look for. */
interface Sought {
  readonly table: string
  readonly columns: readonly string[]
  /** Looked for without regard to case. */
  readonly fold: boolean
  readonly why: string
}

/** Columns without an index that every client's requests need, each with the statement that makes one. */
export const advice = (dialect: Dialect, catalog: Catalog, schema: LiveSchema): readonly string[] => [
  ...new Set(
    catalog.types
      .flatMap((mapping) => sought(mapping))
      .flatMap((one) => {
        const live = schema.get(one.table.toLowerCase())
        return live === undefined || live.kind === 'view' || isServed(dialect, live, one) ? [] : [advise(dialect, one)]
      }),
  ),
]

function isServed(dialect: Dialect, live: Table, { columns, fold }: Sought): boolean {
  const [only, ...more] = columns.map((name) =>
    live.columns.find((one) => one.name.toLowerCase() === name.toLowerCase()),
  )
  // what is not there at all is a problem of its own
  if (only === undefined || more.includes(undefined)) return true
  if (more.length === 0 && fold)
    return live.indexes.some((index) => index.partial !== true && dialect.serves(index, only, true))
  const names = new Set(columns.map((name) => name.toLowerCase()))
  const starts = ({ columns: indexed, partial }: Index): boolean =>
    partial !== true &&
    indexed.length >= names.size &&
    indexed.slice(0, names.size).every((one) => names.has(one.toLowerCase()))
  return live.indexes.some(starts)
}

function advise(dialect: Dialect, { table: name, columns, fold, why }: Sought): string {
  const short = `${name.split('.').at(-1) ?? name}_${columns.join('_')}_scim`
  const parts = columns.map((one) => dialect.indexed(sql.id(one), fold))
  const statement = dialect.compile(
    sql`CREATE INDEX ${sql.id(short)} ON ${table(name)} ${parts.length === 1 ? sql`(${parts[0]!})` : sole(parts)}`,
  )
  return `${name}.${columns.join(', ')} has no index for ${why}: ${statement.text}`
}

function sought(mapping: ResourceMapping): readonly Sought[] {
  const home = tableOf(mapping)
  const found: Sought[] = []
  const add = (where: string, columns: readonly string[], fold: boolean, why: string): void => {
    found.push({ table: where, columns, fold, why })
  }
  const own = mapping.id.fields.filter((name) => !keyOfTable(mapping).includes(name))
  if (own.length > 0) add(home, mapping.id.fields, false, 'the id')
  for (const { name, slot, ref, isCopy } of leavesOf(mapping)) {
    const isUnique = mapping.unique.some((one) => one.name === name)
    if (isCopy || (!isUnique && name !== 'externalId') || slot.at.kind !== 'field' || slot.at.list !== undefined)
      continue
    add(slot.at.table ?? home, [slot.at.field], !leafOf(ref).caseExact, `lookups by ${name}`)
  }
  for (const attribute of mapping.attributes) {
    if (attribute.kind === 'rows') add(attribute.rows.table, attribute.rows.foreignKey, false, attribute.of.name)
    if (attribute.kind !== 'reference') continue
    const { place, key } = attribute.reference
    if (place.kind === 'through') {
      add(place.table, place.from, false, key)
      for (const to of Object.values(place.to)) add(place.table, to, false, `the other side of ${key}`)
    } else if (place.kind === 'field' && place.slot.at.kind === 'field')
      add(place.slot.at.table ?? home, [place.slot.at.field], false, `the other side of ${key}`)
  }
  for (const { slot, name } of leavesOf(mapping))
    if (slot.at.kind === 'keyValue') add(slot.at.table, slot.at.foreignKey, false, name)
  return found
}
