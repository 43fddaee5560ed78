import type { Column, ColumnType, LiveSchema, Table } from '../column.ts'
import type { Connection } from '../connection.ts'

/** SQLite's rules of type affinity, https://www.sqlite.org/datatype3.html section 3.1. */
function affinity(declared: string): ColumnType {
  const type = declared.toUpperCase()
  if (type.includes('INT')) return 'integer'
  if (/CHAR|CLOB|TEXT/.test(type)) return 'text'
  if (type === '') return 'unknown'
  if (type.includes('BLOB')) return 'blob'
  return 'numeric'
}

/** The tables and views of the database, names in lower case: SQL does not tell them apart by case. */
export async function readSqliteSchema(connection: Connection): Promise<LiveSchema> {
  const columns = await connection.execute(
    {
      text: `SELECT s.name, s.type, c.name, c.type, c."notnull", c."notnull" AND c.dflt_value IS NULL AND c.hidden = 0 AND NOT (c.pk = 1 AND upper(c.type) = 'INTEGER') FROM sqlite_schema AS s, pragma_table_xinfo(s.name) AS c WHERE s.type IN ('table', 'view')`,
      params: [],
    },
    AbortSignal.timeout(10_000),
  )
  const indexes = await connection.execute(
    {
      text: `SELECT s.name, i.name, i."unique", x.name, x.coll FROM sqlite_schema AS s, pragma_index_list(s.name) AS i, pragma_index_xinfo(i.name) AS x WHERE s.type = 'table' AND x.key = 1 ORDER BY s.name, i.name, x.seqno`,
      params: [],
    },
    AbortSignal.timeout(10_000),
  )
  const schema = new Map<string, Known>()
  for (const [table, kind, name, declared, notNull, needed] of columns.rows) {
    const key = String(table).toLowerCase()
    const known = schema.get(key) ?? {
      name: String(table),
      kind: kind === 'view' ? ('view' as const) : ('table' as const),
      transactional: true,
      columns: [],
      indexes: [],
    }
    known.columns.push({
      name: String(name),
      type: affinity(String(declared)),
      declared: String(declared),
      nullable: Number(notNull) === 0,
      needed: Number(needed) === 1,
    })
    schema.set(key, known)
  }
  for (const [table, name, unique, column, collation] of indexes.rows) {
    const known = schema.get(String(table).toLowerCase())?.indexes
    const index = known?.find((one) => one.name === String(name))
    if (index === undefined)
      known?.push({
        name: String(name),
        unique: Number(unique) === 1,
        columns: [String(column)],
        collations: [String(collation)],
      })
    else {
      index.columns.push(String(column))
      index.collations.push(String(collation))
    }
  }
  return schema
}

type Known = Omit<Table, 'columns' | 'indexes'> & {
  readonly columns: Column[]
  readonly indexes: {
    readonly name: string
    readonly columns: string[]
    readonly collations: string[]
    readonly unique: boolean
  }[]
}
