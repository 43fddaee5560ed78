import { createConnection } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, inject, it } from 'vitest'
import { freshDatabase, urlOf } from './fresh-database.ts'
import type { Database, FreshOptions } from './fresh-database.ts'
import { freshDirectory } from './fresh-directory.ts'
import type { DirectoryOptions, FreshDirectory } from './fresh-directory.ts'
import type { Answer } from './global-setup.ts'
import { host } from '../../src/cli/private-server/port.ts'
import { startServer } from './start-server.ts'
import type { Missing } from '../../src/cli/private-server/packages.ts'
import { titles, urlsOf } from './server.ts'
import type { DirectoryFacts, Facts, Instance, ServerKind, SqlFacts, SqlServerKind, StartOptions } from './server.ts'

/** A running database server, as tests use it. */
export interface Server extends SqlFacts {
  /** The server's own database, as `admin`. */
  readonly adminUrl: string
  readonly caFile: string
  freshDatabase(options?: FreshOptions): Promise<Database>
}

/** A running directory server, as tests use it. */
export interface DirectoryServer extends DirectoryFacts {
  readonly url: string
  readonly ldapsUrl: string
  readonly caFile: string
  freshDirectory(options?: DirectoryOptions): Promise<FreshDirectory>
}

export type ServerOf<K extends ServerKind> = K extends SqlServerKind ? Server : DirectoryServer

/** A server of one test's own, which may be stopped, killed and frozen; it is gone with the process of the test. */
export type Own<K extends ServerKind> = ServerOf<K> & Omit<Instance, 'facts'>
export type OwnServer = Own<SqlServerKind>

/**
 * The one instance that all test files of a run share. A directory server is shared by the tests of one file only: it
 * starts fast, and holds some twenty directories at most.
 */
export async function withServer<K extends ServerKind>(kind: K): Promise<ServerOf<K> | Missing> {
  const socket = createConnection(inject('serversPort'), host)
  socket.write(kind)
  const answer = JSON.parse(await text(socket)) as Answer
  if ('error' in answer) throw new Error(`${titles[kind]} did not start: ${answer.error}`)
  if ('missing' in answer) return answer
  if ('facts' in answer) return serverOf(answer.facts) as ServerOf<K>
  // it is gone with the process, which is that of the file
  const started = await (ours ??= startServer('openldap'))
  return 'missing' in started ? started : (serverOf(started.facts) as ServerOf<K>)
}

let ours: Promise<Instance<DirectoryFacts> | Missing> | undefined

/** An instance beside the shared one: for tests that stop a server, or need it set up in another way. */
export async function ownServer<K extends ServerKind>(kind: K, options?: StartOptions): Promise<Own<K> | Missing> {
  const started = await startServer(kind, options)
  if ('missing' in started) return started
  const { facts, ...life } = started
  return { ...(serverOf(facts) as ServerOf<K>), ...life }
}

/**
 * A block of tests that need the shared server. `await` it at the top of the file; without the server there is one
 * skipped test that says why.
 */
export async function describeServer<K extends ServerKind>(
  kind: K,
  title: string,
  body: (server: ServerOf<K>) => void,
): Promise<void> {
  const server = await withServer(kind)
  if ('missing' in server) skipped(kind, title, server)
  else describe(title, () => body(server))
}

/** What stands in place of tests that cannot run. */
export function skipped(kind: ServerKind, title: string, { missing }: Missing): void {
  describe(title, () => it(`needs ${titles[kind]}`, ({ skip }) => skip(`${titles[kind]}: ${missing}`)))
}

const systemDatabase = { mariadb: 'mysql', postgres: 'postgres' } as const

function serverOf(facts: Facts): Server | DirectoryServer {
  const { caFile } = facts.certificates
  if (facts.kind === 'openldap')
    return {
      ...facts,
      ...urlsOf(facts),
      caFile,
      freshDirectory: (options) => freshDirectory(facts, options),
    }
  return {
    ...facts,
    adminUrl: urlOf(facts, facts.admin, systemDatabase[facts.kind]),
    caFile,
    freshDatabase: (options) => freshDatabase(facts, options),
  }
}
