import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely'
import type { Column, Operand } from '../column.ts'
import type { Dialect, KeyColumn } from '../dialect.ts'
import type { Expression } from '../expression.ts'
import { among, and, list } from '../expression.ts'
import { limit } from './limit.ts'
import { fold as foldText } from '../../../scim/compare.ts'
import { failure } from './postgres-failure.ts'
import { isUuid } from '../fits.ts'
import { fit } from './postgres-fit.ts'
import { equalFolded, folded, wholly } from './postgres-fold.ts'

/** Compiles only: the driver never connects. */
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/** `=` of the column tells any two texts apart; of a column that nobody has looked at it is assumed. */
const isStrict = (column: Column | undefined): boolean => column?.loose !== true

function asText(value: Expression, column?: Column): Expression {
  // 1.50 is 1.5
  if (column?.base === 'numeric') return sql`CAST(trim_scale(${value}) AS text)`
  // as it is shown: a cast has other texts for some types, 10.0.0.1/32 for an address
  if (column?.type === 'unknown') return sql`CASE WHEN ${value} IS NOT NULL THEN format('%s', ${value}) END`
  return sql`CAST(${value} AS text)`
}

/** The text of a column as a value of the type text: `char(n)` is padded, `citext` compares in a way of its own. */
const text = ({ at, column }: Operand): Expression =>
  column === undefined || (column.type === 'text' && isStrict(column)) ? at : asText(at, column)

const form = (of: Operand, fold: boolean): Expression =>
  fold ? sql`${wholly(text(of))} COLLATE "C"` : sql`${text(of)} COLLATE "C"`

/** The types of keys that the server itself knows by these names. */
const builtIn: ReadonlySet<string | undefined> = new Set([
  ...['int2', 'int4', 'int8', 'numeric', 'uuid', 'text', 'varchar', 'bpchar', 'bytea', 'date', 'timestamp'],
  ...['timestamptz', 'bool', 'float4', 'float8'],
])

/** In the types of the table's own columns, so that its indexes serve. */
function keysFrom(param: Expression, table: string, key: readonly KeyColumn[]): Expression {
  // a row of the whole table would have its other columns as well, and a domain may forbid them to be NULL
  if (key.every(({ column }) => builtIn.has(column?.base))) {
    const types = key.map(({ name, column }) => sql`${sql.id(name)} ${sql.id('pg_catalog', column?.base ?? '')}`)
    return sql`ROWS FROM (jsonb_to_recordset(${param}) AS (${list(types)}))`
  }
  return sql`jsonb_populate_recordset(CAST(NULL AS ${sql.table(table)}), ${param})`
}

const locks = {
  change: sql` FOR NO KEY UPDATE OF `,
  remove: sql` FOR UPDATE OF `,
  share: sql` FOR KEY SHARE OF `,
} as const

export const postgres: Dialect = {
  name: 'postgres',
  typed: true,
  seeksRows: true,
  compile: (expression) => {
    const { sql: text, parameters: params } = expression.compile(compiler)
    return { text, params }
  },
  begin: {
    read: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
    write: 'BEGIN ISOLATION LEVEL READ COMMITTED',
  },
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  form,
  equalText: (of, anyOf, fold) => {
    if (fold) return equalFolded(of.column?.base === 'citext' ? of.at : text(of), anyOf, of.column)
    // an address that does not parse is an error, and not a miss
    const plain = among(of.column?.type === 'unknown' ? text(of) : of.at, anyOf)
    return isStrict(of.column) ? plain : and([plain, among(form(of, false), anyOf)])
  },
  contains: (of, part, fold) => sql`strpos(${form(of, fold)}, ${part}) > 0`,
  startsWith: (of, part, fold) => sql`starts_with(${form(of, fold)}, ${part})`,
  endsWith: (of, part, fold) => sql`right(${form(of, fold)}, ${[...part].length}) = ${part}`,
  fit,
  equalTyped: ({ at, column }, anyOf, fold) => {
    if (column?.type === 'uuid') return among(at, anyOf.filter(isUuid))
    if (column?.type !== 'enum' || column.words === undefined) return undefined
    return among(
      at,
      column.words.filter((word) => anyOf.includes(fold ? foldText(word) : word)),
    )
  },
  asText,
  concat: (of) => sql`(${sql.join(of, sql` || `)})`,
  same: (a, b) => sql`${a} IS NOT DISTINCT FROM ${b}`,
  not: (predicate) => sql`(${predicate}) IS NOT TRUE`,
  jsonElements: ({ at, column }, alias) => {
    // text that is no JSON would be an error, and only PostgreSQL 16 can ask beforehand
    if (column?.base !== 'jsonb') return undefined
    const array = sql`CASE jsonb_typeof(${at}) WHEN 'array' THEN ${at} ELSE '[]' END`
    const scalars = sql`SELECT v #>> '{}' AS value FROM jsonb_array_elements(${array}) AS a(v) WHERE jsonb_typeof(v) IN ('string', 'number', 'boolean')`
    return { from: sql`(${scalars}) AS ${sql.id(alias)}`, value: sql.id(alias, 'value') }
  },
  keysAs: 'objects',
  keys: (param, alias, table, key) => ({
    from: sql`${keysFrom(param, table, key)} WITH ORDINALITY AS ${sql.id(alias)}`,
    ordinal: sql`${sql.id(alias, 'ordinality')} - 1`,
    values: key.map(({ name }) => sql.id(alias, name)),
  }),
  limit,
  fromNothing: sql``,
  returns: true,
  insertDefaults: (table) => sql`INSERT INTO ${table} DEFAULT VALUES`,
  update: (table) => sql`UPDATE ${table}`,
  delete: (table) => sql`DELETE FROM ${table}`,
  lockRows: (alias, how) => sql`${locks[how]}${sql.id(alias)}`,
  // https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
  locksLate: true,
  lockName: (name) =>
    sql`SELECT CASE WHEN pg_advisory_xact_lock(hashtextextended(${name}, 0)) IS NULL THEN 0 ELSE 1 END`,
  unlockNames: undefined,
  indexed: (column, fold) => (fold ? folded(column) : column),
  serves: ({ columns: [first = ''] }, { name, base, lowered }, fold) => {
    if (!fold) return first === name
    if (isFolded(first, name)) return true
    return lowered !== undefined && (base === 'citext' ? first === name : isLower(first, name))
  },
  failure,
  // a mask may be wider than a smallint, and a number of any size has no bits
  bits: (value, mask) => sql`(CAST(${value} AS bigint) & ${mask})`,
}

/** The expression of an index, as the server prints it, is `folded` of this column. */
export const isFolded = (expression: string, name: string): boolean => {
  const inner = /^lower\(NORMALIZE\((.+?)(?:::text)?, NFC\) COLLATE "und-x-icu"\)$/i.exec(expression)?.[1]
  return inner !== undefined && bare(inner) === name
}

/** The expression of an index is `lower(column)`. */
export const isLower = (expression: string, name: string): boolean => {
  const inner = /^lower\((.+?)(?:::text)?\)$/.exec(expression)?.[1]
  return inner !== undefined && bare(inner) === name
}

const bare = (printed: string): string => {
  const name = /^\((.+)\)$/.exec(printed)?.[1] ?? printed
  return /^"(.+)"$/.exec(name)?.[1]?.replaceAll('""', '"') ?? name
}
