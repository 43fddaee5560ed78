import { readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import { z } from 'zod'
import { BridgeError } from '../../base/errors.ts'
import { serversOf } from './server.ts'
import type { Server } from './server.ts'

const milliseconds = z.int().min(1).max(600_000)
const name = z.string().regex(/^[A-Za-z0-9_]*$/, 'letters, digits and underscores only')

/** What the `backend` section says for a directory. Optional environment keys may be empty: an empty text says nothing. */
const ldapWords = {
  kind: z.literal('ldap'),
  readOnly: z.boolean().optional(),
  prefix: name.optional(),
  tenant: z.record(name, z.union([z.string(), z.number()])).optional(),
  /** Servers in the order in which they are used; one text may hold several, with blanks or commas between them. */
  urls: z.union([z.string(), z.array(z.string()).max(20)]).optional(),
  url: z.string().optional(),
  /** Who the bridge is; nobody when it is left out. `external`: the socket or the client certificate tells. */
  bind: z
    .union([z.strictObject({ dn: z.string(), password: z.string() }), z.strictObject({ sasl: z.literal('external') })])
    .optional(),
  /** ldap:// is encrypted before anything else is said. */
  startTls: z.boolean().optional(),
  /** Certificates are always verified. `off` is needed for a password in clear to another machine. */
  tls: z
    .union([
      z.literal('off'),
      z.strictObject({
        /** Files in PEM form; relative paths start at the folder of the mapping file. */
        ca: z.string().optional(),
        cert: z.string().optional(),
        key: z.string().optional(),
        /** The name that the certificates must carry, when it is not the host of the URL. */
        servername: z.string().optional(),
      }),
    ])
    .optional(),
  pool: z
    .strictObject({
      /** Connections to a server at most, each with many operations at a time. */
      connections: z.int().min(1).max(100).optional(),
      /** Operations over one connection at a time at most. */
      inFlight: z.int().min(1).max(10_000).optional(),
      /** Operations that may wait for one at most. */
      queue: z.int().min(0).max(100_000).optional(),
      /** How long one waits, in milliseconds. */
      wait: milliseconds.optional(),
      /** Listings at a time at most; each has a connection of its own. */
      walks: z.int().min(1).max(100).optional(),
    })
    .optional(),
  timeouts: z
    .strictObject({
      /** For a new connection with TLS and bind, in milliseconds. */
      connect: milliseconds.optional(),
      /** For one operation, or one page of a listing, in milliseconds. */
      operation: milliseconds.optional(),
      /** For a listing as a whole, in milliseconds. */
      walk: milliseconds.optional(),
    })
    .optional(),
  /** How long after a write another server is not believed when it finds nothing, in milliseconds. */
  settle: z.int().min(0).max(600_000).optional(),
  /** Another bridge writes to the same entries: whoever points at a name looks for it once more afterwards. */
  shared: z.boolean().optional(),
  lists: z
    .strictObject({
      /** How long an ordered list of ids is shared, in milliseconds. */
      keep: z.int().min(0).max(600_000).optional(),
    })
    .optional(),
}

export interface Tls {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  /** Verified against the certificate instead of the server's host. */
  readonly servername: string | undefined
}

export type Bind =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'simple'; readonly dn: string; readonly password: string }
  | { readonly kind: 'external' }

/** Times are in milliseconds. */
export interface LdapConfig {
  /** In the order in which they are used; at least one. */
  readonly servers: readonly Server[]
  readonly bind: Bind
  readonly tls: Tls
  readonly pool: {
    readonly connections: number
    readonly inFlight: number
    readonly queue: number
    readonly wait: number
    readonly walks: number
  }
  readonly timeouts: { readonly connect: number; readonly operation: number; readonly walk: number }
  readonly settle: number
  readonly lists: { readonly keep: number }
  readonly readOnly: boolean
  readonly shared: boolean
}

const section = z.strictObject(ldapWords)
type Section = z.infer<typeof section>

/** A checked `backend` section; relative paths start at `folder`. Rejects what cannot be meant; never tells a password. */
export function ldapConfig(said: unknown, folder: string): LdapConfig {
  const words = checked(said)
  const { url, urls, pool, timeouts } = words
  if (url !== undefined && urls !== undefined)
    throw new BridgeError('invalidMapping', 'backend.url and backend.urls say the same; one of them has to go')
  const servers = serversOf([urls ?? url ?? []].flat(), words.startTls === true)
  const bind = bindOf(words.bind)
  const tls = tlsOf(words, servers, folder)
  for (const server of servers) checkBind(bind, server, tls, words.tls === 'off')
  return {
    servers,
    bind,
    tls,
    pool: {
      connections: pool?.connections ?? 2,
      inFlight: pool?.inFlight ?? 64,
      queue: pool?.queue ?? 1_000,
      wait: pool?.wait ?? 10_000,
      walks: pool?.walks ?? 4,
    },
    timeouts: {
      connect: timeouts?.connect ?? 5_000,
      operation: timeouts?.operation ?? 15_000,
      walk: timeouts?.walk ?? 120_000,
    },
    settle: words.settle ?? 30_000,
    lists: { keep: words.lists?.keep ?? 30_000 },
    readOnly: words.readOnly ?? false,
    shared: words.shared ?? false,
  }
}

function checked(said: unknown): Section {
  const { data, error } = section.safeParse(said)
  if (data !== undefined) return data
  const told = error.issues.map(({ path, message }) => `${['backend', ...path].join('.')}: ${message}`)
  throw new BridgeError('invalidMapping', told.join('; '))
}

function bindOf(said: Section['bind']): Bind {
  if (said === undefined) return { kind: 'anonymous' }
  if ('sasl' in said) return { kind: 'external' }
  if (said.dn === '' && said.password === '') return { kind: 'anonymous' }
  if (said.dn === '') throw new BridgeError('invalidMapping', 'backend.bind: there is a password, but no dn')
  // RFC 4513 section 5.1.2: a server takes it for nobody and says success
  if (said.password === '')
    throw new BridgeError('invalidMapping', 'backend.bind: there is a dn, but the password is empty')
  return { kind: 'simple', dn: said.dn, password: said.password }
}

function tlsOf({ tls: said, startTls }: Section, servers: readonly Server[], folder: string): Tls {
  const isUsed = servers.some((one) => one.encryption !== 'none')
  if (said === 'off') {
    if (startTls === true)
      throw new BridgeError('invalidMapping', 'backend.startTls and backend.tls: off contradict each other')
    if (isUsed) throw new BridgeError('invalidMapping', 'backend.tls: off contradicts ldaps:// in backend.urls')
  }
  const files = said === 'off' || said === undefined ? {} : said
  const text = (what: keyof typeof files): string | undefined => (files[what] === '' ? undefined : files[what])
  const read = (what: 'ca' | 'cert' | 'key'): string | undefined => {
    const path = text(what)
    if (path === undefined) return undefined
    try {
      return readFileSync(isAbsolute(path) ? path : resolve(folder, path), 'utf8')
    } catch (error) {
      throw new BridgeError('invalidMapping', `backend.tls.${what}: the file cannot be read`, error)
    }
  }
  const tls = { ca: read('ca'), cert: read('cert'), key: read('key'), servername: text('servername') }
  if ((tls.cert === undefined) !== (tls.key === undefined))
    throw new BridgeError('invalidMapping', 'backend.tls: cert and key belong together')
  try {
    createSecureContext(secrets(tls))
  } catch (error) {
    throw new BridgeError(
      'invalidMapping',
      'backend.tls: ca, cert or key is not PEM, or they do not fit together',
      error,
    )
  }
  if (!isUsed && Object.values(tls).some((one) => one !== undefined))
    throw new BridgeError(
      'invalidMapping',
      'backend.tls: nothing is encrypted; use ldaps:// in backend.urls, or say backend.startTls: true',
    )
  return tls
}

/** As node:tls takes them. */
export const secrets = ({ ca, cert, key }: Tls) => ({
  ...(ca === undefined ? {} : { ca }),
  ...(cert === undefined ? {} : { cert }),
  ...(key === undefined ? {} : { key }),
})

function checkBind(bind: Bind, server: Server, tls: Tls, isOff: boolean): void {
  if (bind.kind === 'simple' && !server.isProtected && !isOff)
    throw new BridgeError(
      'invalidMapping',
      `backend.bind: the password would go in clear to ${server.url}; use ldaps://, say backend.startTls: true, or accept it with backend.tls: off`,
    )
  if (
    bind.kind === 'external' &&
    server.at.kind !== 'socket' &&
    (server.encryption === 'none' || tls.cert === undefined)
  )
    throw new BridgeError(
      'invalidMapping',
      `backend.bind.sasl: external needs ldapi://, or TLS with backend.tls.cert and key, at ${server.url}`,
    )
}
