import { afterEach, expect, it } from 'vitest'
import type { SqlServerKind } from '../servers/server.ts'
import { describeServer } from '../servers/with-server.ts'
import { person, where } from '../wire/people.ts'
import { serveOdd } from './serve-odd.ts'
import type { Odd } from './serve-odd.ts'

const numbered = { mariadb: 'INT AUTO_INCREMENT PRIMARY KEY', postgres: 'INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY' }

/** Statements that the application's own triggers run before a row of `person` is made or changed. */
function trigger(kind: SqlServerKind, event: 'INSERT' | 'UPDATE', body: string): string {
  if (kind === 'mariadb') return `CREATE TRIGGER on_${event} BEFORE ${event} ON person FOR EACH ROW ${body};`
  const name = `on_${event.toLowerCase()}`
  return `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body}; RETURN NEW; END $$;
    CREATE TRIGGER ${name} BEFORE ${event} ON person FOR EACH ROW EXECUTE FUNCTION ${name}();`
}

const user = (table: string, more = ''): string => `
  User:
    table: { name: ${JSON.stringify(table)}, key: id }
    id: id
    onDelete: delete
    attributes: { userName: login, nickName: nick${more} }
`

for (const kind of ['mariadb', 'postgres'] as const) {
  await describeServer(kind, `odd schemas on ${kind}`, (server) => {
    let odd: Odd | undefined
    const serve = async (sql: string, resources = user('person')): Promise<Odd> =>
      (odd = await serveOdd(server, sql, resources))
    afterEach(async () => {
      await odd?.stop()
      odd = undefined
    })
    const columns = `login VARCHAR(50) NOT NULL, nick VARCHAR(20)`
    const table = `CREATE TABLE person (id ${numbered[kind]}, ${columns}, stamp VARCHAR(20) NOT NULL);`

    it('shows what a trigger has made of a value, and lets one fill a column', async () => {
      const fill =
        kind === 'mariadb'
          ? `SET NEW.stamp = 'made', NEW.login = lower(NEW.login)`
          : `NEW.stamp := 'made'; NEW.login := lower(NEW.login)`
      const { post } = await serve(table + trigger(kind, 'INSERT', fill))
      const made = await post('/Users', person('BOB'))
      expect([made.status, made.body['userName']]).toEqual([201, 'bob'])
    })

    const raised: Readonly<Record<SqlServerKind, readonly string[]>> = {
      mariadb: [
        `SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not on a Sunday'`,
        `SIGNAL SQLSTATE '45001' SET MYSQL_ERRNO = 31001, MESSAGE_TEXT = 'not on a Sunday'`,
        `SIGNAL SQLSTATE 'HR007' SET MYSQL_ERRNO = 30001, MESSAGE_TEXT = 'not on a Sunday'`,
      ],
      postgres: [
        `RAISE EXCEPTION 'not on a Sunday'`,
        `RAISE EXCEPTION 'not on a Sunday' USING ERRCODE = 'HR007'`,
        `RAISE EXCEPTION 'not on a Sunday' USING ERRCODE = 'no_data_found'`,
        `ASSERT false, 'not on a Sunday'`,
      ],
    }
    it.each(raised[kind])('refuses what a trigger refuses: %s', async (statement) => {
      const { post, patch, get } = await serve(
        table.replace('NOT NULL);', 'NULL);') + trigger(kind, 'UPDATE', statement),
      )
      const made = await post('/Users', person('bob'))
      const path = `/Users/${String(made.body['id'])}`
      const refused = await patch(path, { op: 'add', path: 'nickName', value: 'Bo' })
      expect(refused.status, refused.text).toBe(400)
      expect(refused.text).not.toContain('Sunday')
      expect((await get(path)).body['nickName']).toBeUndefined()
    })

    it('reads and writes through a view, and refuses to write through one that cannot be', async () => {
      const { post, patch, get } = await serve(
        `CREATE TABLE everybody (id ${numbered[kind]}, ${columns}, kind INT NOT NULL DEFAULT 1);
         CREATE VIEW person AS SELECT id, login, nick FROM everybody WHERE kind = 1;
         CREATE VIEW team AS SELECT min(id) AS id, nick FROM everybody GROUP BY nick;`,
        `${user('person').replace('id: id', 'id: { column: id, prefix: u- }')}
  Group:
    table: { name: team, key: id }
    id: { column: id, prefix: g- }
    onDelete: delete
    attributes: { displayName: nick }
`,
      )
      expect((await post('/Users', person('bob', { nickName: 'Bo' }))).status).toBe(201)
      expect((await post('/Users', person('Bob'))).status).toBe(409)
      expect((await patch('/Users/u-1', { op: 'add', path: 'nickName', value: 'Bobby' })).status).toBe(200)
      expect((await get('/Groups/g-1')).body['displayName']).toBe('Bobby')
      expect((await patch('/Groups/g-1', { op: 'replace', path: 'displayName', value: 'x' })).status).toBe(403)
    })

    it('does not fail on a column that the database computes', async () => {
      const { post } = await serve(
        `CREATE TABLE person (id ${numbered[kind]}, ${columns}, low VARCHAR(60) GENERATED ALWAYS AS (lower(login)) STORED);`,
        user('person', ', title: low'),
      )
      expect((await post('/Users', person('Bob'))).body['title']).toBe('bob')
      expect((await post('/Users', person('Bo', { title: 'x' }))).status).toBe(400)
    })

    it('takes any name of a table and of a column', async () => {
      const quote = kind === 'mariadb' ? '`' : '"'
      const q = (name: string): string => quote + name.replaceAll(quote, quote + quote) + quote
      const names = { table: 'order by `x\' "ünï', key: 'select', login: 'a b"c`d%_', nick: `n${'x'.repeat(62)}` }
      const { post, get } = await serve(
        `CREATE TABLE ${q(names.table)} (${q(names.key)} ${numbered[kind]}, ${q(names.login)} VARCHAR(50) NOT NULL, ${q(names.nick)} VARCHAR(20))`,
        `
  User:
    table: { name: ${JSON.stringify(names.table)}, key: ${names.key} }
    id: ${names.key}
    onDelete: delete
    attributes: { userName: ${JSON.stringify(names.login)}, nickName: ${names.nick} }
`,
      )
      expect((await post('/Users', person('Bob', { nickName: 'Bo' }))).status).toBe(201)
      const found = await get('/Users' + where('userName eq "bob" and nickName sw "b"', '&sortBy=nickName'))
      expect(found.body['totalResults'], found.text).toBe(1)
    })

    if (kind === 'mariadb')
      it('refuses at the start a key that the database makes and does not tell', async () => {
        await expect(
          serve(`CREATE TABLE person (id CHAR(36) NOT NULL DEFAULT (uuid()) PRIMARY KEY, ${columns})`),
        ).rejects.toMatchObject({ reason: 'invalidMapping', message: expect.stringContaining('person.id') })
      })
    else
      it('asks columns of types that it does not know as text', async () => {
        const { get } = await serve(
          `CREATE TABLE person (id ${numbered[kind]}, ${columns}, tags TEXT[], span INTERVAL);
           INSERT INTO person (login, nick, tags, span) VALUES ('bob', 'Bo', '{a,b}', '1 day'), ('eve', NULL, NULL, NULL)`,
          user('person', ', title: tags, userType: { slot: span, access: readOnly }'),
        )
        const filters = ['title pr', 'title eq "{a,b}"', 'title co "a,"', 'userType pr', 'userType eq "1 day"']
        for (const filter of filters) {
          const found = await get('/Users' + where(filter, '&sortBy=title'))
          expect([found.status, found.body['totalResults']], `${filter}: ${found.text}`).toEqual([200, 1])
        }
        expect((await get('/Users' + where('title eq "no array"'))).body['totalResults']).toBe(0)
      })
  })
}
