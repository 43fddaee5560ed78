import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBridgeError } from '../../src/base/errors.ts'
import type { Connection, Pool } from '../../src/backends/sql/connection.ts'
import { offlineDatabase } from '../../src/backends/sql/database.ts'
import { postgres } from '../../src/backends/sql/dialects/postgres.ts'
import { postgresDriver } from '../../src/backends/sql/drivers/postgres.ts'
import { bridgeError } from '../../src/backends/sql/errors.ts'
import { run } from '../../src/backends/sql/run.ts'
import { ping } from '../../src/backends/sql/statement.ts'
import { kitCatalogOn } from '../kit/kit.ts'
import type { Database } from '../servers/fresh-database.ts'
import { describeServer, ownServer } from '../servers/with-server.ts'

const never = new AbortController().signal
type Words = Readonly<Record<string, unknown>>

const openPool = (url: string, words: Words = {}): Promise<Pool> =>
  postgresDriver.open({ kind: 'sql', dialect: 'postgres', url, ...words }, import.meta.dirname)
const ask = async (connection: Connection, text: string, params: readonly unknown[] = []) =>
  (await connection.execute({ text, params }, never)).rows
const once = (pool: Pool, text: string, params: readonly unknown[] = []) =>
  pool.use('write', never, (connection) => ask(connection, text, params))
const failed = async (work: Promise<unknown>): Promise<unknown> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error, 'it should have failed').toBeDefined()
  return error
}
const reasonOf = (error: unknown) => (isBridgeError(error) ? error : bridgeError(offline, error)).reason
const offline = offlineDatabase(postgres, kitCatalogOn('postgres', 'postgres://u@localhost/d'))
const until = async (is: () => Promise<boolean>): Promise<void> => {
  for (let i = 0; i < 200; i++) {
    if (await is()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('it never became true')
}

await describeServer('postgres', 'the PostgreSQL driver', (server) => {
  let database: Database
  let pool: Pool
  beforeAll(async () => {
    database = await server.freshDatabase({ name: 'driver', sql: 'CREATE TABLE t (id int PRIMARY KEY, v text)' })
    pool = await openPool(database.url)
  })
  afterAll(async () => {
    await pool.close()
    await database.drop()
  })

  describe('values', () => {
    it.each([
      ['true', true],
      ["'12'::smallint", 12],
      ['9007199254740991', 9007199254740991],
      ['9007199254740993', 9007199254740993n],
      ['-9223372036854775808', -9223372036854775808n],
      ['1.50::numeric', '1.5'],
      ['100::numeric(5,2)', 100],
      ['12345678901234567890::numeric', 12345678901234567890n],
      ["'NaN'::numeric", 'NaN'],
      ['0.1::float8', 0.1],
      ['0.1::float4', 0.1],
      ["'infinity'::float8", 'Infinity'],
      ["'ab'::char(5)", 'ab'],
      ["'a '::text", 'a '],
      ["'2020-02-29'::date", '2020-02-29'],
      ["'infinity'::date", 'infinity'],
      ["'0001-02-03 BC'::date", '0000-02-03'],
      ["'2020-01-01 10:00:00.5'::timestamp", '2020-01-01 10:00:00.5'],
      ["'2020-01-01 10:00:00.123456+05:30'::timestamptz", '2020-01-01T04:30:00.123456Z'],
      ["'-infinity'::timestamptz", '-infinity'],
      ["'\\x00ff'::bytea", new Uint8Array([0, 255])],
      ['\'{"a": 1}\'::jsonb', '{"a": 1}'],
      ["'0B5C7D4E-1A2F-4C3B-8D9E-000000000001'::uuid", '0b5c7d4e-1a2f-4c3b-8d9e-000000000001'],
      ["ARRAY['a']", '{a}'],
      ['NULL::int', null],
      ['count(*)', 1],
    ])('reads %s', async (expression, expected) => {
      expect(await once(pool, `SELECT ${expression}`)).toEqual([[expected]])
    })

    it.each([
      ['int8', 9007199254740993n],
      ['numeric', 5],
      ['float8', 0.1],
      ['bool', false],
      ['bytea', new Uint8Array([0, 1, 255])],
      ['text', "'; DROP TABLE t; --\n\\ 😀"],
      ['timestamptz', '2020-01-01T00:00:00Z'],
      ['int4', null],
    ])('goes as %s and comes back', async (type, value) => {
      expect(await once(pool, `SELECT CAST($1 AS ${type})`, [value])).toEqual([[value]])
    })

    it('takes no object', async () => {
      await expect(once(pool, 'SELECT CAST($1 AS text)', [{ a: 1 }])).rejects.toThrow('native form')
    })

    it('counts the rows that a statement found', async () => {
      await once(pool, "INSERT INTO t VALUES (1, 'a'), (2, 'a') ON CONFLICT DO NOTHING")
      const changes = await pool.use('write', never, (one) =>
        one.execute({ text: 'UPDATE t SET v = $1', params: ['a'] }, never),
      )
      expect(changes.changes).toBe(2)
    })
  })

  it('makes a session of its own, whatever the server and the account prefer', async () => {
    await database.sql(`ALTER DATABASE ${database.name} SET DateStyle = 'SQL, DMY'`)
    await database.sql(`ALTER DATABASE ${database.name} SET TimeZone = 'Asia/Tokyo'`)
    const other = await openPool(database.url, { timeouts: { statement: 4_000, lock: 700 } })
    const names = ['TimeZone', 'DateStyle', 'client_encoding', 'statement_timeout', 'lock_timeout', 'application_name']
    const shown = names.map((name) => `current_setting('${name}')`).join(', ')
    expect(await once(other, `SELECT ${shown}`)).toEqual([['UTC', 'ISO, MDY', 'UTF8', '4s', '700ms', 'scim-bridge']])
    await other.close()
  })

  describe('a statement that takes too long', () => {
    const sleepers = async (): Promise<number> =>
      Number(
        (
          await database.sql(
            "SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep(%'",
          )
        )[0]?.['n'],
      )

    it('is stopped on the server when the caller gives up', async () => {
      const gone = new AbortController()
      const error = failed(
        pool.use('read', gone.signal, (one) => one.execute({ text: 'SELECT pg_sleep(30)', params: [] }, gone.signal)),
      )
      await until(async () => (await sleepers()) === 1)
      gone.abort()
      expect(reasonOf(await error)).toBe('timeout')
      await until(async () => (await sleepers()) === 0)
      expect(await once(pool, 'SELECT 1')).toEqual([[1]])
    })

    it('is stopped over TLS as well', async () => {
      const other = await openPool(database.url, { tls: { ca: server.caFile } })
      const gone = new AbortController()
      const error = failed(
        other.use('read', gone.signal, (one) => one.execute({ text: 'SELECT pg_sleep(31)', params: [] }, gone.signal)),
      )
      await until(async () => (await sleepers()) === 1)
      gone.abort()
      await error
      await until(async () => (await sleepers()) === 0)
      await other.close()
    })

    it('is stopped when its own time is over', async () => {
      const other = await openPool(database.url, { timeouts: { statement: 300 } })
      const start = performance.now()
      expect(reasonOf(await failed(once(other, 'SELECT pg_sleep(30)')))).toBe('timeout')
      expect(performance.now() - start).toBeLessThan(3_000)
      await until(async () => (await sleepers()) === 0)
      expect(await once(other, 'SELECT 1')).toEqual([[1]])
      await other.close()
    })

    it('does not wait for a lock for ever', async () => {
      const other = await openPool(database.url, { timeouts: { lock: 200 } })
      await once(other, "INSERT INTO t VALUES (7, 'a')")
      await pool.use('write', never, async (holder) => {
        await ask(holder, 'BEGIN')
        await ask(holder, 'SELECT id FROM t WHERE id = 7 FOR UPDATE')
        expect(reasonOf(await failed(once(other, "UPDATE t SET v = 'b' WHERE id = 7")))).toBe('busy')
        await ask(holder, "SELECT CASE WHEN pg_advisory_xact_lock(hashtextextended('x', 0)) IS NULL THEN 0 ELSE 1 END")
        expect(reasonOf(await failed(once(other, "SELECT pg_advisory_xact_lock(hashtextextended('x', 0))")))).toBe(
          'busy',
        )
        await ask(holder, 'ROLLBACK')
      })
      await other.close()
    })
  })

  it('says what can be repeated: a deadlock is undone as a whole', async () => {
    await once(pool, "INSERT INTO t VALUES (11, 'a'), (12, 'a')")
    const both = await Promise.allSettled(
      [
        [11, 12],
        [12, 11],
      ].map((order) =>
        pool.use('write', never, async (one) => {
          await ask(one, 'BEGIN')
          try {
            await ask(one, 'UPDATE t SET v = $1 WHERE id = $2', ['b', order[0]])
            await new Promise((resolve) => setTimeout(resolve, 200))
            await ask(one, 'UPDATE t SET v = $1 WHERE id = $2', ['b', order[1]])
            await ask(one, 'COMMIT')
          } catch (error) {
            await ask(one, 'ROLLBACK')
            throw error
          }
        }),
      ),
    )
    const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
    expect(refused.map((error) => postgres.failure(error)?.repeat)).toEqual(['transaction'])
  })

  it('asks again over a new connection when a table was altered under a prepared statement', async () => {
    await once(pool, 'CREATE TABLE altered (a int)')
    for (let i = 0; i < 4; i++) await once(pool, 'SELECT * FROM altered')
    await database.script('ALTER TABLE altered ADD COLUMN b text')
    const error = await failed(once(pool, 'SELECT * FROM altered'))
    expect(postgres.failure(error)).toMatchObject({ reason: 'busy', repeat: 'connection' })
    expect(await once(pool, 'SELECT count(*) FROM altered')).toEqual([[0]])
    expect(await once(pool, 'SELECT * FROM altered')).toEqual([])
  })

  it('prepares what comes again, and bounds how much', async () => {
    const small = await openPool(database.url, { pool: { size: 1 } })
    const prepared = 'SELECT count(*) FROM pg_prepared_statements'
    const pid = async () => (await once(small, 'SELECT pg_backend_pid()'))[0]?.[0]
    const first = await pid()
    await once(small, 'SELECT 1')
    const before = Number((await once(small, prepared))[0]?.[0])
    for (let i = 0; i < 3; i++) await once(small, 'SELECT 1')
    expect(Number((await once(small, prepared))[0]?.[0])).toBeGreaterThan(before)
    for (let i = 0; i < 500; i++) for (let twice = 0; twice < 2; twice++) await once(small, `SELECT ${i}`)
    expect(Number((await once(small, prepared))[0]?.[0])).toBeLessThan(202)
    expect(await pid()).not.toBe(first)
    await small.close()
  })

  describe('TLS', () => {
    const elsewhere = (url: string, host: string) => url.replace('@127.0.0.1:', `@${host}:`)
    const isTls = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'

    it.each(['127.0.0.1', 'localhost'])('verifies the certificate for %s', async (host) => {
      const secured = await openPool(elsewhere(database.url, host), { tls: { ca: server.caFile } })
      expect(await once(secured, isTls)).toEqual([[true]])
      await secured.close()
    })

    it('takes another name for the certificate', async () => {
      const words = { tls: { ca: server.caFile, servername: 'localhost' } }
      const secured = await openPool(elsewhere(database.url, '127.1'), words)
      expect(await once(secured, isTls)).toEqual([[true]])
      await secured.close()
    })

    it.each([
      ['an authority that nobody named', 'localhost', {}],
      ['an authority that is another', 'localhost', { ca: server.certificates.strangerCaFile }],
      ['a host that is not in the certificate', '127.1', { ca: server.caFile }],
      ['another name that is not in it', 'localhost', { ca: server.caFile, servername: 'db.example.org' }],
    ])('refuses %s', async (_, host, tls) => {
      const secured = await openPool(elsewhere(database.url, host), { tls })
      expect(reasonOf(await failed(once(secured, 'SELECT 1')))).toBe('unavailable')
      await secured.close()
    })

    it('refuses a server with the certificate of another', async () => {
      const own = await ownServer('postgres', { certificate: 'wrongName' })
      if ('missing' in own) throw new Error(own.missing)
      const theirs = await own.freshDatabase()
      const secured = await openPool(theirs.url, { tls: { ca: own.caFile } })
      expect(reasonOf(await failed(once(secured, 'SELECT 1')))).toBe('unavailable')
      await secured.close()
      await theirs.drop()
      await own.end()
    }, 30_000)

    it('is the default to another machine', async () => {
      // a name that is not known to be this machine's
      const asked = await fakeServer((socket) => socket.once('data', () => socket.write('N')))
      const far = await openPool(`postgres://u:p@127.1:${asked.port}/d`, { timeouts: { connect: 2_000 } })
      expect(reasonOf(await failed(once(far, 'SELECT 1')))).toBe('unavailable')
      await far.close()
      asked.close()
    })
  })

  describe('a server that is not there', () => {
    const bounded = async (url: string, words: Words = {}): Promise<number> => {
      const there = await openPool(url, { timeouts: { connect: 400 }, ...words })
      const start = performance.now()
      const signal = AbortSignal.timeout(10_000)
      const stuck = run({ database: offline, pool: there }, 'read', () => ping(offline), { signal })
      expect(reasonOf(await failed(stuck))).toBe('unavailable')
      const took = performance.now() - start
      await there.close()
      return took
    }

    it('is told at once when it refuses', async () => {
      const asked = await fakeServer(() => undefined)
      asked.close()
      expect(await bounded(`postgres://u:p@127.0.0.1:${asked.port}/d`)).toBeLessThan(300)
    })

    it.each([
      ['accepts and says nothing', {}, () => undefined],
      ['says nothing to a handshake', { tls: {} }, (socket: Socket) => socket.once('data', () => socket.write('S'))],
      [
        'asks for the password and says nothing more',
        {},
        (socket: Socket) => socket.once('data', () => socket.write(Buffer.from([82, 0, 0, 0, 8, 0, 0, 0, 3]))),
      ],
    ])('is given up when it %s', async (_, words, behave) => {
      const asked = await fakeServer(behave)
      // twice: a broken connection is worth a second one
      expect(await bounded(`postgres://u:p@127.0.0.1:${asked.port}/d`, words)).toBeLessThan(2_000)
      asked.close()
    })

    it('is found again by itself', async () => {
      const own = await ownServer('postgres')
      if ('missing' in own) throw new Error(own.missing)
      const theirs = await own.freshDatabase()
      const there = await openPool(theirs.url)
      const ask = () =>
        run({ database: offline, pool: there }, 'read', () => ping(offline), { signal: AbortSignal.timeout(5_000) })
      await Promise.all([ask(), ask(), ask()])
      await own.kill()
      expect(reasonOf(await failed(ask()))).toBe('unavailable')
      await own.start()
      await ask()
      await own.stop()
      expect(reasonOf(await failed(ask()))).toBe('unavailable')
      await own.start()
      await ask()
      await there.close()
      await own.end()
    }, 60_000)

    it('is unavailable, not forbidden, when it knows the account no more', async () => {
      for (const url of [database.url.replace('app:app@', 'app:other@'), `${database.url}x`])
        expect(await bounded(url)).toBeLessThan(1_000)
    })

    it('does not ask the environment for what the URL does not say', async () => {
      process.env['PGPASSWORD'] = 'app'
      try {
        expect(await bounded(database.url.replace('app:app@', 'app@'))).toBeLessThan(1_000)
      } finally {
        delete process.env['PGPASSWORD']
      }
    })
  })
})

async function fakeServer(behave: (socket: Socket) => unknown): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined))
    behave(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
