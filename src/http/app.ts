import express from 'express'
import { asBridgeError, BridgeError } from '../base/errors.ts'
import type { Observe } from '../base/observation.ts'
import { statusTable } from '../scim/error-answer.ts'
import { anonymous, authenticator } from './auth.ts'
import type { TokenRule } from './auth.ts'
import { checkHost, publicRoot } from './base-url.ts'
import type { PublicAddress } from './base-url.ts'
import { exchangeOf, openExchange } from './exchange.ts'
import type { Limits, Timeouts } from './limits.ts'
import { negotiate } from './negotiate.ts'
import { commonHeaders, writeError } from './reply.ts'
import { router } from './router.ts'
import type { Mounted } from './router.ts'
import type { ServedPassThrough } from './upstream/pass-through.ts'
import { literal } from './literal.ts'

export interface AppOptions {
  readonly applications: readonly Mounted[]
  readonly passThrough?: readonly ServedPassThrough[]
  readonly tokens: readonly TokenRule[]
  readonly allowAnonymous: boolean
  readonly address: PublicAddress
  readonly limits: Limits
  readonly timeouts: Timeouts
  readonly observe: Observe
}

/** Status of a request whose client went away before the answer, as nginx logs it. */
const clientGone = 499

/** Opens the exchange: id, clock, time limit, and the report when it is over, whichever way. */
const begin =
  ({ timeouts, observe }: AppOptions): express.RequestHandler =>
  (request, response, next) => {
    const current = openExchange(request, response, timeouts.request)
    commonHeaders(response, current.id)
    response.once('close', () => {
      current.close()
      const answered = response.writableFinished
      if (!answered) current.abort(new BridgeError('requestTimeout', 'The client has gone'))
      const { seen } = current
      observe({
        kind: 'request',
        id: current.id,
        application: seen.application,
        method: request.method,
        route: seen.route,
        status: answered ? response.statusCode : clientGone,
        milliseconds: Math.round(current.clock.total() * 10) / 10,
        client: seen.client?.name ?? '',
        ...(seen.error !== undefined && { error: seen.error }),
      })
    })
    next()
  }

/** Checks what a request must have wherever it goes: length, host, credentials, an acceptable answer. */
function admit({
  applications,
  passThrough = [],
  tokens,
  allowAnonymous,
  address,
  limits,
}: AppOptions): express.RequestHandler {
  const authenticate = authenticator(tokens, allowAnonymous)
  const rootOf = publicRoot(address)
  // RFC 7643 section 5: how to authenticate should be readable without; credentials that are sent must still be right
  const open = new Set(
    applications.flatMap(({ path }) =>
      [`${path}/v2/ServiceProviderConfig`, `${path}/ServiceProviderConfig`].map((place) => place.toLowerCase()),
    ),
  )
  const isOpen = (request: express.Request): boolean =>
    (request.method === 'GET' || request.method === 'HEAD') &&
    request.headers.authorization === undefined &&
    open.has(request.path.toLowerCase().replace(/\/$/, ''))
  // what is behind a pass-through path answers in types of its own
  const isPassed = ({ path }: express.Request): boolean =>
    passThrough.some((one) => `${path.toLowerCase()}/`.startsWith(`${one.path.toLowerCase()}/`))
  return (request, response, next) => {
    const { seen } = exchangeOf(response)
    if (Buffer.byteLength(request.url) > limits.uri) {
      throw new BridgeError('uriTooLong', `The URL is longer than the limit of ${limits.uri} bytes`)
    }
    // RFC 9112 section 3.2: a target has no fragment, and whoever is behind may read another path from one
    if (request.url.includes('#')) throw new BridgeError('invalidSyntax', 'A request target has no fragment')
    // RFC 9112 section 6.1: of other codings only the chunks would be undone, and the rest taken for the body
    if (!/^(?:chunked)?$/i.test(request.headers['transfer-encoding']?.trim() ?? ''))
      throw new BridgeError('notImplemented', 'The only transfer coding is chunked')
    checkHost(request)
    seen.client = isOpen(request) ? anonymous : authenticate(request.headers.authorization)
    if (!isPassed(request)) seen.type = negotiate(request.headers.accept)
    seen.root = rootOf(request)
    next()
  }
}

/** Express marks a path parameter that cannot be percent-decoded in this way. */
const refusalOf = (thrown: unknown): BridgeError =>
  thrown instanceof URIError && 'status' in thrown
    ? new BridgeError('invalidSyntax', 'The path is not properly percent-encoded')
    : asBridgeError(thrown)

/** Turns whatever was thrown into a SCIM error; the cause goes to the log only. */
const failed =
  ({ timeouts, observe }: AppOptions): express.ErrorRequestHandler =>
  (thrown: unknown, _request, response, _next) => {
    const error = refusalOf(thrown)
    if (statusTable[error.reason].tell === true) {
      observe({
        kind: 'failure',
        id: exchangeOf(response).id,
        code: error.code,
        cause: error.cause ?? error,
      })
    }
    writeError(response, error, timeouts.retryAfter)
  }

/** The whole HTTP floor as an Express application. */
export function createApp(options: AppOptions): express.Express {
  const app = express()
  app.disable('x-powered-by').disable('etag').set('query parser', false)
  app.use(begin(options))
  app.use(admit(options))
  for (const { path, handler } of options.passThrough ?? []) app.use(literal(path), handler)
  for (const mounted of options.applications) {
    const path = literal(mounted.path)
    app.use(`${path}/v2`, router(mounted, options.limits, options.timeouts))
    app.use(path === '' ? '/' : path, router(mounted, options.limits, options.timeouts))
  }
  app.use(() => {
    throw new BridgeError('notFound', 'There is no such endpoint')
  })
  app.use(failed(options))
  return app
}
