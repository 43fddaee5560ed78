import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A service that sends bytes as it is told, whatever HTTP says of them. */
export interface OddService {
  readonly url: string
  readonly port: number
  /** Heads of the requests that arrived, with their bodies as far as they came along. */
  readonly asked: readonly string[]
  connections(): number
}

export type Misbehave = (socket: Socket, request: string) => void

/** Calls `misbehave` with each request; one without a body ends with its head. */
export async function oddService(misbehave: Misbehave): Promise<OddService> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  let count = 0
  const server = createServer((socket) => {
    count++
    sockets.add(socket)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8')
      for (;;) {
        const end = text.indexOf('\r\n\r\n')
        if (end < 0) return
        const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, end))?.[1] ?? 0)
        if (Buffer.byteLength(text) < end + 4 + length) return
        const request = text.slice(0, end + 4 + length)
        text = text.slice(request.length)
        asked.push(request)
        misbehave(socket, request)
      }
    })
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/scim/v2`, port, asked, connections: () => count }
}

/** An answer with a body and its length. */
export const answer = (
  status: string,
  body: string,
  headers: readonly string[] = ['Content-Type: application/scim+json'],
): string => [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n')
