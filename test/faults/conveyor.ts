import type { Socket } from 'node:net'

/** `end` is the FIN that follows the bytes before it; `gone` and `reset` say that the sender does not listen any more. */
export type Item = Buffer | 'end' | 'gone' | 'reset'

export interface Conveyor {
  /** Delivered in order, not before its time; `Infinity` waits for `release`. */
  put(item: Item, delay: number): void
  /** What is held back without end arrives now; what is only late stays late. */
  release(): void
  /** Nothing more is delivered. */
  stop(): void
}

/** One direction of a connection. */
export function conveyor(from: Socket, to: Socket): Conveyor {
  let queue: { readonly due: number; readonly item: Item }[] = []
  let timer: NodeJS.Timeout | undefined
  const hand = (item: Item): void => {
    if (item === 'end') to.end()
    else if (item === 'gone') to.destroySoon()
    else if (item === 'reset') to.resetAndDestroy()
    else if (to.writable && !to.write(item)) {
      from.pause()
      to.once('drain', () => from.resume())
    }
  }
  const deliver = (): void => {
    clearTimeout(timer)
    const now = performance.now()
    for (let head = queue[0]; head !== undefined && head.due <= now; head = queue[0]) {
      queue.shift()
      hand(head.item)
    }
    const next = queue[0]
    if (next !== undefined && next.due < Number.POSITIVE_INFINITY) timer = setTimeout(deliver, next.due - now)
  }
  return {
    put: (item, delay) => {
      queue.push({ due: performance.now() + delay, item })
      deliver()
    },
    release: () => {
      queue = queue.map(({ due, item }) => ({ due: due < Number.POSITIVE_INFINITY ? due : 0, item }))
      deliver()
    },
    stop: () => {
      clearTimeout(timer)
      queue = []
    },
  }
}
