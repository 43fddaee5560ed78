import { BridgeError } from '../../../base/errors.ts'
import type { LdapConfig } from '../config.ts'
import type { Result } from '../operation.ts'
import type { Server } from '../server.ts'
import { BrokenExchange, NoConnection } from './broken.ts'
import type { WireHooks } from './wire.ts'
import { openPool } from './pool.ts'
import type { Pool } from './pool.ts'
import { rootDse } from './root-dse.ts'
import type { TlsOptions } from './socket.ts'
import { standing } from './standing.ts'
import type { Standing } from './standing.ts'

/** One server with its connections and how it stands. */
export interface Station {
  readonly server: Server
  readonly pool: Pool
  readonly standing: Standing
}

/** What is asked of a pool, and whether it may be asked again when no answer came. */
export interface Ask {
  /** A search is; a write is not, nor a listing of which a part has been handed over. */
  isRepeatable(): boolean
  of(pool: Pool): Promise<Result>
}

export interface Servers {
  /** By the first server that works. Rejects with BridgeError. */
  ask(ask: Ask): Promise<{ readonly result: Result; readonly by: Station }>
  /** By this server and no other. */
  askOf(station: Station, ask: Ask): Promise<Result>
  close(): Promise<void>
}

/** A connection that broke before anything was sent is replaced so many times. */
const replacements = 3

export function openServers(config: LdapConfig, tls: TlsOptions, hooks: WireHooks): Servers {
  const stations = config.servers.map((server): Station => {
    const pool = openPool(server, config, tls)
    return {
      server,
      pool,
      standing: standing({
        probe: async () => {
          await pool.execute(rootDse, AbortSignal.timeout(config.timeouts.connect))
        },
        changed: (state, cause) => hooks.onServer({ url: server.url, state, cause }),
      }),
    }
  })
  /** Why the last one that went away did so. */
  let cause: unknown

  const current = (): Station | undefined =>
    stations.find((one) => one.standing.state === 'used') ?? stations.find((one) => one.standing.state === 'slow')

  /** A server that takes no further connection, and answers over those it has, is not away. */
  const isAlive = async ({ pool }: Station): Promise<boolean> =>
    pool.isConnected &&
    (await pool.execute(rootDse, AbortSignal.timeout(config.timeouts.connect)).then(
      () => true,
      () => false,
    ))

  async function once(station: Station, ask: Ask): Promise<Result> {
    try {
      const result = await ask.of(station.pool)
      station.standing.answered()
      return result
    } catch (error) {
      if (error instanceof NoConnection) {
        if (await isAlive(station)) throw full(error)
        cause = error
        station.standing.gone(error)
      }
      if (error instanceof BrokenExchange && error.fate === 'late') station.standing.late()
      throw error
    }
  }

  /** `next` says which server is asked; undefined: there is none. */
  async function asked(next: () => Station | undefined, ask: Ask): Promise<{ result: Result; by: Station }> {
    let repeated = false
    for (let replaced = 0; ;) {
      const by = next()
      if (by === undefined) throw unavailable(cause)
      try {
        return { result: await once(by, ask), by }
      } catch (error) {
        if (error instanceof NoConnection) continue
        if (!(error instanceof BrokenExchange)) throw error
        if (error.fate === 'notSent' && replaced++ < replacements) continue
        if (error.fate === 'noAnswer' && ask.isRepeatable() && !repeated) {
          repeated = true
          continue
        }
        throw unanswered(error, ask)
      }
    }
  }

  return {
    ask: (ask) => asked(current, ask),
    askOf: async (station, ask) =>
      (await asked(() => (station.standing.state === 'away' ? undefined : station), ask)).result,
    async close() {
      for (const one of stations) one.standing.stop()
      await Promise.all(stations.map((one) => one.pool.close()))
    },
  }
}

const full = (cause: unknown): BridgeError =>
  new BridgeError('busy', 'the directory takes no further connection; try again later', cause)

const unavailable = (cause: unknown): BridgeError =>
  new BridgeError('unavailable', 'the directory is not available', cause)

function unanswered(error: BrokenExchange, ask: Ask): BridgeError {
  const unknown = ask.isRepeatable() ? '' : '; whether this was done is not known'
  return error.fate === 'late'
    ? new BridgeError('timeout', `the directory took too long${unknown}`, error)
    : new BridgeError('unavailable', `the connection to the directory broke${unknown}`, error)
}
