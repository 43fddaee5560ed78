import { connect } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import type { PeerCertificate } from 'node:tls'
import mysql2 from 'mysql2'
import type { Connection } from 'mysql2'
import { BridgeError } from '../../../base/errors.ts'
import { mysql } from '../dialects/mysql.ts'
import type { ServerConfig } from '../server-config.ts'

/** Prepared statements kept by one connection; a server holds 16,382 for all of them unless it is told otherwise. */
const keptStatements = 200

export interface Connected {
  readonly connection: Connection
  /** The first error that nobody was waiting for. */
  isBroken(): boolean
  destroy(): void
}

/**
 * A connection over which somebody has logged in, within the time for it. Rejects with BridgeError: what is wrong before
 * the first statement is not tried again by the program.
 */
export async function connectMysql(config: ServerConfig): Promise<Connected> {
  const { tls } = config
  const socket = connect({ host: config.host, port: config.port, noDelay: true, keepAlive: true })
  socket.setKeepAlive(true, 30_000)
  let broken = false
  const connection = mysql2.createConnection({
    stream: () => socket,
    // with a socket of our own, the host is nothing but the name that is asked for in the TLS handshake
    host: tls?.servername ?? config.host,
    port: config.port,
    user: config.user,
    ...(config.password === undefined ? {} : { password: config.password }),
    database: config.database,
    charset: 'UTF8MB4_UNICODE_520_CI',
    connectTimeout: config.connect,
    connectAttributes: { program_name: 'scim-bridge' },
    // found rows are counted, changed or not; the server may not ask for local files
    flags: ['-LOCAL_FILES', '-ODBC', '-IGNORE_SPACE'],
    rowsAsArray: true,
    dateStrings: true,
    supportBigNumbers: true,
    jsonStrings: true,
    trace: false,
    maxPreparedStatements: keptStatements,
    ...(tls === undefined ? {} : { ssl: { ...given(tls), rejectUnauthorized: true, minVersion: 'TLSv1.2' } }),
  })
  if (tls !== undefined) verifyName(connection, tls.servername)
  const destroy = (): void => {
    broken = true
    connection.destroy()
    socket.destroy()
  }
  connection.on('error', () => {
    broken = true
  })
  try {
    await new Promise<void>((resolve, reject) => {
      connection.connect((error) => (error === null || error === undefined ? resolve() : reject(error)))
    })
  } catch (error) {
    destroy()
    throw refused(error)
  }
  return { connection, isBroken: () => broken || socket.destroyed, destroy }
}

const given = ({ ca, cert, key }: NonNullable<ServerConfig['tls']>) => ({
  ...(ca === undefined ? {} : { ca }),
  ...(cert === undefined ? {} : { cert }),
  ...(key === undefined ? {} : { key }),
})

type Done = (error?: Error) => void
interface Upgrading {
  startTLS(done: Done): void
  readonly stream: { getPeerCertificate(): PeerCertificate }
}

/**
 * mysql2 verifies the chain and, asked to, a host name, but for an address it would look for "localhost" in the
 * certificate. So the name is verified here, between the handshake and the password.
 */
function verifyName(connection: unknown, name: string): void {
  const upgrading = connection as Upgrading
  const start = upgrading.startTLS.bind(connection)
  upgrading.startTLS = (done) =>
    start((error) => done(error ?? checkServerIdentity(name, upgrading.stream.getPeerCertificate())))
}

const said: Readonly<Record<number, string>> = {
  1040: 'the database has no connection left',
  1044: 'the database refuses this user for this database',
  1045: 'the database refuses this user or password',
  1049: 'the server has no such database',
  1203: 'the database has no connection left for this user',
  1226: 'the database has no connection left for this user',
  1698: 'the database refuses this user or password',
}

/** What hinders a connection, in words that are safe to show. */
export function refused(error: unknown): BridgeError {
  const { errno, code } = error as { readonly errno?: number; readonly code?: string }
  if (code === 'HANDSHAKE_SSL_ERROR')
    return new BridgeError('unavailable', 'the certificate of the database server cannot be verified', error)
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT')
    return new BridgeError('unavailable', 'the database server offers no encryption', error)
  const reason = mysql.failure(error)?.reason === 'busy' ? 'busy' : 'unavailable'
  return new BridgeError(
    reason,
    (errno === undefined ? undefined : said[errno]) ?? 'the database is not available',
    error,
  )
}
