import type { Socket } from 'node:net'
import type { Bind } from '../config.ts'
import { code } from '../codes.ts'
import type { Operation, Result } from '../operation.ts'
import type { Server } from '../server.ts'
import { endWhenSilent } from './alive.ts'
import { givenUp } from './given-up.ts'
import { BrokenExchange, NoConnection } from './broken.ts'
import { openExchange } from './exchange.ts'
import type { Exchange } from './exchange.ts'
import { bindRequest, requestOf, startTlsRequest } from './request.ts'
import type { Request } from './request.ts'
import { openSocket, secured } from './socket.ts'
import type { TlsOptions } from './socket.ts'

/** A connection over which somebody has been bound; any number of operations at a time. */
export interface Connection {
  /** It takes new work. */
  readonly isOpen: boolean
  /**
   * A code that is no success is a result. Rejects with BrokenExchange, or with BridgeError when `signal` ends it. An
   * operation that is late is abandoned, and its connection takes no more: it ends with the last of its neighbours.
   */
  execute(operation: Operation, signal: AbortSignal): Promise<Result>
  /** Takes no new work, and is closed when nothing is pending. */
  retire(): void
  /** Resolves when it is closed. */
  readonly closed: Promise<void>
}

export interface ConnectionOptions {
  readonly bind: Bind
  readonly tls: TlsOptions
  /** Milliseconds until it is bound. */
  readonly connect: number
  /** Milliseconds for one operation. */
  readonly operation: number
  /** Called once, when it takes no new work any more. */
  retired(connection: Connection): void
}

/** Milliseconds in which a server has to give a sign of life, at most. */
const longestSilence = 2_500

/** Rejects with NoConnection. */
export async function openConnection(server: Server, options: ConnectionOptions): Promise<Connection> {
  const signal = AbortSignal.timeout(options.connect)
  const closed = Promise.withResolvers<void>()
  let connection: Connection | undefined
  const ended = (): void => {
    closed.resolve()
    connection?.retire()
  }
  let exchange: Exchange | undefined
  try {
    let socket: Socket = await openSocket(server, signal)
    if (server.encryption === 'ldaps') socket = await secured(socket, server, options.tls, signal)
    if (server.encryption === 'startTls') {
      exchange = openExchange(socket, () => undefined)
      await said(exchange, startTlsRequest, `${server.url}: StartTLS`, signal)
      socket = await secured(exchange.release(), server, options.tls, signal)
    }
    exchange = openExchange(socket, ended)
    const { bind } = options
    if (bind.kind !== 'anonymous')
      await said(exchange, bindRequest(bind.kind === 'external' ? 'external' : bind), `${server.url}: bind`, signal)
    if (!exchange.isOpen) throw new NoConnection(`${server.url}: closed as soon as it was open`)
    connection = connectionOver(exchange, options, closed.promise)
    return connection
  } catch (error) {
    exchange?.close()
    if (error instanceof NoConnection) throw error
    const why = error instanceof Error ? `: ${error.message}` : ''
    throw new NoConnection(`${server.url}: no connection could be made${why}`, error)
  }
}

/** A step before the first operation, which has to succeed. */
async function said(exchange: Exchange, request: Request, what: string, signal: AbortSignal): Promise<void> {
  const { result, abandon } = exchange.send(request)
  const abort = (): void => abandon(new NoConnection(`${what}: no answer in time`))
  signal.addEventListener('abort', abort)
  try {
    const { code: answered, message } = await result
    if (answered !== code.success) throw new NoConnection(`${what} refused with result code ${answered}: ${message}`)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function connectionOver(exchange: Exchange, options: ConnectionOptions, closed: Promise<void>): Connection {
  let isRetired = false
  const retire = (): void => {
    if (!isRetired) {
      isRetired = true
      options.retired(self)
    }
    if (exchange.pending > 0) return
    watch.stop()
    exchange.close()
  }
  const watch = endWhenSilent(exchange, Math.min(options.connect, longestSilence), () => {
    if (isRetired) retire()
  })
  const self: Connection = {
    get isOpen() {
      return !isRetired && exchange.isOpen
    },
    async execute(operation, signal) {
      if (signal.aborted) throw givenUp(signal)
      if (isRetired) throw new BrokenExchange('notSent')
      const { result, abandon } = exchange.send(requestOf(operation))
      watch.started()
      const abort = (): void => abandon(givenUp(signal))
      const timer = setTimeout(() => {
        abandon(new BrokenExchange('late'))
        retire()
      }, options.operation)
      signal.addEventListener('abort', abort)
      try {
        return await result
      } finally {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
        if (isRetired) retire()
      }
    },
    retire,
    closed,
  }
  return self
}
