import {
  DefaultQueryCompiler,
  DummyDriver,
  Kysely,
  RawNode,
  SqliteAdapter,
  SqliteIntrospector,
  TableNode,
  sql,
} from 'kysely'
import type { Operand } from '../column.ts'
import type { Dialect } from '../dialect.ts'
import type { Expression } from '../expression.ts'
import { among, list } from '../expression.ts'
import { notSupported } from '../not-supported.ts'

/** Kysely knows no Oracle: placeholders are `:1`, and no AS may stand before the alias of a table. */
class OracleQueryCompiler extends DefaultQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return `:${this.numParameters}`
  }

  protected override visitRaw(node: RawNode): void {
    super.visitRaw(isAliased(node) ? { ...node, sqlFragments: ['', ' ', ''] } : node)
  }
}

const isAliased = ({ sqlFragments, parameters: [first] }: RawNode): boolean =>
  sqlFragments.length === 3 &&
  sqlFragments[1] === ' AS ' &&
  first !== undefined &&
  RawNode.is(first) &&
  first.parameters.some(TableNode.is)

/**
 * Oracle Database 19c and later, experimental: it is compiled and explained, and no server has ever run it.
 * Its rules are those of https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/.
 */
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new OracleQueryCompiler(),
  },
})

/** `BINARY` compares bytes, whatever NLS_COMP and NLS_SORT say; those of AL32UTF8 are in the order of code points. */
const form = ({ at }: Operand, fold: boolean): Expression =>
  fold
    ? sql`REPLACE(LOWER(COMPOSE(DECOMPOSE(${at}, 'CANONICAL'))), UNISTR('\\03C2'), UNISTR('\\03C3')) COLLATE BINARY`
    : sql`${at} COLLATE BINARY`

export const oracle: Dialect = {
  name: 'oracle',
  typed: true,
  seeksRows: false,
  compile: (expression) => {
    const { sql: text, parameters: params } = expression.compile(compiler)
    return { text, params }
  },
  // a transaction begins with its first statement, whatever that is
  begin: { read: 'SET TRANSACTION READ ONLY', write: 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED' },
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  form,
  // no column holds an empty text
  equalText: (text, anyOf, fold) =>
    among(
      form(text, fold),
      anyOf.filter((one) => one !== ''),
    ),
  contains: (text, part, fold) =>
    part === '' ? sql`${text.at} IS NOT NULL` : sql`INSTR(${form(text, fold)}, ${part}) > 0`,
  startsWith: (text, part, fold) =>
    part === '' ? sql`${text.at} IS NOT NULL` : sql`INSTR(${form(text, fold)}, ${part}) = 1`,
  endsWith: (text, part, fold) =>
    part === '' ? sql`${text.at} IS NOT NULL` : sql`SUBSTR(${form(text, fold)}, ${-[...part].length}) = ${part}`,
  asText: (value) => sql`TO_CHAR(${value})`,
  concat: (of) => sql`(${sql.join(of, sql` || `)})`,
  // DECODE takes NULL for equal to NULL
  same: (a, b) => sql`DECODE(${a}, ${b}, 1, 0) = 1`,
  not: (predicate) => sql`CASE WHEN ${predicate} THEN 1 ELSE 0 END = 0`,
  // JSON_TABLE gives text, and '5' is not 5: such lists are looked through in the bridge
  jsonElements: () => undefined,
  keysAs: 'arrays',
  keys: (param, alias, _, key) => {
    const parts = key.map(({ holds }, i) => {
      const type = holds === 'number' ? sql`NUMBER` : sql`VARCHAR2(4000)`
      return sql`${sql.id(`k${i}`)} ${type} PATH ${sql.lit(key.length === 1 ? '$' : `$[${i}]`)}`
    })
    return {
      from: sql`JSON_TABLE(${param}, '$[*]' COLUMNS ("n" FOR ORDINALITY, ${list(parts)})) ${sql.id(alias)}`,
      ordinal: sql`${sql.id(alias, 'n')} - 1`,
      values: key.map(({ holds }, i) =>
        holds === 'bytes' ? sql`HEXTORAW(${sql.id(alias, `k${i}`)})` : sql.id(alias, `k${i}`),
      ),
    }
  },
  limit: (limit, offset) =>
    offset === undefined
      ? sql` FETCH FIRST ${limit} ROWS ONLY`
      : sql` OFFSET ${offset} ROWS FETCH NEXT ${limit} ROWS ONLY`,
  fromNothing: sql` FROM DUAL`,
  // RETURNING … INTO fills variables of the driver and is no result
  returns: false,
  insertDefaults: () => {
    throw notSupported('Oracle', 'a row of nothing but defaults')
  },
  update: (table) => sql`UPDATE ${table}`,
  delete: (table) => sql`DELETE FROM ${table}`,
  // there is no lock that readers of a row share: whoever refers to it waits for others who do
  lockRows: () => sql` FOR UPDATE`,
  // needs EXECUTE on DBMS_LOCK. Locks have numbers below 2^30: names that share one wait for each other without need
  lockName: (name) =>
    sql`DECLARE r INTEGER; c SYS_REFCURSOR; BEGIN r := DBMS_LOCK.REQUEST(TO_NUMBER(SUBSTR(${name}, -7), 'XXXXXXX'), DBMS_LOCK.X_MODE, 5, TRUE); OPEN c FOR SELECT CASE WHEN r IN (0, 4) THEN 1 ELSE 0 END FROM DUAL; DBMS_SQL.RETURN_RESULT(c); END;`,
  unlockNames: undefined,
  indexed: (column) => column,
  serves: ({ columns }, { name }) => columns[0]?.toLowerCase() === name.toLowerCase(),
  // there is no driver whose errors could be read
  failure: () => undefined,
  recursive: ({ name, columns, key, start, step }) => {
    const named = (of: readonly string[]): Expression => list(of.map((one) => sql.id(one)))
    return sql`WITH ${sql.id(name)}(${named(columns)}) AS (${start} UNION ALL ${step}) CYCLE ${named(key)} SET "circle" TO 'Y' DEFAULT 'N'`
  },
  bits: (value, mask) => sql`BITAND(${value}, ${mask})`,
  // several rows came with 23ai; INSERT ALL would number them all alike
  oneRowInserts: true,
  emptyIsNull: true,
  distinctNames: true,
}
