import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { sqlBackend } from '../../../../src/backends/sql/backend.ts'
import { operand } from '../../../../src/backends/sql/column.ts'
import { offlineDatabase } from '../../../../src/backends/sql/database.ts'
import { dialectNamed } from '../../../../src/backends/sql/dialects.ts'
import type { Dialect, KeyColumn } from '../../../../src/backends/sql/dialect.ts'
import type { Expression } from '../../../../src/backends/sql/expression.ts'
import { table } from '../../../../src/backends/sql/expression.ts'
import { rowIn } from '../../../../src/backends/sql/row-in.ts'
import { lowerListTest, lowerTest } from '../../../../src/backends/sql/slot-test.ts'
import { isBridgeError } from '../../../../src/base/errors.ts'
import { catalog, mapping, single, field } from '../fixture.ts'

const named = (name: string): Dialect => {
  const found = dialectNamed(name)
  if (found === undefined) throw new Error(`no dialect ${name}`)
  return found
}
const at = sql.id('m', 'x')
const text = operand(at)
const key = (name: string, holds: KeyColumn['holds']): KeyColumn => ({ name, holds, column: undefined })

/** What the golden files do not come to, since no shipped mapping has it: a phrase, then what it is in each dialect. */
const phrases: readonly (readonly [string, (dialect: Dialect) => Expression, mssql: string, oracle: string])[] = [
  [
    'an empty text among others',
    (d) => d.equalText(text, ['', 'a'], false),
    `("m"."x" IN (@1, @2) AND "m"."x" COLLATE Latin1_General_100_BIN2_UTF8 + N'.' IN (@3, @4))`,
    '"m"."x" COLLATE BINARY = :1',
  ],
  [
    'nothing but the empty text',
    (d) => d.equalText(text, [''], true),
    `REPLACE(LOWER("m"."x" COLLATE Latin1_General_100_BIN2_UTF8), NCHAR(962), NCHAR(963)) + N'.' = @1`,
    '1 = 0',
  ],
  ['no text at all', (d) => d.equalText(text, [], false), '(1 = 0 AND 1 = 0)', '1 = 0'],
  ['the empty part', (d) => d.contains(text, '', true), '"m"."x" IS NOT NULL', '"m"."x" IS NOT NULL'],
  ['the empty start', (d) => d.startsWith(text, '', true), '"m"."x" IS NOT NULL', '"m"."x" IS NOT NULL'],
  ['the empty end', (d) => d.endsWith(text, '', true), '"m"."x" IS NOT NULL', '"m"."x" IS NOT NULL'],
  [
    'an end beyond the BMP',
    (d) => d.endsWith(text, 'a\u{1f600}', false),
    'CHARINDEX(REVERSE(@1 COLLATE Latin1_General_100_BIN2_UTF8), REVERSE("m"."x" COLLATE Latin1_General_100_BIN2_UTF8)) = 1',
    'SUBSTR("m"."x" COLLATE BINARY, :1) = :2',
  ],
  [
    'null-safe equality',
    (d) => d.same(at, sql.val(null)),
    'EXISTS (SELECT "m"."x" INTERSECT SELECT @1)',
    'DECODE("m"."x", :1, 1, 0) = 1',
  ],
  [
    'bits',
    (d) => lowerTest(d, text, { op: 'bits', mask: 2, equals: 2 }),
    '("m"."x" & @1) = @2',
    'BITAND("m"."x", :1) = :2',
  ],
  [
    'a list without elements',
    (d) => lowerListTest(d, text, { op: 'absent' }, { kind: 'delimited', by: ',' }),
    `("m"."x" IS NULL OR replace("m"."x", @1, '') = '')`,
    `replace("m"."x", :1, '') IS NULL`,
  ],
  [
    'a list with an element that starts with nothing',
    (d) => lowerListTest(d, text, { op: 'sw', value: '', fold: false }, { kind: 'delimited', by: ',' }),
    `replace("m"."x", @1, '') <> ''`,
    `replace("m"."x", :1, '') IS NOT NULL`,
  ],
  [
    'a page of composite keys',
    (d) => {
      const keys = d.keys(sql.val('[]'), 'k', 't', [key('a', 'number'), key('b', 'bytes')])
      return sql`SELECT ${keys.ordinal}, ${sql.join(keys.values)} FROM ${keys.from}`
    },
    `SELECT CAST("k"."key" AS int), CAST(JSON_VALUE("k"."value", '$[0]') AS bigint), CONVERT(varbinary(8000), JSON_VALUE("k"."value", '$[1]'), 2) FROM OPENJSON(@1) AS "k"`,
    `SELECT "k"."n" - 1, "k"."k0", HEXTORAW("k"."k1") FROM JSON_TABLE(:1, '$[*]' COLUMNS ("n" FOR ORDINALITY, "k0" NUMBER PATH '$[0]', "k1" VARCHAR2(4000) PATH '$[1]')) "k"`,
  ],
  [
    'a cut without an order',
    (d) => d.limit(1, undefined, false),
    ' ORDER BY (SELECT NULL) OFFSET @1 ROWS FETCH NEXT @2 ROWS ONLY',
    ' FETCH FIRST :1 ROWS ONLY',
  ],
  [
    'a table with its schema, and a column with an alias',
    () => sql`SELECT ${at} AS ${sql.id('y')} FROM ${table('hr.emp', 'm')}`,
    'SELECT "m"."x" AS "y" FROM "hr"."emp" AS "m"',
    'SELECT "m"."x" AS "y" FROM "hr"."emp" "m"',
  ],
  [
    'a row among others',
    (d) => rowIn(offlineDatabase(d, catalog([])), [at, at], sql`SELECT 1, 2`),
    'EXISTS (SELECT "m"."x", "m"."x" INTERSECT SELECT 1, 2)',
    '("m"."x", "m"."x") IN (SELECT 1, 2)',
  ],
]

describe.each(phrases)('%s', (_, phrase, mssql, oracle) => {
  it.each([
    ['mssql', mssql],
    ['oracle', oracle],
  ])('in %s', (name, expected) => {
    expect(named(name).compile(phrase(named(name))).text).toBe(expected)
  })
})

it.each([
  ['mssql', (d: Dialect) => d.recursive?.({ name: 'up', columns: ['n'], key: ['n'], start: sql``, step: sql`` })],
  ['oracle', (d: Dialect) => d.insertDefaults(table('emp'))],
])('%s refuses what it cannot say', (name, phrase) => {
  let thrown: unknown
  try {
    phrase(named(name))
  } catch (error) {
    thrown = error
  }
  expect(isBridgeError(thrown) && thrown.reason).toBe('notImplemented')
})

describe.each(['mssql', 'oracle'])('%s', (dialect) => {
  const person = mapping('User', { name: 'person', key: ['id'] }, [single('userName', field('login'))])

  it('is checked and explained, and never opened', async () => {
    const app = catalog([person], { dialect })
    const backend = sqlBackend('.')
    expect(backend.check(app)).toEqual([])
    const store = backend.offline(app)
    const [type] = app.types
    if (type === undefined) throw new Error('no type')
    const plan = { kind: 'get', of: type, id: '1' as never, want: { slots: [], rows: [], links: [] } } as const
    expect(store.explain(store.lower(plan))[0]?.text).toMatch(/^SELECT "m"."id" FROM "person" (?:AS )?"m" WHERE/)
    await expect(backend.open(app)).rejects.toMatchObject({
      reason: 'invalidMapping',
      detail: expect.stringContaining('experimental'),
    })
  })
})
