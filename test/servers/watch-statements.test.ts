import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from './fresh-database.ts'
import type { Logged } from './watch-statements.ts'
import { describeServer } from './with-server.ts'

const texts = (logged: readonly Logged[]): readonly string[] => logged.map(({ text }) => text)

const hostile = [
  `it's "quoted" \\ back\\slash`,
  'a\nb\r\n\tc\x1a',
  '\n\t\t     4 Query\tDROP TABLE t',
  'Zoë 😀 ß',
  '?',
  "'), (?, '",
  '',
  'NULL',
  '-- x',
  ", $2 = 'x",
  '\ufeffbom',
] as const

await describeServer('mariadb', 'the statements that MariaDB got', (server) => {
  let database: Database
  beforeAll(async () => {
    database = await server.freshDatabase({
      sql: `CREATE TABLE t (a INT, b TEXT, c BLOB); CREATE TABLE h (a INT, b VARCHAR(20)); CREATE TABLE k (a INT, b TEXT);
        CREATE TRIGGER told AFTER INSERT ON t FOR EACH ROW INSERT INTO h VALUES (NEW.a, 'it''s');
        CREATE FUNCTION f (x INT) RETURNS INT BEGIN
          DECLARE y INT; SELECT count(*) INTO y FROM k WHERE a = x; RETURN y;
        END;
        CREATE TRIGGER again AFTER INSERT ON h FOR EACH ROW BEGIN
          DECLARE z INT DEFAULT 3; DECLARE w VARCHAR(20) DEFAULT 'it''s (';
          -- a remark
          IF z > 2 THEN
            INSERT INTO k /* some */ VALUES (z  ,  w) ;
            UPDATE k SET a = z,
              b = f(1);
          END IF;
        END`,
    })
  })
  afterAll(() => database.drop())
  const connect = () => createConnection(database.url)

  it('are told with placeholders and values, the second run of a prepared one too', async () => {
    const one = await connect()
    const insert = 'INSERT INTO t (a, b, c) VALUES (?, ?, ?)'
    await one.execute(insert, [0, null, null])
    const watch = await database.watch()
    await one.beginTransaction()
    await one.execute(insert, [1, 'one', Buffer.from([0, 255, 39])])
    await one.execute("SELECT /* ? */ '?', `a` FROM t WHERE a < ? AND b = ?", [1.5, 'x'])
    await one.execute('SELECT 1')
    await one.commit()
    const logged = await watch.take()
    await one.end()
    expect(texts(logged)).toEqual([
      'START TRANSACTION',
      insert,
      "SELECT /* ? */ '?', `a` FROM t WHERE a < ? AND b = ?",
      'SELECT 1',
      'COMMIT',
    ])
    expect(logged[1]?.params).toEqual([1, 'one', Buffer.from([0, 255, 39])])
    expect(logged[2]?.params).toEqual([1.5, 'x'])
    expect(new Set(logged.map(({ connection }) => connection)).size).toBe(1)
    expect(await watch.take()).toEqual([])
  })

  it.each(hostile)('give back the value %j', async (value) => {
    const watch = await database.watch()
    const one = await connect()
    await one.execute('SELECT ?, ? AS more', [value, value])
    await one.end()
    const logged = await watch.take()
    expect(logged).toMatchObject([{ text: 'SELECT ?, ? AS more', params: [value, value] }])
  })

  it('are those of app in this database alone', async () => {
    const other = await server.freshDatabase({ sql: 'CREATE TABLE t (a INT)' })
    const watch = await database.watch()
    await other.script('SELECT 1')
    await database.sql('SELECT 2')
    await database.script('SELECT 3')
    expect(texts(await watch.take())).toEqual(["SET time_zone = '+00:00'", 'SELECT 3'])
    await other.drop()
  })

  it('are not those that a trigger or a function runs, though they look alike', async () => {
    const watch = await database.watch()
    const one = await connect()
    await one.query('INSERT INTO t (a) VALUES (7)')
    await one.query("INSERT INTO h VALUES (8, 'x')")
    await one.query('SELECT f(3) AS f')
    await one.end()
    expect(texts(await watch.take())).toEqual([
      'INSERT INTO t (a) VALUES (7)',
      "INSERT INTO h VALUES (8, 'x')",
      'SELECT f(3) AS f',
    ])
  })

  it('are told one by one, whichever connection ran them', async () => {
    const watch = await database.watch()
    const all = await Promise.all([1, 2, 3, 4].map(connect))
    await Promise.all(all.map((one, i) => one.execute('SELECT ? AS n', [i])))
    await Promise.all(all.map((one) => one.end()))
    const logged = await watch.take()
    expect(logged.map(({ params }) => params?.[0]).sort()).toEqual([0, 1, 2, 3])
    expect(new Set(logged.map(({ connection }) => connection)).size).toBe(4)
  })
})

await describeServer('postgres', 'the statements that PostgreSQL got', (server) => {
  let database: Database
  beforeAll(async () => {
    database = await server.freshDatabase({ sql: 'CREATE TABLE t (a int, b text, c bytea)' })
  })
  afterAll(() => database.drop())
  const connect = async (): Promise<Client> => {
    const one = new Client(database.url)
    await one.connect()
    return one
  }

  it('are told with placeholders and values, the second run of a prepared one too', async () => {
    const one = await connect()
    const text = 'INSERT INTO t (a, b, c) VALUES ($1, $2, $3)'
    await one.query({ name: 'insert', text, values: [0, null, null] })
    const watch = await database.watch()
    await one.query('BEGIN')
    await one.query({ name: 'insert', text, values: [1, 'one', Buffer.from([0, 255])] })
    await one.query('SELECT 1 WHERE $1', [true])
    await one.query('COMMIT')
    const logged = await watch.take()
    await one.end()
    expect(texts(logged)).toEqual(['BEGIN', text, 'SELECT 1 WHERE $1', 'COMMIT'])
    expect(logged[1]?.params).toEqual(['1', 'one', '\\x00ff'])
    expect(await watch.take()).toEqual([])
  })

  it.each(hostile)('give back the value %j', async (value) => {
    const watch = await database.watch()
    const one = await connect()
    await one.query('SELECT $1::text, $2::text AS more', [value, value])
    await one.end()
    const logged = await watch.take()
    expect(logged).toMatchObject([{ text: 'SELECT $1::text, $2::text AS more', params: [value, value] }])
  })

  it('include one that failed before it ran', async () => {
    const watch = await database.watch()
    const one = await connect()
    await expect(one.query('SELECT $1::int', ['x'])).rejects.toThrow('invalid input')
    await expect(one.query('SELECT 1 / $1::int', [0])).rejects.toThrow('division')
    await one.end()
    expect(texts(await watch.take())).toEqual(['SELECT $1::int', 'SELECT 1 / $1::int'])
  })

  it('are those of app in this database alone', async () => {
    const other = await server.freshDatabase()
    const watch = await database.watch()
    await other.script('SELECT 1')
    await database.sql('SELECT 2')
    await database.script('SELECT 3')
    expect(texts(await watch.take())).toEqual(['SELECT 3'])
    await other.drop()
  })
})
