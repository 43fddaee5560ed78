import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Link, PoolLimits } from '../../../src/backends/sql/server-pool.ts'
import { serverPool } from '../../../src/backends/sql/server-pool.ts'
import type { Connection, Pool } from '../../../src/backends/sql/connection.ts'
import { nothing } from '../../../src/backends/sql/program.ts'

const limits: PoolLimits = { size: 2, queue: 2, wait: 1_000, statement: 1_000, idle: 60_000 }
const never = new AbortController().signal
const statement = { text: 'SELECT 1', params: [] }

/** A link whose statements end when they are told to. */
function link() {
  let usable = true
  const ends: (() => void)[] = []
  const calls: string[] = []
  const one: Link = {
    execute: () => new Promise((resolve) => ends.push(() => resolve(nothing))),
    isUsable: () => usable,
    cancel: async () => void calls.push('cancel'),
    close: async () => void calls.push('close'),
    destroy: () => {
      usable = false
      calls.push('destroy')
    },
  }
  return { one, calls, finish: () => ends.splice(0).forEach((end) => end()), break: () => (usable = false) }
}

function stand(changes: Partial<PoolLimits> = {}, connect?: () => Promise<Link>) {
  const links: ReturnType<typeof link>[] = []
  const pool = serverPool(
    connect ??
      (async () => {
        const made = link()
        links.push(made)
        return made.one
      }),
    { ...limits, ...changes },
    true,
  )
  return { pool, links }
}

/** Holds a connection until `end` is called. */
function hold(pool: Pool, signal = never) {
  let end: () => void = () => undefined
  let held: Connection | undefined
  const until = new Promise<void>((resolve) => (end = resolve))
  const done = pool.use('write', signal, async (connection) => {
    held = connection
    await until
  })
  done.catch(() => undefined)
  return { done, end, connection: () => held }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))
afterEach(() => vi.useRealTimers())

describe('a pool of connections to a server', () => {
  it('opens no more than its size, keeps them, and hands them over in the order of asking', async () => {
    const { pool, links } = stand()
    const order: number[] = []
    await Promise.all([1, 2, 3, 4].map((n) => pool.use('read', never, async () => void order.push(n))))
    expect(links).toHaveLength(2)
    expect(order).toEqual([1, 2, 3, 4])
    await pool.use('read', never, async () => undefined)
    expect(links).toHaveLength(2)
    await pool.close()
    expect(links.map((one) => one.calls)).toEqual([['close'], ['close']])
  })

  it('refuses with busy when too many wait, and when the wait is too long', async () => {
    vi.useFakeTimers()
    const { pool } = stand()
    const holders = [hold(pool), hold(pool)]
    const waiters = [hold(pool), hold(pool)]
    await expect(pool.use('read', never, async () => 1)).rejects.toMatchObject({ reason: 'busy' })
    await vi.advanceTimersByTimeAsync(1_001)
    for (const waiter of waiters) await expect(waiter.done).rejects.toMatchObject({ reason: 'busy' })
    for (const holder of holders) holder.end()
    await Promise.all(holders.map((one) => one.done))
    expect(await pool.use('read', never, async () => 1)).toBe(1)
  })

  it('lets a caller that gives up out of the line', async () => {
    const { pool } = stand({ size: 1, queue: 1 })
    const holder = hold(pool)
    const impatient = new AbortController()
    const waiter = hold(pool, impatient.signal)
    impatient.abort()
    await expect(waiter.done).rejects.toMatchObject({ reason: 'timeout' })
    const next = pool.use('read', never, async () => 2)
    holder.end()
    expect(await next).toBe(2)
  })

  it('cuts a statement off when its time is over, tells the server, and never uses that connection again', async () => {
    const { pool, links } = stand({ size: 1, statement: 20 })
    const slow = pool.use('write', never, (connection) => connection.execute(statement, never))
    await expect(slow).rejects.toMatchObject({ reason: 'timeout' })
    expect(links[0]?.calls).toEqual(['cancel', 'destroy', 'destroy'])
    await pool.use('read', never, async () => undefined)
    expect(links).toHaveLength(2)
  })

  it('cuts it off when the caller gives up, too, and refuses further statements at once', async () => {
    const { pool, links } = stand({ size: 1 })
    const caller = new AbortController()
    const work = pool.use('write', caller.signal, async (connection) => {
      await connection.execute(statement, caller.signal).catch(() => undefined)
      return connection.execute(statement, never)
    })
    await turn()
    caller.abort()
    await expect(work).rejects.toMatchObject({ reason: 'unavailable' })
    expect(links[0]?.calls[0]).toBe('cancel')
  })

  it('lets each waiter try for itself when no connection can be had', async () => {
    let tries = 0
    const { pool } = stand({ size: 1 }, async () => {
      tries++
      await turn()
      throw new Error('refused')
    })
    const all = await Promise.allSettled([1, 2, 3].map(() => pool.use('read', never, async () => 1)))
    expect(all.map((one) => one.status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(tries).toBe(3)
  })

  it('throws away what broke while it was not in use', async () => {
    const { pool, links } = stand({ size: 1 })
    await pool.use('read', never, async () => undefined)
    links[0]?.break()
    await pool.use('read', never, async () => undefined)
    expect(links).toHaveLength(2)
  })

  it('asks the others first whether they are alive when one had to be given up', async () => {
    vi.useFakeTimers()
    const { pool, links } = stand({ size: 3, statement: 5_000 })
    const holders = [hold(pool), hold(pool), hold(pool)]
    await vi.advanceTimersByTimeAsync(0)
    const slow = expect(holders[0]?.connection()?.execute(statement, never)).rejects.toMatchObject({
      reason: 'timeout',
    })
    for (const holder of holders.slice(1)) holder.end()
    await vi.advanceTimersByTimeAsync(5_001)
    await slow
    holders[0]?.end()
    await holders[0]?.done
    // the one answers, the other does not and is replaced after a moment
    const next = [pool.use('read', never, async () => 'one'), pool.use('read', never, async () => 'two')]
    await vi.advanceTimersByTimeAsync(0)
    links[2]?.finish()
    await vi.advanceTimersByTimeAsync(1_001)
    expect(await Promise.all(next)).toEqual(['one', 'two'])
    expect(links.map(({ calls }) => calls)).toEqual([
      ['cancel', 'destroy', 'destroy'],
      ['cancel', 'destroy', 'destroy'],
      [],
      [],
    ])
    // who has answered is not asked again
    expect(await pool.use('read', never, async () => 'three')).toBe('three')
    await pool.close()
  })

  it('drains before it closes, and takes nobody in meanwhile', async () => {
    const { pool, links } = stand({ size: 1 })
    const holder = hold(pool)
    const waiter = hold(pool)
    await turn()
    let isClosed = false
    const closing = pool.close().then(() => (isClosed = true))
    await expect(waiter.done).rejects.toMatchObject({ reason: 'unavailable' })
    await expect(pool.use('read', never, async () => 1)).rejects.toMatchObject({ reason: 'unavailable' })
    expect(isClosed).toBe(false)
    holder.end()
    await closing
    expect(links[0]?.calls).toEqual(['destroy'])
  })
})
