import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll } from 'vitest'
import type { Database } from '../servers/fresh-database.ts'
import { titles } from '../servers/server.ts'
import type { SqlServerKind } from '../servers/server.ts'
import type { Server } from '../servers/with-server.ts'
import { skipped, withServer } from '../servers/with-server.ts'
import { record } from '../sqlite-log.ts'
import { schemaFor } from './schema-for.ts'

/** A database with the tables of one test. */
export interface Opened {
  /** What a mapping says of it, and the variable that this names. */
  readonly backend: string
  readonly env: { readonly WORDS: string }
  query(sql: string): Promise<readonly unknown[][]>
  /** The statements that the work made the bridge say. */
  log(work: () => Promise<unknown>): Promise<readonly string[]>
  close(): Promise<void>
}

export interface Place {
  readonly name: string
  readonly kind: 'sqlite' | SqlServerKind
  open(schema: string): Promise<Opened>
}

const sqlite: Place = {
  name: 'SQLite',
  kind: 'sqlite',
  async open(schema) {
    const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-words-'))
    const file = join(folder, 'legacy.db')
    const legacy = new DatabaseSync(file)
    legacy.exec(schemaFor('sqlite', schema))
    return {
      backend: `{ kind: sql, dialect: sqlite, file: '\${WORDS}' }`,
      env: { WORDS: file },
      query: async (sql) =>
        legacy
          .prepare(sql)
          .all()
          .map((row) => Object.values(row)),
      async log(work) {
        const recorder = record((database) => database.location() === file)
        try {
          await work()
          return recorder.log
        } finally {
          recorder.stop()
        }
      },
      async close() {
        legacy.close()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  },
}

const dialects = { mariadb: 'mysql', postgres: 'postgres' } as const
const flag = (value: unknown): unknown =>
  typeof value === 'boolean' ? Number(value) : Buffer.isBuffer(value) ? value[0] : value

/** One database for all tests of a file: each makes its tables and takes away those of the last. */
function placeOn(server: Server): Place {
  const { kind } = server
  let database: Promise<Database> | undefined
  let tables = ''
  afterAll(async () => {
    await (await database)?.drop()
  })
  return {
    name: titles[kind],
    kind,
    async open(schema) {
      const on = await (database ??= server.freshDatabase({ name: 'words' }))
      if (tables !== '') await on.script(`DROP TABLE IF EXISTS ${tables}`)
      const made = [...schema.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name)
      tables = made.reverse().join(', ')
      await on.script(schemaFor(kind, schema))
      return {
        backend: `{ kind: sql, dialect: ${dialects[kind]}, url: '\${WORDS}' }`,
        env: { WORDS: on.url },
        query: async (sql) => (await on.sql(sql)).map((row) => Object.values(row).map(flag)),
        async log(work) {
          const watch = await on.watch()
          await work()
          return (await watch.take()).map(({ text }) => text)
        },
        close: async () => undefined,
      }
    },
  }
}

/** SQLite, and the servers that can be had here; what cannot says so in a skipped test. */
export async function places(
  title: string,
  kinds: readonly SqlServerKind[] = ['mariadb', 'postgres'],
): Promise<Place[]> {
  const found = [sqlite]
  for (const kind of kinds) {
    const server = await withServer(kind)
    if ('missing' in server) skipped(kind, `${title} on ${titles[kind]}`, server)
    else found.push(placeOn(server))
  }
  return found
}
