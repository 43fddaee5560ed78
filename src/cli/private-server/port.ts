import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

export const host = '127.0.0.1'

/** A port that was free a moment ago; whoever starts a server on it has to be ready to try another. */
export function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer()
  server.on('error', reject)
  server.listen(0, host, () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resolve(port))
  })
  return promise
}
