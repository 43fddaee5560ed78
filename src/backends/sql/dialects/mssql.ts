import { DummyDriver, Kysely, MssqlAdapter, MssqlIntrospector, MssqlQueryCompiler, sql } from 'kysely'
import type { Operand } from '../column.ts'
import type { Dialect, LockOfRows } from '../dialect.ts'
import type { Expression } from '../expression.ts'
import { among, and } from '../expression.ts'
import { notSupported } from '../not-supported.ts'

/**
 * SQL Server 2019 and later, experimental: it is compiled and explained, and no server has ever run it.
 * Its rules are those of https://learn.microsoft.com/en-us/sql/t-sql/.
 */
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new MssqlAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new MssqlIntrospector(db),
    createQueryCompiler: () => new MssqlQueryCompiler(),
  },
})

/** By code point, whatever the column's collation. */
const binary = sql`COLLATE Latin1_General_100_BIN2_UTF8`

/** There is no function that normalises: decomposed text folds to something else than composed text. */
const form = ({ at }: Operand, fold: boolean): Expression =>
  fold ? sql`REPLACE(LOWER(${at} ${binary}), NCHAR(962), NCHAR(963))` : sql`${at} ${binary}`

/** Equality pads the shorter text with blanks, in every collation, so nothing may end in one. */
const ended = (text: Expression): Expression => sql`${text} + N'.'`

const hints: Readonly<Record<LockOfRows, Expression>> = {
  change: sql` WITH (UPDLOCK, ROWLOCK)`,
  remove: sql` WITH (UPDLOCK, ROWLOCK)`,
  // a shared lock is given back when the row has been read, save at this level
  share: sql` WITH (REPEATABLEREAD, ROWLOCK)`,
}

export const mssql: Dialect = {
  name: 'mssql',
  typed: true,
  seeksRows: false,
  compile: (expression) => {
    const { sql: text, parameters: params } = expression.compile(compiler)
    return { text, params }
  },
  // a level stays with the session until the next one is set; SNAPSHOT needs ALLOW_SNAPSHOT_ISOLATION in the database
  begin: {
    read: 'SET TRANSACTION ISOLATION LEVEL SNAPSHOT; BEGIN TRANSACTION',
    write: 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED; BEGIN TRANSACTION',
  },
  commit: 'COMMIT TRANSACTION',
  rollback: 'ROLLBACK TRANSACTION',
  form,
  equalText: (text, anyOf, fold) => {
    const exactly = among(
      ended(form(text, fold)),
      anyOf.map((one) => `${one}.`),
    )
    // every collation takes the very text for equal, so an index serves the first half
    return fold ? exactly : and([among(text.at, anyOf), exactly])
  },
  // an empty text is found nowhere
  contains: (text, part, fold) =>
    part === '' ? sql`${text.at} IS NOT NULL` : sql`CHARINDEX(${part}, ${form(text, fold)}) > 0`,
  startsWith: (text, part, fold) =>
    part === '' ? sql`${text.at} IS NOT NULL` : sql`CHARINDEX(${part}, ${form(text, fold)}) = 1`,
  endsWith: (text, part, fold) =>
    part === ''
      ? sql`${text.at} IS NOT NULL`
      : sql`CHARINDEX(REVERSE(${part} ${binary}), REVERSE(${form(text, fold)})) = 1`,
  asText: (value) => sql`CAST(${value} AS nvarchar(4000))`,
  concat: (of) => sql`(${sql.join(of, sql` + `)})`,
  // IS DISTINCT FROM came with SQL Server 2022; a set operation takes NULL for equal to NULL
  same: (a, b) => sql`EXISTS (SELECT ${a} INTERSECT SELECT ${b})`,
  // a predicate is no value here, and nothing asks whether it is true
  not: (predicate) => sql`CASE WHEN ${predicate} THEN 1 ELSE 0 END = 0`,
  // OPENJSON gives text, and '5' is not 5: such lists are looked through in the bridge
  jsonElements: () => undefined,
  keysAs: 'arrays',
  keys: (param, alias, _, key) => ({
    from: sql`OPENJSON(${param}) AS ${sql.id(alias)}`,
    // the place in the array comes as text, which would sort 10 before 9
    ordinal: sql`CAST(${sql.id(alias, 'key')} AS int)`,
    values: key.map(({ holds }, i) => {
      const value = sql.id(alias, 'value')
      const part = key.length === 1 ? value : sql`JSON_VALUE(${value}, ${sql.lit(`$[${i}]`)})`
      if (holds === 'bytes') return sql`CONVERT(varbinary(8000), ${part}, 2)`
      return holds === 'number' ? sql`CAST(${part} AS bigint)` : part
    }),
  }),
  // OFFSET belongs to ORDER BY, so there must be one
  limit: (limit, offset, ordered) =>
    sql`${ordered ? sql`` : sql` ORDER BY (SELECT NULL)`} OFFSET ${offset ?? 0} ROWS FETCH NEXT ${limit} ROWS ONLY`,
  fromNothing: sql``,
  // OUTPUT fails on a table that has a trigger, as an application's tables do; a driver asks SCOPE_IDENTITY() instead
  returns: false,
  insertDefaults: (table) => sql`INSERT INTO ${table} DEFAULT VALUES`,
  update: (_, alias) => sql`UPDATE ${sql.id(alias)}`,
  updateFrom: (table) => sql` FROM ${table}`,
  delete: (table, alias) => sql`DELETE ${sql.id(alias)} FROM ${table}`,
  lockRows: () => sql``,
  lockHint: (how) => hints[how],
  lockName: (name) =>
    sql`DECLARE @granted int; EXEC @granted = sp_getapplock @Resource = ${name}, @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 5000; SELECT CASE WHEN @granted >= 0 THEN 1 ELSE 0 END`,
  unlockNames: undefined,
  indexed: (column) => column,
  serves: ({ columns }, { name }) => columns[0]?.toLowerCase() === name.toLowerCase(),
  // there is no driver whose errors could be read
  failure: () => undefined,
  // WITH must begin a statement, and a table that refers to itself takes UNION ALL only: a circle would never end
  recursive: () => {
    throw notSupported('SQL Server', 'membership in groups through other groups')
  },
  rowIn: (row, query) => sql`EXISTS (SELECT ${sql.join(row, sql`, `)} INTERSECT ${query})`,
}
