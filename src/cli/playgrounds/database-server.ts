import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BridgeError } from '../../base/errors.ts'
import { runScript } from '../../backends/sql/run-script.ts'
import { freshAccount } from '../private-server/account.ts'
import type { Account } from '../private-server/account.ts'
import { install } from '../private-server/packages.ts'
import { host } from '../private-server/port.ts'
import type { PlaceOptions, PlaygroundKind } from './place.ts'
import type { PrivateServer } from './server.ts'

/** A kind of server: what it needs on the machine, how it comes to life, how it gets a database. */
export interface ServerFlavour {
  readonly kind: 'mysql' | 'postgres'
  readonly protocol: string
  readonly title: string
  readonly programs: readonly string[]
  readonly packages: readonly string[]
  readonly systemDatabase: string
  /** Statements that make a database of this name and an account that owns it; several texts go one after the other. */
  create(name: string, owner: Account): string | readonly string[]
  drop(name: string, owner: string): string | readonly string[]
  /** Who runs the mapping's script: MySQL lets an administrator alone make triggers while it keeps a binary log. */
  readonly scriptAs: 'admin' | 'owner'
  /** A new server, to be reached by this account alone. */
  start(admin: Account): Promise<PrivateServer>
}

const variable = 'SCIM_BRIDGE_PLAYGROUND_URL'

/** A database made by the mapping's own script; `emptied` takes out what the script seeds. */
export const databaseServer = (
  name: string,
  flavour: ServerFlavour,
  options: { readonly seed: boolean; readonly emptied: string },
): PlaygroundKind => ({
  mapping: `${name}.yaml`,
  seed: options.seed,
  async start(given) {
    const script = readFileSync(join(given.mappings, `${name}.sql`), 'utf8') + (given.empty ? options.emptied : '')
    const server = await serverFor(flavour, given)
    const at = `scim_playground_${randomBytes(5).toString('hex')}`
    const owner = freshAccount(at)
    const asOwner = urlWith(server.adminUrl, at, owner)
    const stop = async (): Promise<void> => {
      await server.end(() => runAll(server.adminUrl, flavour.drop(at, owner.user)))
    }
    try {
      await runAll(server.adminUrl, flavour.create(at, owner))
      await runScript(flavour.scriptAs === 'owner' ? asOwner : urlWith(server.adminUrl, at), script)
    } catch (error) {
      await stop().catch(() => undefined)
      throw error
    }
    const admin = new URL(server.adminUrl)
    return {
      env: { DATABASE_URL: asOwner },
      backend: {
        kind: flavour.kind,
        url: urlWith(server.adminUrl, at),
        host: admin.hostname,
        port: Number(admin.port),
        database: at,
        user: decodeURIComponent(admin.username),
        password: decodeURIComponent(admin.password),
        ...(server.logFile === undefined ? {} : { logFile: server.logFile }),
      },
      stop,
    }
  },
})

interface Server {
  readonly adminUrl: string
  /** Of a private one. */
  readonly logFile: string | undefined
  /** `cleanUp` is what a server needs that stays. */
  end(cleanUp: () => Promise<void>): Promise<void>
}

/** A private one, or the one that the environment names: an administrator's URL. */
async function serverFor(flavour: ServerFlavour, { env, say }: PlaceOptions): Promise<Server> {
  const named = env[variable]
  if (named !== undefined && named !== '') {
    if (URL.parse(named)?.protocol !== flavour.protocol)
      throw new BridgeError(
        'invalidConfiguration',
        `${variable} is not of the form ${flavour.protocol}//user:password@host`,
      )
    return { adminUrl: urlWith(named, flavour.systemDatabase), logFile: undefined, end: (cleanUp) => cleanUp() }
  }
  const lack = await install(flavour, undefined, say)
  if (lack !== undefined)
    throw new BridgeError(
      'invalidConfiguration',
      `a private ${flavour.title} cannot be started: ${lack.missing} (or name a server with ${variable})`,
    )
  const admin = freshAccount('playground')
  const server = await flavour.start(admin)
  return {
    adminUrl: urlWith(`${flavour.protocol}//${host}:${server.port}/`, flavour.systemDatabase, admin),
    logFile: server.logFile,
    end: () => server.end(),
  }
}

async function runAll(url: string, texts: string | readonly string[]): Promise<void> {
  for (const text of [texts].flat()) await runScript(url, text)
}

function urlWith(url: string, database: string, account?: Account): string {
  const at = new URL(url)
  at.pathname = `/${database}`
  if (account !== undefined) {
    at.username = account.user
    at.password = account.password
  }
  return at.href
}
