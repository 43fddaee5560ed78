import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { BridgeError } from '../base/errors.ts'
import type { Client } from './auth.ts'
import { clock } from './clock.ts'
import type { Clock } from './clock.ts'
import type { AnswerType } from './negotiate.ts'

/** One request and its answer, while it is under way. */
export interface Exchange {
  readonly id: string
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Gives the exchange up: its time has run out, or nobody waits for it any more. */
  readonly abort: (reason: BridgeError) => void
  /** The time for a request begins anew: the client has taken another part of a long answer. */
  readonly renew: () => void
  /** From now on it may take so long, in milliseconds. */
  readonly extend: (milliseconds: number) => void
  /** Nothing is under way any more. */
  readonly close: () => void
  readonly seen: Seen
}

/** What is found out on the way and wanted at the end, when the answer is written and the request is reported. */
export interface Seen {
  /** Public URL of the bridge, without the path of an application. */
  root: string
  client: Client | undefined
  application: string
  /** The pattern, never the URL: filters and ids are personal data (RFC 7644 section 7.5.2). */
  route: string
  type: AnswerType
  /** Code of the error that was answered. */
  error: string | undefined
}

const open = new WeakMap<ServerResponse, Exchange>()

/** The exchange that `openExchange` began for this answer. */
export function exchangeOf(response: ServerResponse): Exchange {
  const found = open.get(response)
  if (found === undefined) throw new BridgeError('internal', 'No exchange is open')
  return found
}

/** A request id of the caller is kept when it can do no harm in a log or a header. */
const saneId = /^[A-Za-z0-9][A-Za-z0-9._-]{3,127}$/

/** `milliseconds` is how long the exchange may take before it is given up. */
export function openExchange(request: IncomingMessage, response: ServerResponse, milliseconds: number): Exchange {
  const sent = request.headers['x-request-id']
  const controller = new AbortController()
  const limited = (time: number): NodeJS.Timeout =>
    setTimeout(() => {
      controller.abort(new BridgeError('timeout', `The request was not done within ${time} ms`))
    }, time)
  let timer = limited(milliseconds)
  let closed = false
  const exchange: Exchange = {
    id: typeof sent === 'string' && saneId.test(sent) ? sent : randomUUID(),
    clock: clock(),
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    renew: () => {
      if (!closed) timer.refresh()
    },
    extend: (time) => {
      if (closed || controller.signal.aborted) return
      clearTimeout(timer)
      timer = limited(time)
    },
    close: () => {
      closed = true
      clearTimeout(timer)
    },
    seen: {
      root: '',
      client: undefined,
      application: '',
      route: '',
      type: 'application/scim+json',
      error: undefined,
    },
  }
  open.set(response, exchange)
  return exchange
}
