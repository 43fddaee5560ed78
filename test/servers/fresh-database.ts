import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { clientOf } from './client.ts'
import type { SqlClient } from './client.ts'
import type { Account, SqlFacts } from './server.ts'
import { sizeOf, watchStatements } from './watch-statements.ts'
import type { Watch } from './watch-statements.ts'

export interface FreshOptions {
  /** A file of statements, run by `app` so that it owns what they make; or several, in order. */
  readonly script?: string | readonly string[]
  /** Statements, run after the files. */
  readonly sql?: string
  /** The end of CREATE DATABASE: `CHARACTER SET latin1`, or `ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`. */
  readonly as?: string
  /** A word in the name of the database, to be told by a person who looks at the server. */
  readonly name?: string
}

export interface Database {
  readonly name: string
  /** For the bridge: as `app`, who may do everything in this database and nothing elsewhere. */
  readonly url: string
  readonly adminUrl: string
  /** One statement as `admin`, on a connection of this object; not among the watched statements. */
  readonly sql: SqlClient['sql']
  /** Statements as `app`. */
  script(text: string): Promise<void>
  /** Another connection, as `admin` unless `app` is asked for; whoever takes it closes it. */
  client(account?: 'admin' | 'app'): SqlClient
  /** Listens to what `app` asks of this database from now on, on any connection. */
  watch(): Promise<Watch>
  drop(): Promise<void>
}

/** A database of a name that nobody else has. */
export async function freshDatabase(facts: SqlFacts, options: FreshOptions = {}): Promise<Database> {
  const name = `${options.name ?? 't'}_${randomBytes(5).toString('hex')}`
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(name)) throw new Error('the name of a database is made of a-z, 0-9 and _')
  const { admin, app } = facts
  const server = clientOf(facts, admin)
  const inside = clientOf(facts, admin, name)
  const asApp = clientOf(facts, app, name)
  const more = options.as ?? ''
  const from = await sizeOf(facts)
  switch (facts.kind) {
    case 'mariadb':
      await server.sql(`CREATE DATABASE ${name} ${more}`)
      await server.sql(`GRANT ALL ON ${name}.* TO '${app.user}'@'${facts.host}'`)
      break
    case 'postgres':
      await server.sql(`CREATE DATABASE ${name} OWNER ${app.user} ${more}`)
      break
    default:
      facts.kind satisfies never
  }
  await server.close()
  const texts = [options.script ?? []].flat().map((file) => readFileSync(file, 'utf8'))
  for (const text of [...texts, ...(options.sql === undefined ? [] : [options.sql])]) await asApp.script(text)
  return {
    name,
    url: urlOf(facts, app, name),
    adminUrl: urlOf(facts, admin, name),
    sql: inside.sql,
    script: asApp.script,
    client: (account = 'admin') => clientOf(facts, facts[account], name),
    watch: () => watchStatements(facts, name, from),
    async drop() {
      await inside.close()
      // somebody's pool may be open still
      await server.sql(`DROP DATABASE IF EXISTS ${name}${facts.kind === 'postgres' ? ' WITH (FORCE)' : ''}`)
      await server.close()
    },
  }
}

const schemes = { mariadb: 'mysql', postgres: 'postgres' } as const

export const urlOf = ({ kind, host, port }: SqlFacts, { user, password }: Account, database: string): string =>
  `${schemes[kind]}://${user}:${password}@${host}:${port}/${database}`
