import { readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { z } from 'zod'
import { BridgeError } from '../../base/errors.ts'
import { sectionWords } from './config.ts'
import type { PoolLimits } from './server-pool.ts'

const milliseconds = z.int().min(1).max(600_000)

/** What the `backend` section says for a database server, besides its `dialect`. */
export const serverWords = {
  ...sectionWords,
  /** `mysql://user:password@host:3306/database`; user and password are percent-encoded. */
  url: z.string().min(1),
  pool: z
    .strictObject({
      /** Connections at most. */
      size: z.int().min(1).max(500).optional(),
      /** Requests that may wait for a connection at most. */
      queue: z.int().min(0).max(100_000).optional(),
      /** How long one waits for a connection, in milliseconds. */
      wait: milliseconds.optional(),
      /** An unused connection is closed after this, in milliseconds. */
      idle: milliseconds.optional(),
    })
    .optional(),
  timeouts: z
    .strictObject({
      /** For a new connection, in milliseconds. */
      connect: milliseconds.optional(),
      /** For one statement, in milliseconds; it is cancelled on the server then. */
      statement: milliseconds.optional(),
      /** For a row that somebody else has locked, in milliseconds. */
      lock: milliseconds.optional(),
    })
    .optional(),
  /**
   * The connection is encrypted and the server's certificate verified. `off` is needed for a password in clear to
   * another machine; to this machine itself plain is the default.
   */
  tls: z
    .union([
      z.literal('off'),
      z.strictObject({
        /** Files in PEM form; relative paths start at the folder of the mapping file. */
        ca: z.string().min(1).optional(),
        cert: z.string().min(1).optional(),
        key: z.string().min(1).optional(),
        /** The name that the certificate must carry, when it is not the host of the URL. */
        servername: z.string().min(1).optional(),
      }),
    ])
    .optional(),
  /** Tables without transactions (MyISAM) may be written: a failure half-way leaves half of a write. */
  nonTransactional: z.literal('accepted').optional(),
}

export interface Tls {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  /** Verified against the certificate. */
  readonly servername: string
}

export interface ServerConfig {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string | undefined
  readonly database: string
  readonly readOnly: boolean
  /** undefined: in clear. */
  readonly tls: Tls | undefined
  readonly limits: PoolLimits
  /** Milliseconds. */
  readonly connect: number
  readonly lock: number
}

const section = z.object(serverWords)
const loopback = new Set(['localhost', '127.0.0.1', '::1', '[::1]'])

/** A checked `backend` section. Rejects a URL that cannot be meant; its password is never told. */
export function serverConfig(
  said: unknown,
  base: string,
  of: { readonly protocols: readonly string[]; readonly port: number },
): ServerConfig {
  const { url, pool, timeouts, tls, readOnly } = section.parse(said)
  const at = urlOf(url, of.protocols)
  const host = at.hostname.replace(/^\[|\]$/g, '')
  const read = (path: string | undefined, what: string): string | undefined => {
    if (path === undefined) return undefined
    try {
      return readFileSync(isAbsolute(path) ? path : resolve(base, path), 'utf8')
    } catch (error) {
      throw new BridgeError('invalidMapping', `backend.tls.${what}: the file cannot be read`, error)
    }
  }
  const isPlain = tls === 'off' || (tls === undefined && loopback.has(at.hostname))
  const files = tls === 'off' ? undefined : tls
  return {
    host,
    port: at.port === '' ? of.port : Number(at.port),
    user: decoded(at.username),
    password: at.password === '' ? undefined : decoded(at.password),
    database: decoded(at.pathname.slice(1)),
    readOnly: readOnly ?? false,
    tls: isPlain
      ? undefined
      : {
          ca: read(files?.ca, 'ca'),
          cert: read(files?.cert, 'cert'),
          key: read(files?.key, 'key'),
          servername: files?.servername ?? host,
        },
    limits: {
      size: pool?.size ?? 10,
      queue: pool?.queue ?? 1_000,
      wait: pool?.wait ?? 5_000,
      idle: pool?.idle ?? 60_000,
      statement: timeouts?.statement ?? 15_000,
    },
    connect: timeouts?.connect ?? 5_000,
    lock: timeouts?.lock ?? 5_000,
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new BridgeError(
      'invalidMapping',
      'backend.url: user, password and database are percent-encoded; a % that is meant as such is written %25',
    )
  }
}

function urlOf(text: string, protocols: readonly string[]): URL {
  const at = URL.parse(text)
  const shown = protocols.map((one) => `${one}//user:password@host/database`).join(' or ')
  if (at === null || !protocols.includes(at.protocol))
    throw new BridgeError('invalidMapping', `backend.url is not of the form ${shown}`)
  if (at.hostname === '' || at.pathname.length < 2)
    throw new BridgeError(
      'invalidMapping',
      `backend.url names no ${at.hostname === '' ? 'host' : 'database'}: ${shown}`,
    )
  if (at.search !== '' || at.hash !== '')
    throw new BridgeError('invalidMapping', 'backend.url takes no options: pool, timeouts and tls say them')
  return at
}
