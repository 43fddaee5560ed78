import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { pass } from './fault.ts'
import type { Fault, Stats } from './fault.ts'
import { overhear } from './overhear.ts'
import type { Protocol } from './overhear.ts'
import { openPair } from './pair.ts'
import type { Pair } from './pair.ts'

export interface ProxyOptions {
  readonly host: string
  readonly port: number
  /** How statements are recognised in what a client sends; `lines` is for servers that speak in lines of text. */
  readonly protocol: Protocol
}

export interface Proxy {
  /** On 127.0.0.1; it stays the same while nobody listens there. */
  readonly port: number
  readonly stats: Readonly<Stats>
  /** Connections that live change with it. */
  mode(fault: Fault): Promise<void>
  close(): Promise<void>
}

/** A TCP proxy in this process that does to connections what networks and dying servers do. */
export async function openProxy(options: ProxyOptions): Promise<Proxy> {
  const stats: Stats = { connections: 0, open: 0, harmed: 0, awaited: 0, lost: 0, fromClient: 0, fromServer: 0 }
  const pairs = new Set<Pair>()
  let fault: Fault = pass
  const accept = (client: Socket): void => {
    stats.connections++
    stats.open++
    const pair = openPair({
      client,
      server: { host: options.host, port: options.port },
      fault,
      overheard: overhear(options.protocol),
      stats,
      closed: () => {
        stats.open--
        pairs.delete(pair)
      },
    })
    pairs.add(pair)
  }
  const first = await listenSomewhere(accept)
  const { port } = first
  let { server } = first
  const mode: Proxy['mode'] = async (next) => {
    const closed = next.kind === 'refuse' && server.listening ? stop(server) : undefined
    fault = next
    for (const pair of [...pairs]) pair.set(next)
    await closed
    if (next.kind !== 'refuse' && !server.listening) server = await listen(port, accept)
  }
  return {
    port,
    stats,
    mode,
    close: async () => {
      const closed = server.listening ? stop(server) : undefined
      for (const pair of [...pairs]) pair.close()
      await closed
    },
  }
}

/** Below the ports that a system gives out by itself: nobody takes it while it is refused, nor connects to itself. */
async function listenSomewhere(
  accept: (client: Socket) => void,
): Promise<{ readonly server: Server; readonly port: number }> {
  for (let attempt = 0; ; attempt++) {
    const port = 15_000 + Math.floor(Math.random() * 15_000)
    try {
      return { server: await listen(port, accept), port }
    } catch (error) {
      if (attempt === 20) throw error
    }
  }
}

const listen = (port: number, accept: (client: Socket) => void): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, accept)
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })

const stop = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()))
