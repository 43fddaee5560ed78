import { readFileSync } from 'node:fs'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { isAbsolute, resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import { BridgeError } from '../../base/errors.ts'
import type { Upstream } from '../../mapping/upstream.ts'

/**
 * Connections at a time, and those that are kept for the next request. A kept one is given up before servers usually do
 * so themselves: a request that meets a closing connection may have been carried out or not.
 */
const connections = { keepAlive: true, maxSockets: 128, maxFreeSockets: 16, timeout: 4_000 } as const

/** The connections to an upstream; certificates are always verified. `folder` is where relative files start. */
export function agentOf({ url, tls }: Upstream, folder: string): HttpAgent {
  if (url.startsWith('http:')) return new HttpAgent(connections)
  const read = (what: 'ca' | 'cert' | 'key'): string | undefined => {
    const path = tls[what]
    if (path === undefined) return undefined
    try {
      return readFileSync(isAbsolute(path) ? path : resolve(folder, path), 'utf8')
    } catch (error) {
      throw new BridgeError('invalidConfiguration', `tls.${what} of ${url}: the file cannot be read`, error)
    }
  }
  const [ca, cert, key] = [read('ca'), read('cert'), read('key')]
  const files = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  }
  try {
    createSecureContext(files)
  } catch (error) {
    throw new BridgeError(
      'invalidConfiguration',
      `tls of ${url}: ca, cert or key is not PEM, or they do not fit`,
      error,
    )
  }
  return new HttpsAgent({
    ...connections,
    ...files,
    ...(tls.servername !== undefined && { servername: tls.servername }),
    rejectUnauthorized: true,
  })
}
