import { Readable } from 'node:stream'
import { BridgeError } from '../../base/errors.ts'
import type { Upstream } from '../../mapping/upstream.ts'
import type { RequestContext } from '../../service/bridge.ts'
import type { Call, Handler } from '../handlers.ts'
import { queryPart } from '../query.ts'
import type { HttpReply } from '../reply.ts'
import { credentialField } from './credential-field.ts'
import type { Forwarder, Incoming } from './forward.ts'
import { isReadable, isScimError, judge, upstreamFailed, wrapped } from './judge.ts'
import { safePath } from './path.ts'
import { from, notScim, partsOf, renamedParts, wholeBody } from './read-answer.ts'
import { renameIn, renamedText } from './renaming.ts'
import type { Rename } from './renaming.ts'

/** A SCIM service behind the bridge, as far as a request passes through to it. */
export interface ScimService {
  readonly upstream: Upstream
  readonly forwarder: Forwarder
  /** From the names of the upstream to ours, and from ours to its. */
  names(context: RequestContext): { readonly ours: Rename; readonly theirs: Rename }
  /** What is asked, below the `url`, to find out whether our credential is good at all. */
  readonly probe: string
}

/** An error message is read as a whole; a longer one is none of SCIM. */
const longestError = 64 * 1024

const withBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/** Passes a request through; `below` is the path of the client below the `url` of the upstream, as it was sent. */
export const passScim =
  (service: ScimService, below: (path: string) => string): Handler =>
  async (call) => {
    const { method, context } = call
    const path = safePath(below(pathPart(call.url)).replace(/\/$/, ''))
    const query = queryPart(call.url)
    const target = `${service.upstream.url}${path}${query === '' ? '' : `?${query}`}`
    const { ours, theirs } = service.names(context)
    const text = withBody.has(method) ? await call.text() : undefined
    const sent = text === undefined ? undefined : Buffer.from(renamedBody(text, theirs), 'utf8')
    const incoming = await context.clock.time('upstream', () =>
      service.forwarder.send(
        {
          method,
          path: pathOf(target),
          headers: { ...headersFor(call, service.upstream), ...(sent && { 'content-length': String(sent.length) }) },
          ...(sent !== undefined && { body: Readable.from([sent]) }),
        },
        context.signal,
      ),
    )
    return answered(service, call, incoming, ours, target)
  }

export const pathPart = (url: string): string => url.split('?', 1)[0] ?? ''

/** What stands behind the origin of a URL, as it was written: a `URL` would normalise it. */
export const pathOf = (url: string): string => url.replace(/^https?:\/\/[^/?]+/i, '') || '/'

const renamedBody = (text: string, theirs: Rename): string => {
  try {
    return renamedText(text, theirs)
  } catch (error) {
    throw new BridgeError('invalidSyntax', 'The body must be a JSON object', error)
  }
}

const renamedError = (text: string, ours: Rename): string => {
  try {
    return renamedText(text, ours)
  } catch (error) {
    throw notScim(error instanceof Error ? error : 'the error is not JSON')
  }
}

/** Of the client's fields only those that SCIM knows (RFC 7644 section 3.14): a credential, a cookie or an override of the method stays here. */
function headersFor({ headers, context, method }: Call, upstream: Upstream): Record<string, string> {
  const passed = ['if-match', 'if-none-match'].flatMap((name) => {
    const value = headers[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  return {
    accept: 'application/scim+json, application/json;q=0.9',
    'accept-encoding': 'identity',
    'x-request-id': context.id,
    ...(withBody.has(method) && { 'content-type': 'application/scim+json' }),
    ...Object.fromEntries(passed),
    ...credentialField(upstream),
  }
}

async function answered(
  service: ScimService,
  { method, url, context }: Call,
  incoming: Incoming,
  ours: Rename,
  target: string,
): Promise<HttpReply> {
  const { message, giveUp } = incoming
  const status = message.statusCode ?? 0
  const judgement = judge(status)
  const head = { status, ...headOf(incoming, ours, target) }
  const parts = (): AsyncGenerator<Buffer> => partsOf(incoming, service.upstream.timeout, context.signal)
  if (judgement.kind === 'failed') {
    giveUp()
    throw upstreamFailed(judgement.because)
  }
  if (judgement.kind === 'error' || judgement.kind === 'refused') {
    const bytes = isReadable(message) ? await wholeBody(parts(), longestError) : undefined
    giveUp()
    const text = bytes?.toString('utf8') ?? ''
    const isScim = method === 'HEAD' || isScimError(text)
    if (judgement.kind === 'refused' && !(isScim && (await isKnown(service, context))))
      throw upstreamFailed(`it refuses our credential with ${status}`)
    return method === 'HEAD' || !isScim
      ? { ...head, body: wrapped(status) }
      : { ...head, stream: once(renamedError(text, ours)) }
  }
  if (status === 204 || status === 304 || method === 'HEAD') {
    await wholeBody(parts(), 0)
    // RFC 9110 section 8.6: how long the body would have been nobody knows, and it is not 0
    return method === 'HEAD' ? { ...head, stream: once('') } : head
  }
  if (!isReadable(message)) {
    giveUp()
    throw notScim(`a body of another type or coding`)
  }
  const body = parts()
  const first = await body.next()
  if (first.done === true) {
    if (method === 'GET' || url.includes('/.search')) throw notScim('no body')
    return head
  }
  return { ...head, stream: renamedParts(from(first.value, body), renameIn(ours)) }
}

/** The fields of an answer that are a client's business, in our names. */
function headOf({ message }: Incoming, ours: Rename, target: string): Omit<HttpReply, 'status'> {
  const { etag, location, ...headers } = message.headers
  const renamed = (url: string): string | undefined => {
    const whole = URL.parse(url, target)?.href
    return ours(url) ?? (whole === undefined ? undefined : ours(whole))
  }
  const place = location === undefined ? undefined : renamed(location)
  const content = headers['content-location'] === undefined ? undefined : renamed(headers['content-location'])
  return {
    ...(etag !== undefined && { etag }),
    ...(place !== undefined && { location: place }),
    headers: {
      ...(content !== undefined && { 'content-location': content }),
      ...(headers['retry-after'] !== undefined && { 'retry-after': headers['retry-after'] }),
      ...(headers.allow !== undefined && { allow: headers.allow }),
    },
  }
}

/** Is our credential good for anything? A 403 of something else then tells what was asked that it may not be done. */
async function isKnown({ forwarder, upstream, probe }: ScimService, context: RequestContext): Promise<boolean> {
  const { message, giveUp } = await forwarder.send(
    {
      method: 'GET',
      path: pathOf(`${upstream.url}${probe}`),
      headers: {
        accept: 'application/scim+json',
        'accept-encoding': 'identity',
        ...credentialField(upstream),
      },
    },
    context.signal,
  )
  giveUp()
  return message.statusCode !== 401 && message.statusCode !== 403 && message.statusCode !== 407
}

/** A piece that is there already. */
async function* once(text: string): AsyncGenerator<string> {
  yield text
}
