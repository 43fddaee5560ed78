import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely'
import type { Operand } from '../column.ts'
import type { Dialect, Failure } from '../dialect.ts'
import type { Expression } from '../expression.ts'
import { among } from '../expression.ts'
import { limit } from './limit.ts'

/** Compiles only: the driver never connects. */
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

/** Result codes of https://www.sqlite.org/rescode.html, extended ones first. */
const extended: Readonly<Record<number, readonly [Failure['reason'], Failure['why']]>> = {
  275: ['constraint', 'check'],
  787: ['constraint', 'foreignKey'],
  1299: ['constraint', 'notNull'],
  1555: ['conflict', 'unique'],
  2067: ['conflict', 'unique'],
  2579: ['conflict', 'unique'],
}
const primary: Readonly<Record<number, Failure['reason']>> = {
  3: 'denied',
  5: 'busy',
  6: 'busy',
  8: 'denied',
  9: 'timeout',
  10: 'unavailable',
  11: 'unavailable',
  13: 'unavailable',
  14: 'unavailable',
  18: 'limit',
  19: 'constraint',
  20: 'constraint',
  23: 'denied',
  26: 'unavailable',
}

function failure(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined
  const code = (error as { readonly errcode?: unknown }).errcode
  if (typeof code !== 'number') {
    const closed = (error as { readonly code?: unknown }).code === 'ERR_INVALID_STATE'
    return closed
      ? { reason: 'unavailable', why: 'other', table: undefined, columns: [], repeat: undefined }
      : undefined
  }
  const [reason, why] = extended[code] ?? [primary[code & 0xff] ?? 'internal', 'other' as const]
  // "UNIQUE constraint failed: person.login, person.tenant"
  const named = /^(?:UNIQUE|NOT NULL) constraint failed: (.+)$/.exec(error.message)?.[1]?.split(', ') ?? []
  const parts = named.map((name) => name.split('.'))
  return { reason, why, table: parts[0]?.[0], columns: parts.map((part) => part.at(-1) ?? ''), repeat: undefined }
}

/**
 * ASCII text that no other character folds into: U+212A (KELVIN SIGN) becomes k, U+037E becomes `;` and U+1FEF becomes a
 * backtick, everything else stays outside ASCII. NOCASE compares ASCII letters only, so for these values it is `fold`
 * exactly, and an index with that collation serves it.
 */
const plain = /^[\x01-\x3a\x3c-\x5f\x61-\x6a\x6c-\x7f]*$/

const form = ({ at }: Operand, fold: boolean): Expression => (fold ? sql`scim_fold(${at})` : sql`${at} COLLATE BINARY`)
/** The form for functions, which compare by code point whatever the collation. */
const bytes = ({ at }: Operand, fold: boolean): Expression => (fold ? sql`scim_fold(${at})` : at)

export const sqlite: Dialect = {
  name: 'sqlite',
  // an affinity is a preference
  typed: false,
  seeksRows: true,
  compile: (expression) => {
    const { sql: text, parameters: params } = expression.compile(compiler)
    return { text, params }
  },
  begin: { read: 'BEGIN', write: 'BEGIN IMMEDIATE' },
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  form,
  equalText: (text, anyOf, fold) => {
    const [only] = anyOf
    return fold && anyOf.length === 1 && only !== undefined && plain.test(only)
      ? sql`${text.at} = ${only} COLLATE NOCASE`
      : among(form(text, fold), anyOf)
  },
  contains: (text, part, fold) => sql`instr(${bytes(text, fold)}, ${part}) > 0`,
  startsWith: (text, part, fold) => sql`instr(${bytes(text, fold)}, ${part}) = 1`,
  endsWith: (text, part, fold) =>
    part === ''
      ? sql`${bytes(text, fold)} IS NOT NULL`
      : sql`substr(${bytes(text, fold)}, ${-[...part].length}) = ${part}`,
  asText: (value) => sql`CAST(${value} AS TEXT)`,
  concat: (of) => sql`(${sql.join(of, sql` || `)})`,
  same: (a, b) => sql`${a} IS ${b}`,
  not: (predicate) => sql`(${predicate}) IS NOT TRUE`,
  jsonElements: ({ at }, alias) => ({
    from: sql`json_each(CASE WHEN json_valid(${at}) AND json_type(${at}) = 'array' THEN ${at} ELSE '[]' END) AS ${sql.id(alias)}`,
    value: sql.id(alias, 'value'),
  }),
  keysAs: 'arrays',
  keys: (param, alias, _, key) => ({
    from: sql`json_each(${param}) AS ${sql.id(alias)}`,
    ordinal: sql.id(alias, 'key'),
    values: key.map(({ holds }, i) => {
      const value = sql.id(alias, 'value')
      const part = key.length === 1 ? value : sql`json_extract(${value}, ${`$[${i}]`})`
      return holds === 'bytes' ? sql`unhex(${part})` : part
    }),
  }),
  limit,
  fromNothing: sql``,
  returns: true,
  insertDefaults: (table) => sql`INSERT INTO ${table} DEFAULT VALUES`,
  update: (table) => sql`UPDATE ${table}`,
  delete: (table) => sql`DELETE FROM ${table}`,
  lockRows: () => sql``,
  lockName: () => undefined,
  unlockNames: undefined,
  indexed: (column, fold) => (fold ? sql`${column} COLLATE NOCASE` : column),
  serves: ({ columns, collations }, { name }, fold) =>
    columns[0]?.toLowerCase() === name.toLowerCase() && (!fold || collations?.[0] === 'NOCASE'),
  failure,
}
