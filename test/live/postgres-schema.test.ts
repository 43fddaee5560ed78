import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBridgeError } from '../../src/base/errors.ts'
import { sqlBackend } from '../../src/backends/sql/backend.ts'
import type { Column, LiveSchema } from '../../src/backends/sql/column.ts'
import { postgres } from '../../src/backends/sql/dialects/postgres.ts'
import { postgresDriver } from '../../src/backends/sql/drivers/postgres.ts'
import { kitCatalogOn } from '../kit/kit.ts'
import type { Database } from '../servers/fresh-database.ts'
import { describeServer } from '../servers/with-server.ts'

const at = (name: string): string => join(import.meta.dirname, name)

const more = `
CREATE TABLE plain (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  filled text NOT NULL DEFAULT '',
  needed text NOT NULL,
  "Mixed" text,
  "user name" varchar(10)
);
CREATE INDEX plain_filled ON plain (lower(normalize(filled, NFC) COLLATE "und-x-icu"));
CREATE INDEX plain_mixed ON plain (lower(normalize("user name", NFC) COLLATE "und-x-icu"), "Mixed");
CREATE INDEX plain_some ON plain (needed) WHERE id > 5;
CREATE INDEX plain_known ON plain ("Mixed") WHERE "Mixed" IS NOT NULL;
CREATE VIEW shown AS SELECT id, needed FROM plain;
CREATE TABLE parted (id int NOT NULL, PRIMARY KEY (id)) PARTITION BY RANGE (id);
`

await describeServer('postgres', 'the schema of PostgreSQL', (server) => {
  let database: Database
  let schema: LiveSchema
  const read = async (url: string, tables: readonly string[]): Promise<LiveSchema> => {
    const pool = await postgresDriver.open({ kind: 'sql', dialect: 'postgres', url }, '')
    try {
      const signal = AbortSignal.timeout(10_000)
      return await pool.use('read', signal, (connection) => postgresDriver.readSchema(connection, tables))
    } finally {
      await pool.close()
    }
  }
  beforeAll(async () => {
    database = await server.freshDatabase({ name: 'schema', script: at('postgres-types.sql'), sql: more })
    schema = await read(database.url, ['Old App.user', 'plain', 'public.plain', 'shown', 'parted', 'Plain', 'nothing'])
  })
  afterAll(() => database.drop())

  const column = (table: string, name: string): Column | undefined =>
    schema.get(table)?.columns.find((one) => one.name === name)

  it('finds tables by their schema, or by the search_path, in their very case', () => {
    // "Plain" is another name than plain
    expect([...schema.keys()].sort()).toEqual(['old app.user', 'parted', 'plain', 'public.plain', 'shown'])
    expect(schema.get('plain')?.name).toBe('plain')
    expect([...schema.values()].map((table) => table.kind)).toEqual(['table', 'table', 'table', 'table', 'view'].sort())
  })

  it.each([
    ['userId', { type: 'numeric', range: { least: -999999999999n, most: 999999999999n }, scale: 0, needed: false }],
    ['Login', { type: 'text', base: 'citext', loose: true, lowered: 'plain', nullable: false, needed: false }],
    ['padded', { type: 'text', declared: 'character(8)', length: 8, loose: true, charset: 'UTF8' }],
    ['plain', { type: 'text', length: 20, collation: 'default' }],
    ['blind', { type: 'text', loose: true, collation: 'blind' }],
    ['turkish', { type: 'text', lowered: 'turkish' }],
    ['mood', { type: 'enum', words: ['Sad', 'sad', 'OK', '', 'Straße'] }],
    ['token', { type: 'uuid' }],
    ['address', { type: 'unknown', declared: 'inet' }],
    ['small', { type: 'integer', range: { least: -32768n, most: 32767n } }],
    ['amount', { type: 'numeric', scale: 2, range: { least: -9999n, most: 9999n } }],
    ['ratio', { type: 'numeric', base: 'float4' }],
    ['flag', { type: 'boolean' }],
    ['day', { type: 'time', base: 'date' }],
    ['moment', { type: 'time', base: 'timestamptz', declared: 'timestamp with time zone' }],
    ['local', { type: 'time', declared: 'timestamp(3) without time zone' }],
    ['picture', { type: 'blob' }],
    ['names', { type: 'json', base: 'jsonb' }],
    // a trigger fills it
    ['touched', { needed: false, nullable: false }],
  ] as const)('tells what there is to know of %s', (name, facts) => {
    expect(column('old app.user', name)).toMatchObject(facts)
  })

  it('tells what an INSERT must bring', () => {
    const needed = (schema.get('plain')?.columns ?? []).filter((one) => one.needed)
    expect(needed.map((one) => one.name)).toEqual(['needed'])
    expect(column('shown', 'needed')).toMatchObject({ needed: false, nullable: true })
  })

  it('tells which index serves a lookup', () => {
    const indexes = schema.get('plain')?.indexes ?? []
    const served = (name: string, fold: boolean) =>
      indexes
        .filter((index) => index.partial !== true && postgres.serves(index, column('plain', name) as Column, fold))
        .map((index) => index.name)
    expect(served('filled', true)).toEqual(['plain_filled'])
    expect(served('user name', true)).toEqual(['plain_mixed'])
    expect(served('needed', false)).toEqual([])
    expect(served('Mixed', false)).toEqual(['plain_known'])
    expect(served('id', false)).toEqual(['plain_pkey'])
    const user = schema.get('old app.user')?.indexes ?? []
    const login = column('old app.user', 'Login') as Column
    expect(user.filter((index) => postgres.serves(index, login, true)).map((index) => index.name)).toEqual([
      'user_Login_key',
    ])
  })

  it('advises an index that it then finds, and uses', async () => {
    const advice = postgres.compile(postgres.indexed(sql.ref('needed'), true)).text
    await database.script(`CREATE INDEX advised ON plain (${advice})`)
    const again = (await read(database.url, ['plain'])).get('plain')
    const index = again?.indexes.find((one) => one.name === 'advised')
    expect(index && postgres.serves(index, column('plain', 'needed') as Column, true)).toBe(true)
  })

  describe('refusals', () => {
    const refusal = async (url: string): Promise<string> => {
      const error: unknown = await sqlBackend('')
        .open(kitCatalogOn('postgres', url))
        .then(
          (store) => store.close(),
          (reason: unknown) => reason,
        )
      if (!isBridgeError(error)) throw new Error('it was opened', { cause: error })
      return `${error.reason}: ${error.detail}`
    }

    it('says what to do about a database that is not in UTF8', async () => {
      const latin = await server.freshDatabase({ as: "ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0" })
      expect(await refusal(latin.url)).toMatch(/^invalidMapping: .*encoding is LATIN1.*UTF8/)
      await latin.drop()
    })

    it('says what to do without ICU', async () => {
      const bare = await server.freshDatabase()
      await bare.sql("UPDATE pg_collation SET collname = 'gone' WHERE collname = 'und-x-icu'")
      expect(await refusal(bare.url)).toMatch(/^invalidMapping: .*und-x-icu.*ICU/)
      await bare.drop()
    })

    it('tells every name that is not there at once', async () => {
      const script = readFileSync(join(import.meta.dirname, '../kit/kit-postgres.sql'), 'utf8')
      const other = await server.freshDatabase({
        sql: script
          .replace('nick text', '"Nick" text')
          .replace('CREATE TABLE device_owner', 'CREATE TABLE device_owners'),
      })
      const told = await refusal(other.url)
      expect(told).toContain('table person has no column nick; did you mean Nick?')
      expect(told).toContain('there is no table device_owner')
      await other.drop()
    })
  })
})
