import { once } from 'node:events'
import { connect, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { checkServerIdentity, connect as connectTls } from 'node:tls'
import type { SecureContext } from 'node:tls'
import type { Server } from '../server.ts'

export interface TlsOptions {
  readonly context: SecureContext
  /** Verified against the certificate instead of the server's host. */
  readonly servername: string | undefined
}

/** A connected socket: in clear, also to a server that is to speak TLS later. */
export async function openSocket({ at }: Server, signal: AbortSignal): Promise<Socket> {
  const socket =
    at.kind === 'socket'
      ? connect({ path: at.path })
      : connect({ host: at.host, port: at.port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 })
  await ready(socket, 'connect', signal)
  return socket
}

/** TLS over it, the chain and the name of the certificate verified (RFC 4513 section 3.1.3). */
export async function secured(socket: Socket, { at }: Server, tls: TlsOptions, signal: AbortSignal): Promise<Socket> {
  const name = tls.servername ?? (at.kind === 'tcp' ? at.host : 'localhost')
  // what happens to it from now on is told by the one above it
  socket.on('error', () => undefined)
  const over = connectTls({
    socket,
    secureContext: tls.context,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    // an address is no server name (RFC 6066 section 3), but it is verified like one
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
  })
  await ready(over, 'secureConnect', signal)
  return over
}

async function ready(socket: Socket, event: string, signal: AbortSignal): Promise<void> {
  const closed = new AbortController()
  const onClose = (): void => closed.abort(new Error('the server closed the connection'))
  socket.once('close', onClose)
  try {
    await once(socket, event, { signal: AbortSignal.any([signal, closed.signal]) })
  } catch (error) {
    socket.on('error', () => undefined).destroy()
    throw signal.aborted ? signal.reason : closed.signal.aborted ? closed.signal.reason : error
  } finally {
    socket.off('close', onClose)
  }
}
