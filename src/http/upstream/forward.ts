import { ServerResponse } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { createProxyMiddleware } from 'http-proxy-middleware'
import type { Plugin } from 'http-proxy-middleware'
import { BridgeError } from '../../base/errors.ts'
import type { Upstream } from '../../mapping/upstream.ts'
import { safeMethods } from '../safe-methods.ts'
import { agentOf } from './agent.ts'

/** One request as the upstream gets it: nothing of the client's that is not said here. */
export interface Outgoing {
  readonly method: string
  /** Path and query below the origin, byte for byte. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Readable
}

/** An answer whose body is still to be read. Whoever has it reads it to its end or gives it up. */
export interface Incoming {
  readonly message: IncomingMessage
  readonly giveUp: () => void
}

/** Connections to one upstream. */
export interface Forwarder {
  /** Resolves when an answer begins. Rejects with BridgeError `unavailable`, or with the reason of the signal. */
  send(outgoing: Outgoing, signal: AbortSignal): Promise<Incoming>
  close(): void
}

interface Waiting {
  readonly answered: (message: IncomingMessage) => void
  readonly failed: (error: Error) => void
  sent?: ClientRequest
}

/**
 * Requests go through http-proxy-middleware, which gets a request made here in the place of the client's: its events
 * come too late to take a header away (none comes at all for a request with Expect), and on a failure it ends the
 * response that it was given, which may then be no SCIM error any more.
 */
export function forwarder(upstream: Upstream, folder: string): Forwarder {
  const agent = agentOf(upstream, folder)
  const { origin, host } = new URL(upstream.url)
  const waiting = new WeakMap<object, Waiting>()
  const of = (response: unknown): Waiting | undefined =>
    typeof response === 'object' && response !== null ? waiting.get(response) : undefined
  const wire: Plugin = (proxy) => {
    proxy.on('proxyReq', (sent, _request, response) => {
      const one = of(response)
      if (one !== undefined) one.sent = sent
    })
    proxy.on('proxyRes', (message, _request, response) => of(response)?.answered(message))
    proxy.on('error', (error, _request, response) => of(response)?.failed(error))
    proxy.on('econnreset', (error, _request, response) => of(response)?.failed(error))
  }
  const proxy = createProxyMiddleware({
    target: origin,
    agent,
    selfHandleResponse: true,
    followRedirects: false,
    ejectPlugins: true,
    plugins: [wire],
  })

  function once(outgoing: Outgoing, signal: AbortSignal): Promise<Incoming> {
    return new Promise((resolve, reject) => {
      const { method, path, headers, body = Readable.from([]) } = outgoing
      // node writes the body of a GET or DELETE without any framing unless it is said: it would be read as another request
      const isEndless = outgoing.body !== undefined && headers['content-length'] === undefined
      const request = Object.assign(body, {
        method,
        url: path,
        headers: { ...headers, host, ...(isEndless && { 'transfer-encoding': 'chunked' }) },
        httpVersion: '1.1',
        httpVersionMajor: 1,
        httpVersionMinor: 1,
      }) as unknown as IncomingMessage
      const response = new ServerResponse(request)
      const giveUp = (): void => {
        response.destroy()
        body.destroy()
      }
      const settle = (): void => {
        signal.removeEventListener('abort', stop)
        clearTimeout(timer)
      }
      const fail = (error: unknown): void => {
        settle()
        giveUp()
        reject(error instanceof Error ? error : new BridgeError('timeout', 'The request was given up'))
      }
      const stop = (): void => fail(signal.reason)
      const late = (): void => fail(new BridgeError('timeout', 'The upstream service is too slow'))
      const timer = upstream.timeout === undefined ? undefined : setTimeout(late, upstream.timeout)
      const entry: Waiting = {
        answered: (message) => {
          settle()
          resolve({ message, giveUp })
        },
        failed: (error) => fail(new Broken(error, entry.sent?.reusedSocket === true)),
      }
      waiting.set(response, entry)
      // what comes after an answer has begun is told by its body
      response.on('error', () => undefined)
      body.on('error', fail)
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop)
      void proxy(request, response, (error) => fail(error ?? new Error('not a path')))
    })
  }

  return {
    async send(outgoing, signal) {
      try {
        return await once(outgoing, signal)
      } catch (error) {
        if (!(error instanceof Broken)) throw error
        // a kept connection that was closed at that very moment; what only reads may be asked again
        const again = error.wasKept && outgoing.body === undefined && safeMethods.has(outgoing.method)
        if (!again) throw unavailable(error)
        try {
          return await once(outgoing, signal)
        } catch (second) {
          throw second instanceof Broken ? unavailable(second) : second
        }
      }
    },
    close: () => agent.destroy(),
  }
}

class Broken extends Error {
  readonly wasKept: boolean
  constructor(cause: Error, wasKept: boolean) {
    super('the connection failed', { cause })
    this.wasKept = wasKept
  }
}

const unavailable = ({ cause }: Broken): BridgeError =>
  new BridgeError('unavailable', 'The upstream service does not answer', cause)
