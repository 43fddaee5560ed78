import { sql } from 'kysely'
import type { Column, ColumnType, Index, LiveSchema, Table } from '../column.ts'
import type { Connection } from '../connection.ts'
import { mysql } from '../dialects/mysql.ts'
import type { Expression } from '../expression.ts'
import { list, or } from '../expression.ts'
import type { Row } from '../program.ts'

const types: Readonly<Record<string, ColumnType>> = {
  ...Object.fromEntries(
    ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'set'].map((name) => [name, 'text' as const]),
  ),
  ...Object.fromEntries(
    ['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'bit', 'year'].map((name) => [name, 'integer' as const]),
  ),
  ...Object.fromEntries(['decimal', 'float', 'double'].map((name) => [name, 'numeric' as const])),
  ...Object.fromEntries(['date', 'datetime', 'timestamp', 'time'].map((name) => [name, 'time' as const])),
  ...Object.fromEntries(
    ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'].map((name) => [name, 'blob' as const]),
  ),
  enum: 'enum',
  json: 'json',
  uuid: 'uuid',
}

const bits: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, mediumint: 24, int: 32, bigint: 64 }

/** A table as the mapping names it; without a schema it is one of the connection's own database. */
interface Wanted {
  readonly written: string
  readonly schema: string | undefined
  readonly name: string
}

function wantedOf(written: string): Wanted {
  const at = written.indexOf('.')
  return at < 0
    ? { written, schema: undefined, name: written }
    : { written, schema: written.slice(0, at), name: written.slice(at + 1) }
}

/** What the catalogue says of the tables that a mapping names, and the names of all that are there beside them. */
export async function readMysqlSchema(connection: Connection, tables: readonly string[]): Promise<LiveSchema> {
  const wanted = tables.map(wantedOf)
  const signal = AbortSignal.timeout(20_000)
  const ask = async (expression: Expression): Promise<readonly Row[]> =>
    (await connection.execute(mysql.compile(expression), signal)).rows
  const [server] = await ask(sql`SELECT version(), database(), @@lower_case_table_names`)
  const isMaria = /mariadb/i.test(String(server?.[0]))
  const current = String(server?.[1])
  const namesFold = Number(server?.[2]) !== 0
  const schemas = [...new Set([current, ...wanted.flatMap((one) => one.schema ?? [])])]
  const within = (alias: string): Expression =>
    sql`${sql.id(alias, 'TABLE_SCHEMA')} IN (${list(schemas.map((one) => sql`${one}`))})`
  const among = (alias: string, schema = 'TABLE_SCHEMA', name = 'TABLE_NAME'): Expression =>
    or(
      wanted.map(
        (one) => sql`(${sql.id(alias, schema)} = ${one.schema ?? current} AND ${sql.id(alias, name)} = ${one.name})`,
      ),
    )
  const found = await ask(
    sql`SELECT t.TABLE_SCHEMA, t.TABLE_NAME, t.TABLE_TYPE, coalesce(e.TRANSACTIONS, 'YES') FROM information_schema.TABLES AS t LEFT JOIN information_schema.ENGINES AS e ON e.ENGINE = t.ENGINE WHERE ${within('t')}`,
  )
  const columns = await ask(
    sql`SELECT c.TABLE_SCHEMA, c.TABLE_NAME, c.COLUMN_NAME, c.DATA_TYPE, c.COLUMN_TYPE, c.IS_NULLABLE, c.COLUMN_DEFAULT, c.EXTRA, c.CHARACTER_MAXIMUM_LENGTH, c.CHARACTER_SET_NAME, c.COLLATION_NAME, c.GENERATION_EXPRESSION FROM information_schema.COLUMNS AS c WHERE ${among('c')} ORDER BY c.TABLE_SCHEMA, c.TABLE_NAME, c.ORDINAL_POSITION`,
  )
  // an index over an expression is known to MySQL alone, and so is the column of the catalogue that tells it
  const part = isMaria ? sql`s.COLUMN_NAME` : sql`coalesce(s.COLUMN_NAME, s.EXPRESSION)`
  const indexes = await ask(
    sql`SELECT s.TABLE_SCHEMA, s.TABLE_NAME, s.INDEX_NAME, s.NON_UNIQUE, ${part} FROM information_schema.STATISTICS AS s WHERE ${among('s')} AND s.INDEX_TYPE IN ('BTREE', 'HASH') ORDER BY s.TABLE_SCHEMA, s.TABLE_NAME, s.INDEX_NAME, s.SEQ_IN_INDEX`,
  )
  // of which an account without the right TRIGGER sees none
  const triggers = await ask(
    sql`SELECT g.EVENT_OBJECT_SCHEMA, g.EVENT_OBJECT_TABLE, g.ACTION_TIMING, g.EVENT_MANIPULATION, g.ACTION_STATEMENT FROM information_schema.TRIGGERS AS g WHERE ${among('g', 'EVENT_OBJECT_SCHEMA', 'EVENT_OBJECT_TABLE')}`,
  )
  const same = (a: string, b: unknown): boolean =>
    namesFold ? a.toLowerCase() === String(b).toLowerCase() : a === String(b)
  const rowsOf = (rows: readonly Row[], one: { readonly schema: string; readonly name: string }): readonly Row[] =>
    rows.filter(([schema, name]) => same(one.schema, schema) && same(one.name, name))
  const written = (schema: string, name: string): string =>
    wanted.find((one) => same(one.schema ?? current, schema) && same(one.name, name))?.written ??
    (schema === current ? name : `${schema}.${name}`)
  return new Map(
    found.map(([schema, name, kind, transactions]): readonly [string, Table] => {
      const at = { schema: String(schema), name: String(name) }
      const called = written(at.schema, at.name)
      return [
        called.toLowerCase(),
        {
          name: called,
          kind: String(kind).includes('VIEW') ? 'view' : 'table',
          transactional: transactions === 'YES',
          triggered: rowsOf(triggers, at).length > 0,
          columns: rowsOf(columns, at).map((row) => columnOf(row, filledBy(rowsOf(triggers, at)))),
          indexes: indexesOf(rowsOf(indexes, at)),
        },
      ]
    }),
  )
}

/** Whether a trigger that runs before an INSERT may give a column its value. */
const filledBy =
  (triggers: readonly Row[]) =>
  (column: string): boolean =>
    triggers.some(
      ([, , timing, event, body]) =>
        timing === 'BEFORE' &&
        event === 'INSERT' &&
        [...String(body).matchAll(/\bnew\s*\.\s*(?:`((?:[^`]|``)+)`|([\p{L}\p{N}_$]+))\s*:?=/giu)].some(
          ([, quoted, bare]) => (quoted?.replaceAll('``', '`') ?? bare ?? '').toLowerCase() === column.toLowerCase(),
        ),
    )

function columnOf(
  [, , name, data, declared, nullable, initial, extra, length, charset, collation, made]: Row,
  isFilled: (column: string) => boolean,
): Column {
  const kind = String(data).toLowerCase()
  const type = types[kind] ?? 'unknown'
  const type_ = String(declared)
  const isGiven = /auto_increment|generated|default_generated/i.test(String(extra)) || (made !== null && made !== '')
  return {
    name: String(name),
    type,
    declared: type_,
    nullable: nullable === 'YES',
    // an enumeration has a default always, its first word
    needed: nullable !== 'YES' && initial === null && !isGiven && type !== 'enum' && !isFilled(String(name)),
    numbered: /auto_increment/i.test(String(extra)),
    ...(type === 'text' && length !== null && kind !== 'set' ? { length: Number(length) } : {}),
    ...(charset === null ? {} : { charset: String(charset) }),
    ...(collation === null ? {} : { collation: String(collation) }),
    ...rangeOf(kind, type_),
    ...finenessOf(kind, type_),
    ...(type === 'enum' ? { words: wordsOf(type_) } : {}),
  }
}

function rangeOf(kind: string, declared: string): Pick<Column, 'range'> {
  if (kind === 'bit') {
    const width = BigInt(/\((\d+)\)/.exec(declared)?.[1] ?? '1')
    return { range: { least: 0n, most: (1n << width) - 1n } }
  }
  if (kind === 'year') return { range: { least: 0n, most: 2155n } }
  const width = bits[kind]
  if (width === undefined) return {}
  const half = 1n << BigInt(width - 1)
  const isUnsigned = /\bunsigned\b/i.test(declared)
  return { range: isUnsigned ? { least: 0n, most: 2n * half - 1n } : { least: -half, most: half - 1n } }
}

/** `decimal(5,2)`, `datetime(3)`; without a number a time keeps whole seconds. */
function finenessOf(kind: string, declared: string): Pick<Column, 'scale' | 'clock'> {
  const [, first, second] = /\((\d+)(?:,(\d+))?\)/.exec(declared) ?? []
  if (kind === 'date') return { clock: 'none' }
  if (kind === 'datetime' || kind === 'timestamp') return { clock: Number(first ?? 0) }
  if (kind === 'decimal') return { scale: Number(second ?? 0) }
  return Object.hasOwn(bits, kind) ? { scale: 0 } : {}
}

/** `enum('a','it''s')` */
const wordsOf = (declared: string): readonly string[] =>
  [...declared.matchAll(/'((?:[^']|'')*)'/g)].map(([, one]) => (one ?? '').replaceAll("''", "'"))

function indexesOf(rows: readonly Row[]): readonly Index[] {
  const names = [...new Set(rows.map(([, , name]) => String(name)))]
  return names.map((name) => {
    const own = rows.filter((row) => String(row[2]) === name)
    return { name, unique: Number(own[0]?.[3]) === 0, columns: own.map((row) => String(row[4])) }
  })
}
