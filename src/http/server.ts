import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { isIPv6 } from 'node:net'
import { BridgeError } from '../base/errors.ts'
import type { Limits, Timeouts } from './limits.ts'
import { refuse } from './refuse.ts'

export interface ServerOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly limits: Limits
  readonly timeouts: Timeouts
  /** Told about what never became a request: the status it was answered with. */
  readonly onRefused?: (status: number) => void
}

export interface RunningServer {
  /** `http://127.0.0.1:8080`, with the port that was really taken. */
  readonly url: string
  /** Takes no more connections, lets requests under way finish within the drain time, then cuts them off. */
  stop(): Promise<void>
}

/** Listens with every bound that node:http offers; the answer to what is not HTTP is a SCIM error, too. */
export async function startServer(app: RequestListener, options: ServerOptions): Promise<RunningServer> {
  const { limits, timeouts } = options
  const current = new Map<Socket, { readonly request: IncomingMessage; readonly response: ServerResponse }>()
  let stopping = false

  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    current.set(request.socket, { request, response })
    toOriginForm(request)
    if (stopping) response.setHeader('Connection', 'close')
    app(request, response)
  }
  const server = createServer(
    {
      // node counts the request line with the header fields
      maxHeaderSize: limits.uri + limits.headers,
      // node refuses one that is longer than the next
      headersTimeout: Math.min(timeouts.headers, timeouts.request),
      // a little later than the application's own bound, whose answer says more
      requestTimeout: timeouts.request + 1000,
      keepAliveTimeout: timeouts.keepAlive,
      connectionsCheckingInterval: Math.max(50, Math.min(1000, Math.floor(timeouts.headers / 4))),
      // the application answers a missing Host with a SCIM error
      requireHostHeader: false,
    },
    listener,
  )
  // a client that does not read its answer; while the bridge works the connection may be silent
  server.setTimeout(2 * timeouts.request)
  // an Expect header is left to the application: it asks for the body only when it wants it
  server.on('checkContinue', listener)
  server.on('checkExpectation', listener)
  server.on('connection', (socket) => socket.once('close', () => current.delete(socket)))
  server.on('clientError', (error: NodeJS.ErrnoException & { readonly rawPacket?: Buffer }, socket) => {
    const under = current.get(socket as Socket)
    const answering =
      under !== undefined && under.response.headersSent && !(under.response.writableFinished && under.request.complete)
    const status = refuse(error, socket, answering, limits.uri)
    if (status !== undefined) options.onRefused?.(status)
  })

  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(cannotListen(error, options))
    server.once('error', fail)
    server.listen(options.port, options.host, () => {
      server.off('error', fail)
      resolve()
    })
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${isIPv6(options.host) ? `[${options.host}]` : options.host}:${port}`,
    stop: () =>
      new Promise((resolve) => {
        stopping = true
        const timer = setTimeout(() => server.closeAllConnections(), timeouts.drain)
        server.close(() => {
          clearTimeout(timer)
          resolve()
        })
        for (const { response } of current.values()) {
          if (!response.headersSent) response.setHeader('Connection', 'close')
        }
        server.closeIdleConnections()
      }),
  }
}

/** RFC 9112 section 3.2.2: a whole URL is as good as its path. What cuts a path off it later must find it at the start. */
function toOriginForm(request: IncomingMessage): void {
  const { url = '' } = request
  const rest = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
  if (rest !== url) request.url = rest.startsWith('/') ? rest : `/${rest}`
}

function cannotListen(error: NodeJS.ErrnoException, { host, port }: ServerOptions): BridgeError {
  const why = error.code === 'EADDRINUSE' ? 'the port is in use' : `the system says ${error.code ?? 'no'}`
  return new BridgeError('invalidConfiguration', `Cannot listen on ${host} port ${port}: ${why}`, error)
}
