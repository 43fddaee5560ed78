import { BridgeError } from '../../../base/errors.ts'
import type { Column, ColumnType, Index, LiveSchema, Table } from '../column.ts'
import type { Connection } from '../connection.ts'
import { isFolded, isLower } from '../dialects/postgres.ts'
import type { Row } from '../program.ts'

/** By the name of the type behind all domains, https://www.postgresql.org/docs/current/datatype.html. */
const types: Readonly<Record<string, ColumnType>> = {
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  name: 'text',
  citext: 'text',
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  oid: 'integer',
  numeric: 'numeric',
  float4: 'numeric',
  float8: 'numeric',
  bool: 'boolean',
  date: 'time',
  timestamp: 'time',
  timestamptz: 'time',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'json',
  bytea: 'blob',
}

const power = (exponent: number): bigint => 2n ** BigInt(exponent)
const signed = (bits: number) => ({ least: -power(bits - 1), most: power(bits - 1) - 1n })
const ranges: Readonly<Record<string, NonNullable<Column['range']>>> = {
  int2: signed(16),
  int4: signed(32),
  int8: signed(64),
  oid: { least: 0n, most: power(32) - 1n },
}

const wanted = `wanted AS (SELECT w.name, to_regclass(w.quoted) AS id FROM jsonb_to_recordset($1) AS w(name text, quoted text))`

/** Columns, with the type behind a domain, and behind the domain of a domain. */
const columnsQuery = `WITH RECURSIVE ${wanted},
  base(typid, id, modifier, needed, filled) AS (
    SELECT t.oid, t.oid, -1, false, false FROM pg_catalog.pg_type t WHERE t.oid IN
      (SELECT a.atttypid FROM pg_catalog.pg_attribute a JOIN wanted w ON w.id = a.attrelid)
    UNION ALL
    SELECT b.typid, t.typbasetype, CASE WHEN b.modifier = -1 THEN t.typtypmod ELSE b.modifier END,
      b.needed OR t.typnotnull, b.filled OR t.typdefault IS NOT NULL
    FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.id WHERE t.typtype = 'd')
SELECT w.name, c.relkind IN ('v', 'm'), a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), t.typname,
  CASE WHEN a.atttypmod = -1 THEN b.modifier ELSE a.atttypmod END, a.attnotnull OR b.needed,
  (a.attnotnull OR b.needed) AND NOT a.atthasdef AND a.attidentity = '' AND NOT b.filled AND c.relkind NOT IN ('v', 'm')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger g WHERE g.tgrelid = c.oid AND g.tgtype & 7 = 7 AND g.tgenabled <> 'D'),
  co.collname, co.collisdeterministic,
  (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid)
FROM wanted w
JOIN pg_catalog.pg_class c ON c.oid = w.id
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN base b ON b.typid = a.atttypid
JOIN pg_catalog.pg_type t ON t.oid = b.id AND t.typtype <> 'd'
LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
ORDER BY w.name, a.attnum`

/** Indexes that are whole, or that leave out nothing but NULL. */
const indexesQuery = `WITH ${wanted}
SELECT w.name, i.relname, x.indisunique, coalesce(a.attname, pg_catalog.pg_get_indexdef(x.indexrelid, k.n::int, true)), 
  pg_catalog.pg_get_expr(x.indpred, x.indrelid) !~ '^\\([^()]+ IS NOT NULL\\)$'
FROM wanted w
JOIN pg_catalog.pg_index x ON x.indrelid = w.id AND x.indisvalid
JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k(attnum, n)
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = w.id AND a.attnum = k.attnum AND k.attnum > 0
WHERE k.n <= x.indnkeyatts
ORDER BY w.name, i.relname, k.n`

/** Rules, with the columns that they speak of. */
const constraintsQuery = `WITH ${wanted}
SELECT w.name, o.conname, json_agg(a.attname ORDER BY a.attnum)
FROM wanted w
JOIN pg_catalog.pg_constraint o ON o.conrelid = w.id AND o.contype = 'c'
JOIN pg_catalog.pg_attribute a ON a.attrelid = w.id AND a.attnum = ANY (o.conkey)
GROUP BY w.name, o.conname`

const serverQuery = `SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
  EXISTS (SELECT FROM pg_catalog.pg_collation WHERE collname = 'und-x-icu' AND collprovider = 'i'),
  (SELECT to_jsonb(d) ->> 'datctype' FROM pg_catalog.pg_database d WHERE d.datname = current_database()),
  (SELECT coalesce(to_jsonb(d) ->> 'daticulocale', to_jsonb(d) ->> 'datlocale') FROM pg_catalog.pg_database d WHERE d.datname = current_database())`

/** How long one question about the catalogue may take, in milliseconds. */
const patience = 10_000

const quoted = (name: string): string => {
  const at = name.lastIndexOf('.')
  const parts = at < 0 ? [name] : [name.slice(0, at), name.slice(at + 1)]
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.')
}

/** What PostgreSQL tells of these tables: names as the mapping writes them, a bare one by the search_path. */
export async function readPostgresSchema(connection: Connection, tables: readonly string[]): Promise<LiveSchema> {
  const ask = async (text: string, params: readonly unknown[]): Promise<readonly Row[]> =>
    (await connection.execute({ text, params }, AbortSignal.timeout(patience))).rows
  const [server = []] = await ask(serverQuery, [])
  check(server)
  const names = [JSON.stringify(tables.map((name) => ({ name, quoted: quoted(name) })))]
  const indexes = indexesBy(await ask(indexesQuery, names))
  const constraints = constraintsBy(await ask(constraintsQuery, names))
  const schema = new Map<string, Table & { readonly columns: Column[] }>()
  const turkish = isTurkish(server[4] ?? server[3])
  for (const row of await ask(columnsQuery, names)) {
    const name = String(row[0])
    const known = schema.get(name.toLowerCase()) ?? {
      name,
      kind: row[1] === true ? ('view' as const) : ('table' as const),
      exactNames: true,
      transactional: true,
      columns: [],
      indexes: indexes.get(name) ?? [],
      constraints: constraints.get(name) ?? [],
    }
    known.columns.push(columnOf(row, known.indexes, turkish))
    schema.set(name.toLowerCase(), known)
  }
  return schema
}

function check([version, encoding, hasIcu]: Row): void {
  const refuse = (why: string): never => {
    throw new BridgeError('invalidMapping', `the mapping does not fit the database: ${why}`)
  }
  if (Number(version) < 130_000) refuse('PostgreSQL 13 or later is needed, which has normalize()')
  if (encoding !== 'UTF8')
    refuse(
      `its encoding is ${String(encoding)}, and PostgreSQL brings text into Unicode's normal form in UTF8 databases only; copy it into one (CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0)`,
    )
  if (hasIcu !== true)
    refuse(
      'it has no collation "und-x-icu", by which text is compared without regard to case: this PostgreSQL was built without ICU, or pg_import_system_collations was never run',
    )
}

/** `tr_TR.UTF-8`, `az`, `tr-x-icu`: where an `I` has no dot. */
const isTurkish = (locale: unknown): boolean => /^(?:tr|az|crh|ku|tt)(?:[-_.@]|$)/i.test(String(locale ?? ''))

function indexesBy(rows: readonly Row[]): ReadonlyMap<string, readonly Index[]> {
  const all = new Map<string, (Index & { readonly columns: string[] })[]>()
  for (const [table, name, unique, column, isPartial] of rows) {
    const of = all.get(String(table)) ?? []
    all.set(String(table), of)
    const known = of.find((one) => one.name === String(name))
    if (known !== undefined) known.columns.push(String(column))
    else
      of.push({ name: String(name), unique: unique === true, columns: [String(column)], partial: isPartial === true })
  }
  return all
}

function constraintsBy(rows: readonly Row[]): ReadonlyMap<string, NonNullable<Table['constraints']>> {
  const all = new Map<string, { readonly name: string; readonly columns: readonly string[] }[]>()
  for (const [table, name, columns] of rows) {
    const of = all.get(String(table)) ?? []
    all.set(String(table), of)
    of.push({ name: String(name), columns: JSON.parse(String(columns)) as readonly string[] })
  }
  return all
}

function columnOf(row: Row, indexes: readonly Index[], turkish: boolean): Column {
  const [, , name, declared, base, modifier, notNull, needed, collation, isDeterministic, labels] = row.map((value) =>
    value === null ? undefined : value,
  )
  const own = String(name)
  const words = typeof labels === 'string' ? (JSON.parse(labels) as readonly string[]) : undefined
  const kind = String(base)
  const type = words !== undefined ? 'enum' : Object.hasOwn(types, kind) ? (types[kind] ?? 'unknown') : 'unknown'
  const length = (kind === 'varchar' || kind === 'bpchar') && Number(modifier) > 4 ? Number(modifier) - 4 : undefined
  const range = ranges[kind]
  const isLoose = kind === 'citext' || kind === 'bpchar' || isDeterministic === false
  const lowered = loweredBy(own, kind, indexes)
  return {
    name: own,
    type,
    declared: String(declared),
    nullable: notNull !== true,
    needed: needed === true,
    base: kind,
    ...(length === undefined ? {} : { length }),
    ...(type === 'text' ? { charset: 'UTF8', collation: String(collation) } : {}),
    ...(range === undefined ? {} : { range, scale: 0 }),
    ...(kind === 'numeric' ? digits(Number(modifier)) : {}),
    ...clockOf(kind, Number(modifier)),
    ...(words === undefined ? {} : { words }),
    ...(isLoose ? { loose: true } : {}),
    ...(lowered ? { lowered: turkish || isTurkish(collation) ? 'turkish' : 'plain' } : {}),
  }
}

/** The application's own index without regard to case serves where there is none of the bridge's form. */
const loweredBy = (name: string, base: string, indexes: readonly Index[]): boolean => {
  const firsts = indexes.filter((index) => index.partial !== true).map((index) => index.columns[0] ?? '')
  if (firsts.some((first) => isFolded(first, name))) return false
  return firsts.some((first) => (base === 'citext' ? first === name : isLower(first, name)))
}

/** Microseconds, unless the type says less. */
function clockOf(kind: string, modifier: number): Pick<Column, 'clock'> {
  if (kind === 'date') return { clock: 'none' }
  return kind === 'timestamp' || kind === 'timestamptz' ? { clock: modifier < 0 ? 6 : modifier } : {}
}

/** numeric(p,s): p digits, s of them behind the point. */
function digits(modifier: number): Pick<Column, 'range' | 'scale'> {
  const [precision, scale] = [(modifier - 4) >> 16, (modifier - 4) & 0x7ff]
  // PostgreSQL 15 knows negative ones, and more than all digits
  if (modifier < 4 || scale > precision) return {}
  const most = 10n ** BigInt(precision - scale) - 1n
  return { range: { least: -most, most }, scale }
}
