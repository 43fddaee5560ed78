import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import type { Pool } from '../../src/backends/sql/connection.ts'
import { mysql } from '../../src/backends/sql/dialects/mysql.ts'
import { mysqlDriver } from '../../src/backends/sql/drivers/mysql.ts'
import type { Expression } from '../../src/backends/sql/expression.ts'
import type { Result } from '../../src/backends/sql/program.ts'
import type { Database } from '../servers/fresh-database.ts'
import { describeServer, ownServer } from '../servers/with-server.ts'

const signal = new AbortController().signal
const open = (url: string, more: object = {}): Promise<Pool> =>
  mysqlDriver.open({ kind: 'sql', dialect: 'mariadb', url, ...more }, import.meta.dirname)

async function ask(pool: Pool, expression: Expression): Promise<Result> {
  return pool.use('write', signal, (connection) => connection.execute(mysql.compile(expression), signal))
}

/** What a connection comes to: the words of the refusal, or none. */
async function refusal(url: string, more: object = {}): Promise<unknown> {
  const pool = await open(url, more)
  try {
    await ask(pool, sql`SELECT 1`)
    return undefined
  } catch (error) {
    return error
  } finally {
    await pool.close()
  }
}

await describeServer('mariadb', 'the driver of MariaDB', (server) => {
  let database: Database
  let pool: Pool
  beforeAll(async () => {
    database = await server.freshDatabase({
      name: 'driver',
      sql: `CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, big BIGINT UNSIGNED, small TINYINT, flag BIT(1), money DECIMAL(10,2),
        day DATE, moment DATETIME(3), fine DATETIME(6), raw VARBINARY(8), text VARCHAR(5) CHARACTER SET utf8mb4, old VARCHAR(9) CHARACTER SET latin1,
        word ENUM('a','b'), must INT NOT NULL DEFAULT 1, one INT, UNIQUE KEY uq_one (one), CHECK (small < 100)) ENGINE = InnoDB`,
    })
    pool = await open(database.url)
  })
  afterAll(async () => {
    await pool.close()
    await database.drop()
  })

  it('carries values there and back in the forms of the bridge', async () => {
    const bytes = Uint8Array.of(0, 255, 39)
    const made = await ask(
      pool,
      sql`INSERT INTO t (big, small, flag, money, day, moment, fine, raw, text) VALUES (${18446744073709551615n}, ${-3}, ${true}, ${'1.50'}, ${'0000-00-00'}, ${'2024-02-29 00:00:00.000'}, ${'2024-02-29 23:59:59.120000'}, ${bytes}, ${"'\\😀"})`,
    )
    expect(made).toMatchObject({ changes: 1, insertId: 1 })
    const { rows } = await ask(
      pool,
      sql`SELECT big, small, flag, money, day, moment, fine, raw, text, one FROM t WHERE id = ${1}`,
    )
    const shown = [
      18446744073709551615n,
      -3,
      1,
      '1.50',
      '0000-00-00',
      '2024-02-29 00:00:00',
      '2024-02-29 23:59:59.12',
      bytes,
      "'\\😀",
      null,
    ]
    expect(rows).toEqual([shown])
  })

  it('sets what a session depends on', async () => {
    const { rows } = await ask(
      pool,
      sql`SELECT @@time_zone, @@sql_mode, @@character_set_client, @@character_set_results, @@innodb_lock_wait_timeout, @@max_statement_time`,
    )
    expect(rows).toEqual([['+00:00', 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', 'utf8mb4', 'utf8mb4', 5, 15]])
  })

  it('refuses what has no native form', async () => {
    await expect(ask(pool, sql`SELECT ${{ a: 1 }}`)).rejects.toThrow(TypeError)
  })

  it.each([
    [
      'a duplicate',
      sql`INSERT INTO t (one) VALUES (1), (1)`,
      { reason: 'conflict', why: 'unique', constraint: 'uq_one' },
    ],
    ['nothing', sql`UPDATE t SET must = NULL`, { reason: 'constraint', why: 'notNull', columns: ['must'] }],
    ['a rule', sql`INSERT INTO t (small) VALUES (100)`, { reason: 'constraint', why: 'check' }],
    ['too long', sql`INSERT INTO t (text) VALUES ('123456')`, { reason: 'invalidValue', columns: ['text'] }],
    ['beyond', sql`INSERT INTO t (small) VALUES (1000)`, { reason: 'invalidValue', columns: ['small'] }],
    ['another charset', sql`INSERT INTO t (old) VALUES (${'ł'})`, { reason: 'invalidValue', columns: ['old'] }],
    ['no word', sql`INSERT INTO t (word) VALUES ('c')`, { reason: 'invalidValue', columns: ['word'] }],
    ['no date', sql`INSERT INTO t (day) VALUES ('soon')`, { reason: 'invalidValue', columns: ['day'] }],
    ['no statement', sql`SELEKT`, { reason: 'internal', repeat: undefined }],
  ])('tells what the server refuses: %s', async (_, expression, failure) => {
    const error = await ask(pool, expression).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(mysql.failure(error)).toMatchObject(failure)
  })

  describe('encryption', () => {
    const named = (host: string): string => database.url.replace('127.0.0.1', host)
    const tls = { ca: server.caFile }

    it.each(['127.0.0.1', 'localhost'])('is verified for %s', async (host) => {
      expect(await refusal(named(host), { tls })).toBeUndefined()
    })
    it('is refused for a name that the certificate has not', async () => {
      const refused = { reason: 'unavailable', detail: 'the certificate of the database server cannot be verified' }
      expect(await refusal(named('127.0.0.1'), { tls: { ...tls, servername: 'other.example' } })).toMatchObject(refused)
      expect(await refusal(named('127.0.0.1'), { tls: { ...tls, servername: '127.0.0.2' } })).toMatchObject(refused)
    })
    it('is refused when a stranger has signed the certificate', async () => {
      const strange = { tls: { ca: server.certificates.strangerCaFile } }
      expect(await refusal(database.url, strange)).toMatchObject({ reason: 'unavailable' })
      expect(await refusal(database.url, { tls: {} })).toMatchObject({ reason: 'unavailable' })
    })
  })

  it('says at once who is refused, and shows no password', async () => {
    const wrong = await refusal(database.url.replace('app:app', 'app:s3cret'))
    expect(wrong).toMatchObject({ reason: 'unavailable', detail: 'the database refuses this user or password' })
    expect(String(wrong)).not.toContain('s3cret')
    const started = Date.now()
    const nobody = database.url.replace(`:${server.port}/`, ':1/')
    expect(await refusal(nobody)).toMatchObject({ reason: 'unavailable' })
    expect(Date.now() - started).toBeLessThan(2_000)
  })

  it('does not take the certificate of another host', async () => {
    const other = await ownServer('mariadb', { certificate: 'wrongName' })
    if ('missing' in other) throw new Error(other.missing)
    try {
      const there = await other.freshDatabase()
      expect(await refusal(there.url, { tls: { ca: other.caFile } })).toMatchObject({ reason: 'unavailable' })
    } finally {
      await other.end()
    }
  })

  it('gives a frozen server up within the time for a connection', async () => {
    const other = await ownServer('mariadb')
    if ('missing' in other) throw new Error(other.missing)
    try {
      const { url } = await other.freshDatabase()
      other.pause()
      const started = Date.now()
      expect(await refusal(url, { timeouts: { connect: 500 } })).toMatchObject({ reason: 'unavailable' })
      expect(Date.now() - started).toBeLessThan(3_000)
    } finally {
      other.resume()
      await other.end()
    }
  })
})
