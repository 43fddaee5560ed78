import { DatabaseSync } from 'node:sqlite'
import { createConnection } from 'mysql2/promise'
import { Client as PostgresClient, types } from 'pg'
import { freshDatabase } from '../servers/fresh-database.ts'
import { freshDirectory } from '../servers/fresh-directory.ts'
import type { ServerKind, SqlServerKind } from '../servers/server.ts'
import { titles } from '../servers/server.ts'
import { startServer } from '../servers/start-server.ts'
import { seedLive } from '../large/live-place.ts'
import type { Seeded } from '../large/place.ts'
import { seedDirectory } from '../large/slapd-place.ts'
import { sqlitePlace } from '../large/sqlite-place.ts'

export const pageSize = 100

export type Kind = 'sqlite' | ServerKind
export const kinds: readonly Kind[] = ['sqlite', 'mariadb', 'postgres', 'openldap']

/** A population, the bridge's mapping of it, and a client that reads the same without the bridge. */
export interface BenchPlace {
  readonly name: string
  readonly seeded: Pick<Seeded, 'mapping' | 'env'>
  /** What of a person is read, by both. */
  readonly attributes: string
  /** Everybody, page by page, as a plain client of the store reads it: each page as the entries that it holds. */
  pages(): AsyncIterable<readonly unknown[]>
  /** Somebody goes, beside the bridge. */
  remove(userNames: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** Why there is none. */
export interface NoPlace {
  readonly missing: string
}

export async function openPlace(kind: Kind, people: number): Promise<BenchPlace | NoPlace> {
  if (kind === 'sqlite') return sqlite(people)
  if (kind === 'openldap') return openldap(people)
  return database(kind, people)
}

const attributes = 'userName,displayName,name.familyName,title,active,emails,groups'

async function sqlite(people: number): Promise<BenchPlace> {
  const seeded = await sqlitePlace.seed(people)
  const file = seeded.env['LARGE_DB'] ?? ''
  const reader = new DatabaseSync(file)
  const page = reader.prepare(
    'SELECT id, login, family, shown, title, enabled, mail FROM person WHERE id > ? ORDER BY id LIMIT ?',
  )
  const groups = reader.prepare(
    `SELECT m.person_id, t.id, t.name FROM team_member m JOIN team t ON t.id = m.team_id
     WHERE m.person_id IN (SELECT value FROM json_each(?))`,
  )
  return {
    name: 'SQLite (node:sqlite)',
    seeded,
    attributes,
    async *pages() {
      for (let after: unknown = 0; ;) {
        const rows = page.all(after as number, pageSize)
        const ids = rows.map(({ id }) => id)
        yield joined(rows, 'id', groups.all(JSON.stringify(ids)), 'person_id')
        if (rows.length < pageSize) return
        after = ids.at(-1)
      }
    },
    async remove(userNames) {
      reader.exec('PRAGMA foreign_keys = OFF')
      const names = JSON.stringify(userNames)
      reader.prepare('DELETE FROM person WHERE login IN (SELECT value FROM json_each(?))').run(names)
    },
    async close() {
      reader.close()
      await seeded.close()
    },
  }
}

/** Rows of a page with what other tables have of them, as any client has to put them together. */
function joined<R extends object>(
  rows: readonly R[],
  key: string,
  parts: readonly object[],
  foreignKey: string,
): readonly unknown[] {
  const by = Map.groupBy(parts, (part) => (part as Record<string, unknown>)[foreignKey])
  return rows.map((row) => ({ ...row, parts: by.get((row as Record<string, unknown>)[key]) ?? [] }))
}

const columns = 'person_id, user_name, display_name, family_name, title, active'

async function database(kind: SqlServerKind, people: number): Promise<BenchPlace | NoPlace> {
  const started = await startServer(kind)
  if ('missing' in started) return started
  const { facts } = started
  const live = await seedLive({ kind, freshDatabase: (options) => freshDatabase(facts, options) }, people)
  const wire = await (kind === 'mariadb' ? mysql : postgres)(live.database.url)
  return {
    name: `${titles[kind]} ${facts.version} (${kind === 'mariadb' ? 'mysql2' : 'pg'})`,
    seeded: { mapping: live.mapping, env: { DATABASE_URL: live.database.url } },
    attributes,
    async *pages() {
      for (let after = ''; ;) {
        const rows = await wire.page(after)
        const ids = rows.map((row) => String(row['person_id']))
        const emails = ids.length === 0 ? [] : await wire.emails(ids)
        const groups = ids.length === 0 ? [] : await wire.groups(ids)
        yield joined(joined(rows, 'person_id', emails, 'person_id') as object[], 'person_id', groups, 'person_id')
        if (rows.length < pageSize) return
        after = ids.at(-1) ?? ''
      }
    },
    remove: wire.remove,
    async close() {
      await wire.close()
      await live.database.drop()
      await started.end()
    },
  }
}

type Rows = readonly Record<string, unknown>[]

/** Prepared statements, as the drivers have them. */
interface Wire {
  page(after: string): Promise<Rows>
  emails(ids: readonly string[]): Promise<Rows>
  groups(ids: readonly string[]): Promise<Rows>
  remove(userNames: readonly string[]): Promise<void>
  close(): Promise<void>
}

async function mysql(url: string): Promise<Wire> {
  const connection = await createConnection({ uri: url, timezone: 'Z', dateStrings: true, charset: 'utf8mb4' })
  const marks = (of: readonly unknown[]): string => of.map(() => '?').join(', ')
  const ask = async (text: string, values: readonly unknown[]): Promise<Rows> => {
    const [rows] = await connection.execute(text, values as never[])
    return rows as never
  }
  return {
    page: (after) =>
      ask(`SELECT ${columns} FROM person WHERE person_id > ? ORDER BY person_id LIMIT ${pageSize}`, [after]),
    emails: (ids) =>
      ask(
        `SELECT person_id, value, display, type, is_primary FROM person_email WHERE person_id IN (${marks(ids)})`,
        ids,
      ),
    groups: (ids) =>
      ask(
        `SELECT m.person_id, t.team_id, t.display_name FROM team_member m JOIN team t ON t.team_id = m.team_id WHERE m.person_id IN (${marks(ids)})`,
        ids,
      ),
    async remove(names) {
      const mine = `m JOIN person p ON p.person_id = m.person_id WHERE p.user_name IN (${marks(names)})`
      await connection.query(`DELETE m FROM team_member ${mine}`, [...names])
      await connection.query(`DELETE FROM person WHERE user_name IN (${marks(names)})`, [...names])
    },
    close: () => connection.end(),
  }
}

async function postgres(url: string): Promise<Wire> {
  const client = new PostgresClient({ connectionString: url, types: { getTypeParser: types.getTypeParser } })
  await client.connect()
  const ask = async (name: string, text: string, values: readonly unknown[]): Promise<Rows> =>
    (await client.query<Record<string, unknown>>({ name, text, values: [...values] })).rows
  return {
    page: (after) =>
      ask('page', `SELECT ${columns} FROM person WHERE person_id > $1 ORDER BY person_id LIMIT ${pageSize}`, [
        after === '' ? '00000000-0000-0000-0000-000000000000' : after,
      ]),
    emails: (ids) =>
      ask('emails', 'SELECT person_id, value, display, type, is_primary FROM person_email WHERE person_id = ANY ($1)', [
        ids,
      ]),
    groups: (ids) =>
      ask(
        'groups',
        'SELECT m.person_id, t.team_id, t.display_name FROM team_member m JOIN team t ON t.team_id = m.team_id WHERE m.person_id = ANY ($1)',
        [ids],
      ),
    async remove(names) {
      const people = '(SELECT person_id FROM person WHERE user_name = ANY ($1))'
      await client.query(`DELETE FROM team_member WHERE person_id IN ${people}`, [names])
      await client.query('DELETE FROM person WHERE user_name = ANY ($1)', [names])
    },
    close: () => client.end(),
  }
}

async function openldap(people: number): Promise<BenchPlace | NoPlace> {
  const started = await startServer('openldap')
  if ('missing' in started) return started
  const { facts } = started
  const server = {
    ...{ folder: facts.folder, certificates: facts.certificates, stop: started.stop, start: started.start },
    freshDirectory: () => freshDirectory(facts),
  }
  // who leaves is taken out of their groups by the server itself, one value of the group each
  const seeded = await seedDirectory(server, people, 1000)
  const { directory } = seeded
  const client = directory.client()
  const reader = await directory.client(directory.account).raw()
  const base = `ou=people,${directory.suffix}`
  return {
    name: `OpenLDAP ${facts.version} (ldapts)`,
    seeded,
    attributes,
    async *pages() {
      const wanted = ['entryUUID', 'uid', 'cn', 'sn', 'title', 'mail', 'memberOf', 'pwdAccountLockedTime']
      const search = { scope: 'one', filter: '(objectClass=inetOrgPerson)', attributes: wanted } as const
      for await (const { searchEntries } of reader.searchPaginated(base, {
        ...search,
        attributes: [...wanted],
        paged: { pageSize },
      }))
        yield searchEntries
    },
    async remove(userNames) {
      await Promise.all(userNames.map((name) => client.remove(`uid=${name},${base}`)))
    },
    async close() {
      await seeded.close()
      await started.end()
    },
  }
}
