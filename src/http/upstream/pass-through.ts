import type { IncomingMessage, ServerResponse } from 'node:http'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RequestHandler } from 'express'
import { BridgeError } from '../../base/errors.ts'
import type { Upstream } from '../../mapping/upstream.ts'
import { anonymous, authorizePassThrough } from '../auth.ts'
import { exchangeOf } from '../exchange.ts'
import type { Exchange } from '../exchange.ts'
import { queryPart } from '../query.ts'
import { safeMethods } from '../safe-methods.ts'
import { credentialField } from './credential-field.ts'
import type { Forwarder, Incoming } from './forward.ts'
import { forwarder } from './forward.ts'
import { upstreamFailed } from './judge.ts'
import { pathOf, pathPart } from './pass-scim.ts'
import { safePath } from './path.ts'
import { from, partsOf } from './read-answer.ts'
import { renaming } from './renaming.ts'

/** What the application serves beside SCIM, behind the same tokens. */
export interface PassThrough {
  readonly name: string
  /** Where it is served, without a trailing slash. */
  readonly path: string
  readonly upstream: Upstream
  /** Largest request body, in bytes. */
  readonly body: number
}

export interface ServedPassThrough {
  readonly path: string
  readonly handler: RequestHandler
  close(): void
}

const methods: ReadonlySet<string> = new Set([...safeMethods, 'POST', 'PUT', 'PATCH', 'DELETE'])

/** Fields of one connection (RFC 9110 section 7.6.1); those that `Connection` names go with them. */
const ofConnection =
  /^(?:connection|keep-alive|proxy-connection|proxy-authenticate|proxy-authorization|te|trailer|transfer-encoding|upgrade|expect|http2-settings)$/
/** Who the client is to the bridge, and by which way it came, is nothing to whoever is behind; nor may it change the method unseen. */
const notForUpstream =
  /^(?:authorization|cookie2?|host|content-length|forwarded|via|x-real-ip|x-forwarded-.*|x-request-id|x-(?:http-)?method(?:-override)?|front-end-https)$/
/** Who serves is nothing to the client, and how to authenticate is the bridge's to say. */
const notForClient =
  /^(?:set-cookie2?|server|www-authenticate|x-powered-by|x-request-id|location|content-location|alt-svc|strict-transport-security)$/

/** `folder` is where relative files start. */
export function servePassThrough(
  { name, path, upstream, body: largest }: PassThrough,
  folder: string,
): ServedPassThrough {
  const sender = forwarder(upstream, folder)
  return {
    path,
    close: () => sender.close(),
    handler: async (request, response) => {
      const exchange = exchangeOf(response)
      exchange.seen.application = name
      exchange.seen.route = `${path}/*`
      const { method, headers, url } = request
      authorizePassThrough(exchange.seen.client ?? anonymous, name, !safeMethods.has(method))
      if (!methods.has(method)) {
        response.setHeader('Allow', [...methods].join(', '))
        throw new BridgeError('methodNotAllowed', `This endpoint takes ${[...methods].join(', ')}`)
      }
      if (/\bwebsocket\b/i.test(headers.upgrade ?? '')) {
        throw new BridgeError('notImplemented', 'WebSocket is not passed through')
      }
      const query = queryPart(url)
      const below = safePath(pathPart(url))
      const target = `${upstream.url}${below === '/' ? '' : below}${query === '' ? '' : `?${query}`}`
      try {
        const incoming = await send(sender, request, response, exchange, { target, largest, upstream })
        await answer(response, incoming, exchange, { target, path, upstream })
      } finally {
        // many read an answer only when they have sent everything: what nobody takes any more must not keep them from it
        request.unpipe()
        request.resume()
      }
    },
  }
}

async function send(
  sender: Forwarder,
  request: IncomingMessage,
  response: ServerResponse,
  exchange: Exchange,
  of: { readonly target: string; readonly largest: number; readonly upstream: Upstream },
): Promise<Incoming> {
  const { headers } = request
  const length = headers['content-length']
  const hasBody = headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
  if (Number(length ?? 0) > of.largest) throw tooLarge(of.largest)
  if (hasBody && headers.expect?.toLowerCase() === '100-continue') response.writeContinue()
  const body = hasBody ? request.pipe(counted(of.largest, exchange)) : undefined
  // a client that goes away in the middle has not sent a whole body
  request.once('close', () => {
    if (!request.complete) body?.destroy(new BridgeError('invalidSyntax', 'The body ended early'))
  })
  return exchange.clock.time('upstream', () =>
    sender.send(
      {
        method: request.method ?? 'GET',
        path: pathOf(of.target),
        headers: {
          ...withoutDoubles(endToEnd(headers, notForUpstream), of.upstream.credential?.name),
          'x-request-id': exchange.id,
          ...credentialField(of.upstream),
          ...(hasBody && length !== undefined && { 'content-length': length }),
        },
        ...(body !== undefined && { body }),
      },
      exchange.signal,
    ),
  )
}

async function answer(
  response: ServerResponse,
  incoming: Incoming,
  exchange: Exchange,
  of: { readonly target: string; readonly path: string; readonly upstream: Upstream },
): Promise<void> {
  const { message, giveUp } = incoming
  const status = message.statusCode ?? 0
  // no status of HTTP, or one that gives the connection away: nobody asked for another protocol
  if (status < 200) {
    giveUp()
    throw upstreamFailed(`it answers ${status}`)
  }
  // our credential is wrong: the client would look for the mistake in its own
  if (status === 401 || status === 407) {
    giveUp()
    throw upstreamFailed(`it refuses our credential with ${status}`)
  }
  const parts = partsOf(incoming, of.upstream.timeout, exchange.signal)
  // what breaks off before anything of it was sent is an error like any other
  const first = await parts.next()
  const ours = renaming([{ from: of.upstream.url, to: `${exchange.seen.root}${of.path}` }])
  for (const [name, value] of Object.entries(endToEnd(message.headers, notForClient))) response.setHeader(name, value)
  for (const name of ['location', 'content-location'] as const) {
    const said = message.headers[name]
    if (said === undefined) continue
    const whole = URL.parse(said, of.target)?.href ?? said
    response.setHeader(name, ours(whole) ?? said)
  }
  // RFC 9110 section 8.6: there is nothing that it could be the length of
  if (status === 204) response.removeHeader('content-length')
  response.writeHead(status)
  if (first.done === true) {
    response.end()
    return
  }
  // an answer that breaks off takes the connection with it, so that it does not look whole
  const { signal } = exchange
  await pipeline(from(first.value, parts), renewed(exchange), response, { signal }).catch((error: unknown) => {
    // a client that has gone, or is too slow, is no failure of ours
    throw signal.reason instanceof BridgeError ? signal.reason : error
  })
}

/**
 * RFC 3875 section 4.1.18: to many applications `x_api_key` and `x-api-key` are one name, so what would be taken away
 * under the one does not pass under the other, and nothing passes beside our credential.
 */
const withoutDoubles = (fields: Readonly<Record<string, string>>, credential = ''): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).filter(([name]) => {
      const plain = name.replaceAll('_', '-')
      return plain !== credential.replaceAll('_', '-') && (plain === name || !isWithheld(plain))
    }),
  )

const isWithheld = (name: string): boolean => ofConnection.test(name) || notForUpstream.test(name)

/** The fields that go from end to end, without those that are not meant for this end. */
function endToEnd(headers: IncomingMessage['headers'], not: RegExp): Record<string, string> {
  const named = new Set((headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()))
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || ofConnection.test(name) || not.test(name) || named.has(name)
        ? []
        : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
}

const tooLarge = (limit: number): BridgeError =>
  new BridgeError('payloadTooLarge', `The body is larger than the limit of ${limit} bytes`)

/** Counts a body while it passes; its length may not be said, or be a lie. */
function counted(limit: number, exchange: Exchange): Transform {
  let size = 0
  return new Transform({
    transform(part: Buffer, _encoding, done) {
      size += part.length
      exchange.renew()
      if (size > limit) done(tooLarge(limit))
      else done(null, part)
    },
  })
}

/** The time for a request begins anew with each part that the client takes. */
const renewed = (exchange: Exchange): Transform =>
  new Transform({
    transform(part: Buffer, _encoding, done) {
      exchange.renew()
      done(null, part)
    },
  })
