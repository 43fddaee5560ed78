import type { Exchange } from './exchange.ts'
import { requestOf } from './request.ts'
import { rootDse } from './root-dse.ts'

/** Milliseconds after which a server that owes answers and says nothing is asked for a sign of life. */
const quiet = 1_000

export interface Watch {
  /** Something was sent. */
  started(): void
  stop(): void
}

/**
 * Ends a connection over which nothing comes any more. A network that drops packets without a word (a firewall that
 * forgot the connection) leaves it looking open for a quarter of an hour, and requests that are given up before their
 * time would go on being sent into it. A server that is merely slow with a search answers another one meanwhile, and
 * anything that it says counts. `patience`: how long it may take, in milliseconds. `answered`: one request less is pending.
 */
export function endWhenSilent(exchange: Exchange, patience: number, answered: () => void): Watch {
  let timer: NodeJS.Timeout | undefined
  const later = (milliseconds: number, next: () => void): void => {
    timer = setTimeout(next, milliseconds).unref()
  }
  const look = (): void => {
    timer = undefined
    if (!exchange.isOpen || exchange.pending === 0) return
    const rest = exchange.heard + quiet - performance.now()
    if (rest > 0) return later(rest, look)
    const asked = performance.now()
    exchange.send(requestOf(rootDse)).result.then(answered, () => undefined)
    later(patience, () => {
      if (exchange.heard >= asked) return look()
      exchange.close(new Error('the server gives no sign of life'))
    })
  }
  return {
    started: () => {
      if (timer === undefined) later(quiet, look)
    },
    stop: () => {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
