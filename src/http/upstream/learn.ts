import { BridgeError } from '../../base/errors.ts'
import { isArray, isObject } from '../../base/json.ts'
import type { Json, JsonObject } from '../../base/json.ts'
import type { Observe } from '../../base/observation.ts'
import type { Upstream } from '../../mapping/upstream.ts'
import { credentialField } from './credential-field.ts'
import type { Forwarder } from './forward.ts'
import { isReadable, upstreamFailed } from './judge.ts'
import { pathOf } from './pass-scim.ts'
import { notScim, partsOf, wholeBody } from './read-answer.ts'

/** Something that an upstream says of itself, asked again from time to time; what was learnt last is kept. */
export interface Learner<T> {
  /** What is known; asks when nothing is. Undefined when the upstream cannot be asked now, and never could. */
  current(): Promise<T | undefined>
}

/** How long something learnt is new, and how long after a failure nobody is asked again, in milliseconds. */
const fresh = 5 * 60_000
const pause = 5_000
/** How long an answer may take, in milliseconds, and how large it may be. */
const patience = 10_000
const largest = 4 * 1024 * 1024

export function learner<T>(about: string, ask: (signal: AbortSignal) => Promise<T>, observe: Observe): Learner<T> {
  let known: T | undefined
  let next = 0
  let asking: Promise<void> | undefined
  let wasTold = false
  const refresh = async (): Promise<void> => {
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(upstreamFailed('it does not answer')), patience)
    try {
      known = await ask(controller.signal)
      next = performance.now() + fresh
      wasTold = false
    } catch (error) {
      next = performance.now() + pause
      // once for each time that it goes away
      if (!wasTold) observe({ kind: 'warning', about, detail: detailOf(error) })
      wasTold = true
    } finally {
      clearTimeout(timer)
      asking = undefined
    }
  }
  return {
    async current() {
      if (performance.now() >= next) asking ??= refresh()
      // what is known already does not wait for what may be newer
      if (known === undefined && asking !== undefined) await asking
      return known
    },
  }
}

const detailOf = (error: unknown): string => {
  const said = error instanceof BridgeError ? error.detail : 'The upstream service cannot be asked'
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return `its discovery endpoints cannot be read. ${said}${cause}`
}

/** One of the discovery endpoints (RFC 7644 section 4) at a URL. */
export async function askJson(
  upstream: Upstream,
  forwarder: Forwarder,
  url: string,
  signal: AbortSignal,
): Promise<JsonObject> {
  const incoming = await forwarder.send(
    {
      method: 'GET',
      path: pathOf(url),
      headers: {
        accept: 'application/scim+json, application/json;q=0.9',
        'accept-encoding': 'identity',
        ...credentialField(upstream),
      },
    },
    signal,
  )
  const { message, giveUp } = incoming
  if (message.statusCode !== 200 || !isReadable(message)) {
    giveUp()
    throw upstreamFailed(`it answers ${message.statusCode ?? 0} to ${new URL(url).pathname}`)
  }
  const bytes = await wholeBody(partsOf(incoming, upstream.timeout, signal), largest)
  if (bytes === undefined) throw notScim('a very long answer')
  let value: Json
  try {
    value = JSON.parse(bytes.toString('utf8')) as Json
  } catch {
    throw notScim('no JSON')
  }
  if (!isObject(value)) throw notScim('no object')
  return value
}

/** The resources of a list response. */
export function resourcesOf(list: JsonObject): readonly JsonObject[] {
  const resources = list['Resources']
  return isArray(resources) ? resources.filter((one) => isObject(one)) : []
}
