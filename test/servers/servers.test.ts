import { readFileSync } from 'node:fs'
import { createConnection } from 'mysql2/promise'
import type { RowDataPacket } from 'mysql2/promise'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from './fresh-database.ts'
import type { Server } from './with-server.ts'
import { describeServer } from './with-server.ts'

interface Presented {
  readonly host?: string
  readonly ca?: string
}

const tables = {
  mariadb: `CREATE TABLE person (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL, born DATETIME);
    CREATE TABLE history (what VARCHAR(40));
    CREATE TRIGGER told AFTER INSERT ON person FOR EACH ROW BEGIN
      INSERT INTO history VALUES (NEW.name); INSERT INTO history VALUES ('again');
    END;
    INSERT INTO person VALUES (1, 'Zoë 😀; x', '2001-02-03 04:05:06')`,
  postgres: `CREATE TABLE person (id int PRIMARY KEY, name varchar(40) NOT NULL, born timestamptz);
    CREATE TABLE history (what varchar(40));
    CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO history VALUES (NEW.name); INSERT INTO history VALUES ('again'); RETURN NEW;
    END $$;
    CREATE TRIGGER told AFTER INSERT ON person FOR EACH ROW EXECUTE FUNCTION tell();
    INSERT INTO person VALUES (1, 'Zoë 😀; x', '2001-02-03 04:05:06Z')`,
} as const

/** Whether the connection is encrypted, once the client has checked the certificate. */
const encrypted = {
  async mariadb({ host, port, app }: Server, { host: as = host, ca }: Presented) {
    const tls = ca === undefined ? {} : { ssl: { ca: readFileSync(ca), verifyIdentity: true } }
    const connection = await createConnection({ host: as, port, ...app, ...tls })
    const [rows] = await connection
      .query<RowDataPacket[]>("SHOW STATUS LIKE 'Ssl_cipher'")
      .finally(() => connection.end())
    return rows[0]?.['Value'] !== ''
  },
  async postgres({ host, port, app }: Server, { host: as = host, ca }: Presented) {
    const tls = ca === undefined ? {} : { ssl: { ca: readFileSync(ca) } }
    const client = new Client({ host: as, port, ...app, database: 'postgres', ...tls })
    await client.connect()
    const ask = client.query<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
    return (await ask.finally(() => client.end())).rows[0]?.ssl
  },
} as const

for (const kind of ['mariadb', 'postgres'] as const) {
  await describeServer(kind, kind, (server) => {
    describe('a fresh database', () => {
      let database: Database
      beforeAll(async () => {
        database = await server.freshDatabase({ sql: tables[kind] })
      })
      afterAll(() => database.drop())

      it('holds what the script made, its trigger included', async () => {
        expect(await database.sql('SELECT id, name FROM person')).toEqual([{ id: 1, name: 'Zoë 😀; x' }])
        expect(await database.sql('SELECT what FROM history')).toEqual([{ what: 'Zoë 😀; x' }, { what: 'again' }])
      })

      it('is read in UTC', async () => {
        const [row] = await database.sql<{ born: string }>('SELECT born FROM person')
        expect(row?.born).toMatch(/^2001-02-03 04:05:06/)
      })

      it('belongs to app, who sees no other', async () => {
        const other = await server.freshDatabase()
        const app = database.client('app')
        expect(await app.sql('SELECT 1 AS one FROM person')).toEqual([{ one: 1 }])
        if (kind === 'mariadb') {
          const stranger = { host: server.host, port: server.port, ...server.app, database: 'mysql' }
          await expect(createConnection(stranger)).rejects.toThrow('denied')
        }
        await app.close()
        await other.drop()
        expect(other.name).not.toBe(database.name)
      })

      it('is gone once dropped', async () => {
        const other = await server.freshDatabase()
        await other.drop()
        await expect(other.client().sql('SELECT 1')).rejects.toThrow()
      })
    })

    describe('transport', () => {
      const refused = /certificate|altname|issuer/i
      it('serves with and without encryption', async () => {
        expect(await encrypted[kind](server, {})).toBe(false)
        expect(await encrypted[kind](server, { ca: server.caFile })).toBe(true)
      })

      it('is refused by a client that trusts another authority', async () => {
        const ca = server.certificates.strangerCaFile
        await expect(encrypted[kind](server, { ca })).rejects.toThrow(refused)
      })

      it('is refused under a name that the certificate does not have', async () => {
        // 127.1 is the same address written as a name
        await expect(encrypted[kind](server, { ca: server.caFile, host: '127.1' })).rejects.toThrow(refused)
      })
    })
  })
}
