import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { BridgeError } from '../../src/base/errors.ts'
import type { Json, JsonObject } from '../../src/base/json.ts'
import type { Observation } from '../../src/base/observation.ts'
import { createApp } from '../../src/http/app.ts'
import type { AppOptions } from '../../src/http/app.ts'
import { digestOf } from '../../src/http/auth.ts'
import { startServer } from '../../src/http/server.ts'
import type { ScimRequest } from '../../src/scim/request.ts'
import type { Bridge, BulkTime, Reply, RequestContext } from '../../src/service/bridge.ts'

export const token = 'correct-horse-battery-staple'
export const readToken = 'only-for-looking-at-things'
export const otherToken = 'for-the-other-application'

/** A body that has come to be handled as bulk. */
export interface AskedInBulk {
  readonly body: Json
  readonly context: RequestContext
  readonly time: BulkTime
}

export interface Asked {
  readonly request: ScimRequest
  readonly context: RequestContext
}

/** A bridge that keeps resources in memory and remembers what it was asked; `answer` may take over. */
export interface FakeBridge extends Bridge {
  readonly asked: Asked[]
  readonly inBulk: AskedInBulk[]
  beforeBulk: ((context: RequestContext) => Promise<void>) | undefined
  answer: ((request: ScimRequest, context: RequestContext) => Promise<Reply> | undefined) | undefined
}

export function fakeBridge(name = 'people'): FakeBridge {
  const held = new Map<string, JsonObject>()
  const asked: Asked[] = []
  const inBulk: AskedInBulk[] = []
  const show = (id: string, context: RequestContext, status: number): Reply => {
    const body = held.get(id)
    if (body === undefined) throw new BridgeError('notFound', 'no such User')
    return { status, body, location: `${context.baseUrl}/Users/${encodeURIComponent(id)}`, etag: 'W/"1"' }
  }
  const handle = (request: ScimRequest, context: RequestContext): Reply => {
    switch (request.kind) {
      case 'create': {
        const id = `u${held.size + 1}`
        held.set(id, { ...(request.body as JsonObject), id })
        return show(id, context, 201)
      }
      case 'get':
        return show(request.id, context, 200)
      case 'list':
      case 'listAll':
        return { status: 200, body: { totalResults: held.size, Resources: [...held.values()] } }
      case 'replace':
      case 'patch':
        return show(request.id, context, 200)
      case 'delete':
        held.delete(request.id)
        return { status: 204 }
    }
  }
  const fake: FakeBridge = {
    name,
    asked,
    inBulk,
    beforeBulk: undefined,
    answer: undefined,
    endpoints: [
      { path: '/Users', type: 'User' },
      { path: '/Groups', type: 'Group' },
    ],
    handle: async (request, context) => {
      asked.push({ request, context })
      return (await fake.answer?.(request, context)) ?? context.clock.time('run', () => handle(request, context))
    },
    bulk: async (body, context, time) => {
      inBulk.push({ body, context, time })
      await fake.beforeBulk?.(context)
      return { status: 200, body: { done: true } }
    },
    discovery: (which, one, context) => ({ status: 200, body: { which, one: one ?? null, at: context.baseUrl } }),
    checkUrlFilter: (filter) => {
      if (filter?.includes('sensitive') === true) throw new BridgeError('sensitive', 'not in a URL')
    },
    readSearch: (body) => ({ filter: String((body as JsonObject).filter) }),
  }
  return fake
}

export const limits = {
  body: 64 * 1024,
  uri: 2000,
  headers: 8000,
  depth: 32,
  bulkPayload: 256 * 1024,
  bulkOperations: 50,
}
export const timeouts = { request: 10_000, bulk: 20_000, headers: 5_000, keepAlive: 5_000, drain: 2_000, retryAfter: 5 }

export interface Stand {
  readonly url: string
  readonly port: number
  readonly bridge: FakeBridge
  readonly seen: Observation[]
  readonly stop: () => Promise<void>
  /** fetch with the token and JSON, below `/scim/v2`. */
  readonly call: (method: string, path: string, init?: CallInit) => Promise<Answer>
  /** Sends bytes as they are; resolves with everything that came back until the connection ended. */
  readonly raw: (...parts: readonly (string | Buffer)[]) => Promise<string>
}

export interface CallInit {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: JsonObject
}

export async function stand(
  options: Partial<AppOptions> = {},
  more: { readonly other?: Bridge; readonly bridge?: FakeBridge } = {},
): Promise<Stand> {
  const bridge = more.bridge ?? fakeBridge()
  const seen: Observation[] = []
  const app = createApp({
    applications: [
      { bridge, path: '/scim' },
      ...(more.other === undefined ? [] : [{ bridge: more.other, path: '/other/scim' }]),
    ],
    tokens: [
      { name: 'main', sha256: digestOf(token).toString('hex') },
      { name: 'reader', sha256: digestOf(readToken).toString('hex'), readOnly: true },
      { name: 'elsewhere', sha256: digestOf(otherToken).toString('hex'), applications: ['other'] },
    ],
    allowAnonymous: false,
    address: { publicUrl: undefined, trustedProxies: [] },
    limits,
    timeouts,
    observe: (observation) => seen.push(observation),
    ...options,
  })
  const server = await startServer(app, {
    host: '127.0.0.1',
    port: 0,
    limits: options.limits ?? limits,
    timeouts: options.timeouts ?? timeouts,
  })
  const port = Number(new URL(server.url).port)
  return {
    url: server.url,
    port,
    bridge,
    seen,
    stop: () => server.stop(),
    call: async (method, path, init = {}) => {
      const response = await fetch(`${server.url}/scim/v2${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(init.body !== undefined && { 'content-type': 'application/scim+json' }),
          ...init.headers,
        },
        ...(init.body !== undefined && {
          body: typeof init.body === 'string' ? init.body : JSON.stringify(init.body),
        }),
        redirect: 'manual',
      })
      const text = await response.text()
      const body = text.startsWith('{') ? (JSON.parse(text) as JsonObject) : {}
      return { status: response.status, headers: response.headers, text, body }
    },
    raw: async (...parts) => converse(port, parts),
  }
}

/** Writes the parts one after the other and collects the answer; a reset after the answer is no failure. */
export function converse(port: number, parts: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1')
    let answer = ''
    const timer = setTimeout(() => socket.destroy(), 15_000)
    socket.on('data', (chunk) => (answer += chunk.toString('utf8')))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(answer)
    })
    socket.on('connect', () => {
      for (const part of parts) socket.write(part)
    })
  })
}

/** A raw request with token, Host and `Connection: close`. */
export const rawRequest = (line: string, headers: readonly string[] = [], body = ''): string =>
  [
    `${line} HTTP/1.1`,
    'Host: localhost',
    `Authorization: Bearer ${token}`,
    'Connection: close',
    ...(body === '' ? [] : ['Content-Type: application/scim+json', `Content-Length: ${Buffer.byteLength(body)}`]),
    ...headers,
    '',
    body,
  ].join('\r\n')
