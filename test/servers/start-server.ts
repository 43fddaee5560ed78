import { mariadb } from './mariadb.ts'
import { install } from '../../src/cli/private-server/packages.ts'
import type { Missing } from '../../src/cli/private-server/packages.ts'
import { postgres } from './postgres.ts'
import type { FactsOf, Instance, ServerKind, Starter, StartOptions } from './server.ts'
import { slapd } from './slapd.ts'
import { wanted } from './wanted.ts'

const starters: { readonly [K in ServerKind]: Starter<FactsOf<K>> } = { mariadb, postgres, openldap: slapd }

// dpkg takes one at a time
let installing: Promise<unknown> = Promise.resolve()

/** What is in the way of starting a server, once its packages are installed as far as they can be. */
export async function lackOf(kind: ServerKind): Promise<Missing | undefined> {
  const { missing, required } = wanted(kind)
  if (missing !== undefined) return { missing }
  const installed = installing.then(() => install(starters[kind]))
  installing = installed
  const lack = await installed
  if (lack && required) throw new Error(lack.missing)
  return lack
}

/** Brings a server to life, packages and all. A server that is there and does not start is an error, not `Missing`. */
export async function startServer<K extends ServerKind>(
  kind: K,
  options: StartOptions = {},
): Promise<Instance<FactsOf<K>> | Missing> {
  const starter: Starter<FactsOf<K>> = starters[kind]
  return (await lackOf(kind)) ?? (await starter.start(options))
}
