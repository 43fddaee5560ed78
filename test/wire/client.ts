import { Agent, request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { JsonObject } from '../../src/base/json.ts'
import { patchOf } from './people.ts'

export interface Sent {
  /** A value is sent as JSON, a string or bytes as they are. */
  readonly body?: unknown
  /** `null` takes a header away that is otherwise sent. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** Milliseconds of silence after which there will be no answer. */
  readonly timeout?: number
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** `{}` when the answer holds no JSON object. */
  readonly body: JsonObject
}

export interface Client {
  /** The path goes on the wire byte for byte: `fetch` would re-encode quotes, drop `..` and a trailing `?`. */
  send(method: string, path: string, sent?: Sent): Promise<Answer>
  get(path: string): Promise<Answer>
  post(path: string, body: unknown): Promise<Answer>
  put(path: string, body: unknown): Promise<Answer>
  patch(path: string, ...operations: readonly object[]): Promise<Answer>
  delete(path: string): Promise<Answer>
  close(): void
}

/** One SCIM client: base URL, token, kept connections. */
export function scimClient(base: string, token: string): Client {
  const { hostname, port, pathname } = new URL(base)
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const send: Client['send'] = (method, path, sent = {}) => {
    const { body, timeout = 20_000 } = sent
    const bytes = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    const headers: Record<string, string | number> = {
      accept: 'application/scim+json',
      authorization: `Bearer ${token}`,
      ...(bytes !== undefined && {
        'content-type': 'application/scim+json; charset=utf-8',
        'content-length': Buffer.byteLength(bytes),
      }),
    }
    for (const [name, value] of Object.entries(sent.headers ?? {})) {
      if (value === null) delete headers[name.toLowerCase()]
      else headers[name.toLowerCase()] = value
    }
    return new Promise((resolve, reject) => {
      const outgoing = request(
        { agent, hostname, port, method, path: pathname.replace(/\/$/, '') + path, headers, timeout },
        (incoming) => {
          const parts: Buffer[] = []
          incoming.on('data', (part: Buffer) => parts.push(part))
          incoming.on('error', reject)
          incoming.on('end', () => {
            const text = Buffer.concat(parts).toString('utf8')
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, body: objectIn(text) })
          })
        },
      )
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${method} ${path}`)))
      outgoing.on('error', reject)
      outgoing.end(bytes)
    })
  }
  return {
    send,
    get: (path) => send('GET', path),
    post: (path, body) => send('POST', path, { body }),
    put: (path, body) => send('PUT', path, { body }),
    patch: (path, ...operations) => send('PATCH', path, { body: patchOf(...operations) }),
    delete: (path) => send('DELETE', path),
    close: () => agent.destroy(),
  }
}

function objectIn(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as JsonObject) : {}
  } catch {
    return {}
  }
}
