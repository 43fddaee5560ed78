import { DummyDriver, Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, sql } from 'kysely'
import type { SlotTest } from '../../../mapping/predicate.ts'
import type { Column } from '../column.ts'
import { typeOf } from '../column.ts'
import type { Dialect, KeyColumn } from '../dialect.ts'
import type { Expression } from '../expression.ts'
import { among, and, falsehood, or } from '../expression.ts'
import { limit } from './limit.ts'
import { failure } from './mysql-failure.ts'
import { form, holds, isYoung, probes, spellings } from './mysql-text.ts'

/** Compiles only: the driver never connects. */
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new MysqlAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new MysqlIntrospector(db),
    createQueryCompiler: () => new MysqlQueryCompiler(),
  },
})

/** A part in either spelling; a text holds it as it is stored. */
const inEither = (part: string, fold: boolean, test: (part: string) => Expression): Expression =>
  or((fold ? [...new Set([part, part.normalize('NFD')])] : [part]).map(test))

const inside: ReadonlySet<SlotTest['op']> = new Set(['co', 'sw', 'ew'])

const bytesIn = (part: string): number => Buffer.byteLength(part)

/** The type in which a part of a key is read out of JSON: the one of its column, so that no index is lost to a conversion. */
function keyType({ holds: held, column }: KeyColumn): Expression {
  const beyondSigned = column?.range !== undefined && column.range.most > 0x7fff_ffff_ffff_ffffn
  if (held === 'number') {
    if (typeOf(column) === 'numeric') return sql`DOUBLE`
    return beyondSigned ? sql`BIGINT UNSIGNED` : sql`BIGINT`
  }
  if (held === 'text' && typeOf(column) === 'numeric') return sql`DECIMAL(65, 30)`
  const length = Math.min(column?.length ?? 768, 4_000) * (held === 'bytes' ? 2 : 1)
  return sql`VARCHAR(${sql.lit(length)}) CHARACTER SET utf8mb4`
}

const word = /^[a-z0-9_]+$/i

/** Compared in the character set and under the collation of the column. */
function keyValue(value: Expression, { holds: held, column }: KeyColumn): Expression {
  if (held === 'bytes') return sql`unhex(${value})`
  const { charset, collation } = column ?? ({} as Partial<Column>)
  if (held !== 'text' || charset === undefined || collation === undefined) return value
  if (!word.test(charset) || !word.test(collation)) return value
  return sql`CONVERT(${value} USING ${sql.raw(charset)}) COLLATE ${sql.raw(collation)}`
}

/** MySQL 8.0.4 or later and MariaDB 10.6 or later: what only one of them knows is not used. */
export const mysql: Dialect = {
  name: 'mysql',
  typed: true,
  seeksRows: false,
  compile: (expression) => {
    const { sql: text, parameters: params } = expression.compile(compiler)
    return { text, params }
  },
  // a read of several statements sees one snapshot, under the REPEATABLE READ of the session; a write sees what others
  // have committed up to each of its statements, else a check behind a lock would not see what the lock was waited for
  begin: { read: 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY', write: 'START TRANSACTION' },
  beforeWrite: 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  form,
  equalText: (text, anyOf, fold) => {
    const held = anyOf.filter((one) => holds(text.column, one))
    if (held.length === 0) return falsehood
    const forms = fold ? held.flatMap(spellings).filter((one) => holds(text.column, one)) : held
    const exactly = among(form(text, fold), forms)
    const found = probes(text.column, forms, fold)
    return found === undefined ? exactly : and([among(text.at, found), exactly])
  },
  contains: (text, part, fold) => inEither(part, fold, (one) => sql`instr(${form(text, fold)}, ${one}) > 0`),
  startsWith: (text, part, fold) =>
    inEither(part, fold, (one) => sql`left(${form(text, fold)}, ${bytesIn(one)}) = ${one}`),
  endsWith: (text, part, fold) =>
    inEither(part, fold, (one) => sql`right(${form(text, fold)}, ${bytesIn(one)}) = ${one}`),
  fit: (test) =>
    'fold' in test && test.fold && inside.has(test.op) && typeof test.value === 'string' && isYoung(test.value)
      ? 'unsayable'
      : test,
  asText: (value) => sql`CAST(${value} AS CHAR)`,
  concat: (of) => sql`concat(${sql.join(of, sql`, `)})`,
  same: (a, b) => sql`${a} <=> ${b}`,
  not: (predicate) => sql`(${predicate}) IS NOT TRUE`,
  // JSON_TABLE gives text, and '5' is not 5: such lists are looked through in the bridge
  jsonElements: () => undefined,
  keysAs: 'arrays',
  keys: (param, alias, _, key) => {
    const columns = key.map((one, i) => {
      const path = key.length === 1 ? '$' : `$[${i}]`
      return sql`${sql.id(`k${i}`)} ${keyType(one)} PATH ${sql.lit(path)}`
    })
    return {
      from: sql`JSON_TABLE(${param}, '$[*]' COLUMNS (n FOR ORDINALITY, ${sql.join(columns, sql`, `)})) AS ${sql.id(alias)}`,
      ordinal: sql`${sql.id(alias, 'n')} - 1`,
      values: key.map((one, i) => keyValue(sql.id(alias, `k${i}`), one)),
    }
  },
  limit,
  fromNothing: sql` FROM DUAL`,
  returns: false,
  insertDefaults: (table) => sql`INSERT INTO ${table} () VALUES ()`,
  update: (table) => sql`UPDATE ${table}`,
  delete: (table, alias) => sql`DELETE ${sql.id(alias)} FROM ${table}`,
  apart: (subquery) => sql`SELECT /*+ NO_MERGE(\`apart\`) */ * FROM (${subquery}) AS \`apart\``,
  padsBlanks: true,
  // error 1442
  readsBefore: true,
  lockRows: (_, how) => (how === 'share' ? sql` LOCK IN SHARE MODE` : sql` FOR UPDATE`),
  lockName: (name) => sql`SELECT GET_LOCK(${name}, @@innodb_lock_wait_timeout)`,
  unlockNames: 'DO RELEASE_ALL_LOCKS()',
  indexed: (column) => column,
  // where the collation regards case, the index is read through in place of the table: there is no better one
  serves: ({ columns }, { name }) => columns[0]?.toLowerCase() === name.toLowerCase(),
  failure,
}
