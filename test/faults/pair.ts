import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { conveyor } from './conveyor.ts'
import type { Item } from './conveyor.ts'
import { delayOf } from './fault.ts'
import type { Fault, Stats } from './fault.ts'
import type { Overheard } from './overhear.ts'

/** A client's connection and the one to the server that goes with it. */
export interface Pair {
  set(fault: Fault): void
  close(): void
}

export interface PairOptions {
  readonly client: Socket
  readonly server: { readonly host: string; readonly port: number }
  readonly fault: Fault
  readonly overheard: Overheard
  readonly stats: Stats
  readonly closed: () => void
}

export function openPair({ client, server: at, fault: first, overheard, stats, closed }: PairOptions): Pair {
  const server = connect({ ...at, allowHalfOpen: true, noDelay: true })
  const up = conveyor(client, server)
  const down = conveyor(server, client)
  let fault = first
  /** Of the server, since the fault was set. */
  let answered = 0
  /** What the server says next is lost. */
  let losing = false
  /** What one side sends does not reach the other any more. */
  let silent = false

  const harm = (): void => void stats.harmed++
  const silence = (): void => {
    if (silent) return
    silent = true
    harm()
  }
  const sever = (): void => {
    silence()
    up.stop()
    down.stop()
    client.destroySoon()
    server.destroy()
  }
  const reset = (): void => {
    silence()
    client.resetAndDestroy()
    server.resetAndDestroy()
  }
  const onFault = (): void => {
    switch (fault.kind) {
      case 'refuse':
      case 'reset':
        return reset()
      case 'halfClose':
        silence()
        return void (fault.by === 'server' ? client.end() : server.end())
      default:
    }
  }

  const sent = (bytes: Buffer): void => {
    stats.fromClient += bytes.length
    const texts = overheard.client(bytes)
    if (silent) return
    if (fault.kind === 'blackhole') return silence()
    if (fault.kind === 'loseReply' || fault.kind === 'loseRequest') {
      const { to, every } = fault
      if (texts.some((text) => to.test(text)) && ++stats.awaited % every === 0) {
        if (fault.kind === 'loseRequest') {
          stats.lost++
          return sever()
        }
        losing = true
      }
    }
    up.put(bytes, delayOf(fault))
  }
  const answer = (bytes: Buffer): void => {
    stats.fromServer += bytes.length
    overheard.server(bytes)
    if (silent) return
    if (fault.kind === 'blackhole') return silence()
    if (losing) {
      // a server that says anything at all has done what it was asked for
      stats.lost++
      return sever()
    }
    if (fault.kind !== 'cut') return down.put(bytes, delayOf(fault))
    const room = fault.after - answered
    answered += bytes.length
    if (bytes.length < room) return down.put(bytes, 0)
    down.put(bytes.subarray(0, room), 0)
    return fault.then === 'break' ? sever() : silence()
  }
  /** The server learns in the end that its client has gone; the client of a dead connection has to give up by itself. */
  const ended = (item: Item, towards: 'server' | 'client'): void => {
    if (towards === 'server') up.put(silent ? 'gone' : item, delayOf(fault))
    else if (!silent) down.put(item, delayOf(fault))
    else if (item !== 'end' && client.readableEnded) client.destroySoon()
  }

  let sockets = 2
  const gone = (): void => {
    if (--sockets > 0) return
    up.stop()
    down.stop()
    closed()
  }
  for (const [socket, towards, take] of [
    [client, 'server', sent],
    [server, 'client', answer],
  ] as const) {
    socket.on('data', take)
    socket.on('end', () => ended('end', towards))
    // 'close' follows and says that there was one
    socket.on('error', () => undefined)
    socket.on('close', (failed) => {
      ended(failed ? 'reset' : 'gone', towards)
      gone()
    })
  }
  onFault()
  return {
    set: (next) => {
      fault = next
      answered = 0
      onFault()
      if (delayOf(next) < Number.POSITIVE_INFINITY) {
        up.release()
        down.release()
      }
    },
    close: () => {
      up.stop()
      down.stop()
      client.destroy()
      server.destroy()
    },
  }
}
