import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { give } from '../../src/cli/private-server/folder.ts'
import { program } from '../../src/cli/private-server/programs.ts'
import { run } from '../../src/cli/private-server/run.ts'
import type { DirectoryAccount } from '../../src/cli/private-server/slapd-config.ts'
import { slapdDatabase, slapdOverlays, slapdTree } from '../../src/cli/private-server/slapd-database.ts'
import { canBind, directoryClient } from './directory-client.ts'
import type { DirectoryClient, Found } from './directory-client.ts'
import { urlsOf } from './server.ts'
import type { DirectoryFacts } from './server.ts'
import { slapdRunAs } from './slapd.ts'
import { endOfLog, watchOperations } from './watch-operations.ts'
import type { OperationWatch } from './watch-operations.ts'

export interface DirectoryOptions {
  /** Whether memberof, refint, unique (uid of people) and ppolicy do their work in it; `true` unless given. */
  readonly overlays?: boolean
  /** Entries of cn=schema,cn=config as LDIF. All directories of the server share them, so they may be there already. */
  readonly schema?: string
  /** olcLimits of the service account, such as `size=500 size.prtotal=unlimited`; none unless given. */
  readonly limits?: string
  /** Access rules that come before all others: `to dn.subtree="ou=x,SUFFIX" by * none`. */
  readonly access?: readonly string[]
  /** What is added at the end, by the administrator. `SUFFIX` stands for the suffix, here and above. */
  readonly ldif?: string
}

export interface FreshDirectory {
  /** `dc=…,dc=test`, with ou=people, ou=groups, ou=counters, ou=services and ou=policies below it. */
  readonly suffix: string
  readonly url: string
  readonly ldapsUrl: string
  readonly ldapiUrl: string
  readonly caFile: string
  /** For the bridge: reads everything but passwords, writes people, groups and counters. */
  readonly account: DirectoryAccount
  /** May do everything in this directory; not among those that are watched. */
  readonly admin: DirectoryAccount
  /** A connection beside the bridge, as `admin` unless somebody else is named; it is closed with the directory. */
  client(as?: DirectoryAccount): DirectoryClient
  canBind(dn: string, password: string): Promise<boolean>
  /** More entries, by the administrator. */
  ldif(text: string): Promise<void>
  /** Listens to what `account` asks from now on, on any connection. */
  watch(): Promise<OperationWatch>
  /**
   * Closes its connections. The database goes with the server: slapd 2.5 that has databases taken out of it while it
   * runs comes to a standstill after some dozens.
   */
  drop(): Promise<void>
}

/** A directory under a suffix that nobody else has: a database of its own, added while the server runs. */
export async function freshDirectory(facts: DirectoryFacts, options: DirectoryOptions = {}): Promise<FreshDirectory> {
  const name = `t${randomBytes(5).toString('hex')}`
  const suffix = `dc=${name},dc=test`
  const named = (text: string): string => text.replaceAll('SUFFIX', suffix)
  const account = { dn: `cn=scim,ou=services,${suffix}`, password: 'scim-secret' }
  const admin = { dn: `cn=admin,${suffix}`, password: 'admin' }
  await roomForOne(facts)
  const folder = join(facts.folder, 'databases', name)
  mkdirSync(folder)
  give(folder, slapdRunAs())
  const from = await endOfLog(facts)
  const overlays = options.overlays ?? true
  const database = {
    ...{ suffix, folder, admin, account: account.dn, overlays, limits: options.limits },
    access: options.access?.map(named),
  }
  const urls = urlsOf(facts)
  const ldif = async (text: string, as = admin): Promise<void> => ldapadd(facts, as, text)

  if (options.schema !== undefined) await ldif(options.schema, facts.config).catch(unlessThere)
  await ldif(slapdDatabase(database), facts.config)
  if (overlays) await ldif(slapdOverlays(database, await databaseOf(facts, suffix)), facts.config)
  await ldif(slapdTree(suffix, account))
  if (options.ldif !== undefined) await ldif(named(options.ldif))

  const clients: DirectoryClient[] = []
  return {
    ...{ suffix, ...urls, caFile: facts.certificates.caFile, account, admin },
    client(as = admin) {
      const client = directoryClient(urls.url, as)
      clients.push(client)
      return client
    },
    canBind: (dn, password) => canBind(urls.url, dn, password),
    ldif: (text) => ldif(named(text)),
    watch: () => watchOperations(facts, account.dn, from),
    async drop() {
      await Promise.all(clients.map((client) => client.close()))
    },
  }
}

async function databaseOf(facts: DirectoryFacts, suffix: string): Promise<string> {
  const [found] = await configured(facts, `(olcSuffix=${suffix})`)
  if (found === undefined) throw new Error(`no database has the suffix ${suffix}`)
  return found.dn
}

/** A thread of slapd keeps a thing for each mdb, and 32 things at most: with one more, requests are never answered. */
async function roomForOne(facts: DirectoryFacts): Promise<void> {
  const all = await configured(facts, '(objectClass=olcMdbConfig)')
  if (all.length >= 24) throw new Error('this server has 24 directories already: take a server of your own')
}

async function configured(facts: DirectoryFacts, filter: string): Promise<readonly Found[]> {
  const client = directoryClient(urlsOf(facts).url, facts.config)
  return client.search('cn=config', { scope: 'one', attributes: ['1.1'], filter }).finally(() => client.close())
}

/** 68 or, for a schema under a name of its own, 80: both say that the definitions are there. */
function unlessThere(error: Error): void {
  if (!/\(68\)|Duplicate/.test(error.message)) throw error
}

async function ldapadd(facts: DirectoryFacts, { dn, password }: DirectoryAccount, text: string): Promise<void> {
  const file = join(facts.folder, `${randomBytes(8).toString('hex')}.ldif`)
  await writeFile(file, text, { mode: 0o600 })
  await run(program('ldapadd'), ['-x', '-H', facts.ldapiUrl, '-D', dn, '-w', password, '-f', file])
}
