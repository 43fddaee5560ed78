import express from 'express'
import { BridgeError } from '../base/errors.ts'
import type { Bridge } from '../service/bridge.ts'
import { anonymous, authorize } from './auth.ts'
import { ordinary, readBody } from './body.ts'
import type { BodyBounds } from './body.ts'
import { exchangeOf } from './exchange.ts'
import type { Call } from './handlers.ts'
import type { Limits, Timeouts } from './limits.ts'
import { writeReply } from './reply.ts'
import { methods, routes } from './routes.ts'
import type { Method, Route } from './routes.ts'
import { safeMethods } from './safe-methods.ts'
import type { ServedTypes } from './upstream/serve-types.ts'

/** An application where it is served: at `<path>/v2`, and at `<path>` for clients that name no version. */
export interface Mounted {
  readonly bridge: Bridge
  /** Without a trailing slash: `/scim`, or empty. */
  readonly path: string
  /** Resource types beside those of the bridge. */
  readonly types?: ServedTypes
  /** In the place of the bridge's. */
  readonly routes?: readonly Route[]
}

/**
 * What a client that may only read may ask for: a search is a POST that changes nothing, and the operations of a bulk
 * request are looked at one by one. What another service serves is told by the path alone.
 */
const isForReaders = (method: string, pattern: string, path: string): boolean =>
  safeMethods.has(method) ||
  pattern === '/Bulk' ||
  (method === 'POST' && (pattern.includes('*') ? isSearch.test(path) : pattern.endsWith('/.search')))

/** Without escapes or parameters, from which another service may read another path. */
const isSearch = /^(?:\/[A-Za-z0-9_~-]+)*\/\.search$/

const allowOf = (handlers: Route): string =>
  methods
    .filter((_, at) => handlers[at + 1] !== undefined)
    .flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
    .concat('OPTIONS')
    .join(', ')

/** The Express router of one application, made from the table of its routes. */
export function router(
  { bridge, path: mountedAt, types, routes: own }: Mounted,
  limits: Limits,
  timeouts: Timeouts,
): express.Router {
  const result = express.Router()
  for (const row of own ?? routes(bridge, types)) {
    const [pattern, ...handlers] = row
    const allow = allowOf(row)
    const route = result.route(pattern)
    // before anything else: which route it is, and whether this client may use it
    route.all((request, response, next) => {
      const { seen } = exchangeOf(response)
      seen.application = bridge.name
      seen.route = pattern
      if (seen.client !== undefined)
        authorize(seen.client, bridge.name, !isForReaders(request.method, pattern, request.path))
      next()
    })
    methods.forEach((method: Method, at) => {
      const handler = handlers[at]
      if (handler === undefined) return
      route[method](async (request, response) => {
        const exchange = exchangeOf(response)
        const read = (bounds: BodyBounds): ReturnType<typeof readBody> =>
          exchange.clock.time('body', () => readBody(request, response, bounds, exchange.signal))
        const call: Call = {
          bridge,
          context: {
            baseUrl: `${exchange.seen.root}${mountedAt}/v2`,
            caller: exchange.seen.client ?? anonymous,
            signal: exchange.signal,
            clock: exchange.clock,
            id: exchange.id,
          },
          method: request.method,
          url: request.url,
          headers: request.headers,
          name: typeof request.params.name === 'string' ? request.params.name : '',
          limits,
          timeouts,
          body: async (bounds = ordinary(limits)) => (await read(bounds)).value,
          text: async () => (await read(ordinary(limits))).text,
          extend: (milliseconds) => {
            exchange.extend(milliseconds)
            // while the bridge works the connection is silent; for the next request it is as before
            request.socket.setTimeout(2 * milliseconds)
          },
        }
        await writeReply(response, await handler(call))
      })
    })
    route.all(async (request, response) => {
      response.setHeader('Allow', allow)
      if (request.method !== 'OPTIONS') {
        throw new BridgeError('methodNotAllowed', `This endpoint takes ${allow}`)
      }
      await writeReply(response, { status: 204 })
    })
  }
  result.use((request) => {
    // RFC 7644 section 3.13: a version that is not spoken here, as opposed to an endpoint that does not exist; it stands
    // right before the endpoint, so behind another version there is none
    const isVersion = /^\/v\d+(?:\.\d+)?(?:\/|$)/i.test(request.path)
    if (isVersion && !/\/v2$/i.test(request.baseUrl)) {
      throw new BridgeError('invalidVersion', 'Only version v2 of the protocol is served')
    }
    throw new BridgeError('notFound', 'There is no such endpoint')
  })
  return result
}
