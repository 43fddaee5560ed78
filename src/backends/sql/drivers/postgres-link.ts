import { Socket, isIP } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'
import { Client, DatabaseError } from 'pg'
import type { Statement } from '../dialect.ts'
import { connectionLost, isStalePlan, notConnected } from '../dialects/postgres-failure.ts'
import type { Result, Row } from '../program.ts'
import type { ServerConfig, Tls } from '../server-config.ts'
import type { Link } from '../server-pool.ts'
import { cancel } from './postgres-cancel.ts'
import { typeParser } from './postgres-types.ts'

/** Statements that a connection prepares, each when it comes for the second time; then the connection is replaced. */
const prepared = 200
/** Texts remembered for their second time. */
const remembered = 500
/** How long a good-bye may take, and how long an idle socket waits before it asks whether anybody is there, in milliseconds. */
const farewell = 1_000
const silence = 10_000

/** What all connections of a pool share. */
export interface Generation {
  /** Goes up when one of them meets what the others would meet as well: they are all replaced. */
  number: number
}

const optionsOf = ({ limits, lock, readOnly }: ServerConfig): string =>
  Object.entries({
    client_encoding: 'UTF8',
    TimeZone: 'UTC',
    DateStyle: 'ISO',
    bytea_output: 'hex',
    extra_float_digits: '1',
    standard_conforming_strings: 'on',
    transform_null_equals: 'off',
    // compiling a statement takes longer than any of ours should run
    jit: 'off',
    client_min_messages: 'error',
    default_transaction_read_only: readOnly ? 'on' : 'off',
    statement_timeout: limits.statement,
    lock_timeout: lock,
    // the bridge itself needs moments between two statements of a transaction
    idle_in_transaction_session_timeout: Math.max(60_000, 2 * limits.statement),
  })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')

const tlsOf = (host: string, { ca, cert, key, servername }: Tls): ConnectionOptions => ({
  ...(ca === undefined ? {} : { ca }),
  ...(cert === undefined ? {} : { cert }),
  ...(key === undefined ? {} : { key }),
  host,
  ...(isIP(host) === 0 ? { servername: host } : {}),
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2',
  // the driver verifies the name of the host; the one that the certificate must carry may be another
  checkServerIdentity: (_, certificate) => checkServerIdentity(servername, certificate),
})

/** In the words of the table of failures; what the server itself has said is left as it is. */
const linkError = (error: unknown, code: string): unknown =>
  error instanceof DatabaseError
    ? error
    : Object.assign(new Error('the connection to the database failed', { cause: error }), { code })

/** A connection, or an error within the bound for it: reaching the server, its certificate and the password included. */
export async function connectPostgres(config: ServerConfig, generation: Generation): Promise<Link> {
  const { host, port, user, password, database } = config
  const socket = new Socket()
  const tls = config.tls === undefined ? undefined : tlsOf(host, config.tls)
  const client = new Client({
    host,
    port,
    user,
    database,
    // a function, so that neither the environment nor a file in the home folder is asked
    password: () => password ?? '',
    ssl: tls ?? false,
    sslnegotiation: 'postgres',
    application_name: 'scim-bridge',
    options: optionsOf(config),
    connectionTimeoutMillis: config.connect,
    keepAlive: true,
    keepAliveInitialDelayMillis: silence,
    stream: () => socket,
    types: { getTypeParser: typeParser as never },
  })
  let isBroken = false
  client.on('error', () => (isBroken = true))
  client.on('end', () => (isBroken = true))
  try {
    await client.connect()
  } catch (error) {
    socket.destroy()
    throw linkError(error, notConnected)
  }
  return linkOf(
    client,
    socket,
    generation,
    () => isBroken,
    () => {
      const { processID, secretKey } = client as unknown as { readonly processID: number; readonly secretKey: number }
      return cancel({ host, port, tls, processId: processID, secret: secretKey, within: config.connect })
    },
  )
}

function linkOf(
  client: Client,
  socket: Socket,
  generation: Generation,
  isBroken: () => boolean,
  stop: () => Promise<void>,
): Link {
  const born = generation.number
  const nameOf = names()
  const execute = async ({ text, params }: Statement): Promise<Result> => {
    const values = params.map(toNative)
    const name = nameOf(text)
    try {
      const { rows, rowCount } = await client.query<Row[number][]>({
        ...(name === undefined ? {} : { name }),
        text,
        values,
        rowMode: 'array',
      })
      return { rows, changes: rowCount ?? 0 }
    } catch (error) {
      if (isStalePlan(error)) generation.number++
      throw linkError(error, connectionLost)
    }
  }
  return {
    execute,
    // a socket tells that it was destroyed only later
    isUsable: () => !isBroken() && !socket.destroyed,
    // or in a transaction that nobody has ended
    isWorn: () =>
      generation.number !== born || nameOf.count() >= prepared || (client.getTransactionStatus() ?? 'I') !== 'I',
    cancel: stop,
    close: async () => {
      const timer = setTimeout(() => socket.destroy(), farewell)
      await client.end().catch(() => undefined)
      clearTimeout(timer)
    },
    destroy: () => {
      socket.destroy()
    },
  }
}

/** A text that comes again is prepared under a name of its own. */
function names(): { (text: string): string | undefined; count(): number } {
  const once = new Set<string>()
  const named = new Map<string, string>()
  const nameOf = (text: string): string | undefined => {
    const known = named.get(text)
    if (known !== undefined) return known
    if (!once.delete(text)) {
      once.add(text)
      const [oldest] = once
      if (once.size > remembered && oldest !== undefined) once.delete(oldest)
      return undefined
    }
    const fresh = `s${named.size + 1}`
    named.set(text, fresh)
    return fresh
  }
  return Object.assign(nameOf, { count: () => named.size })
}

/** The driver would make JSON of an object and an array literal of a list. */
function toNative(value: unknown): string | Buffer | null {
  if (value === null) return null
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (value instanceof Uint8Array) return Buffer.from(value)
  throw new TypeError('a value without a native form')
}
