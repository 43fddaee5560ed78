import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import { pass } from './fault.ts'
import type { Fault } from './fault.ts'
import { startLoad } from './load.ts'
import type { LoadOptions } from './load.ts'
import type { Proxy } from './proxy.ts'
import type { Known } from './talk.ts'

/**
 * What is wrong, and for how many milliseconds: a while, or longer than anybody waits. `request` is what a request may
 * take, `write` a statement whose answer it is bad to lose.
 */
export const faults = (request: number, write: RegExp): readonly (readonly [string, Fault, number])[] => [
  ['refused connections', { kind: 'refuse' }, 900],
  ['connections that are reset', { kind: 'reset' }, 900],
  ['a black hole', { kind: 'blackhole' }, 900],
  ['a frozen network, late packets after it', { kind: 'freeze' }, request + 500],
  ['latency', { kind: 'latency', milliseconds: 150 }, 900],
  ['more latency than there is time', { kind: 'latency', milliseconds: 1_600 }, request + 500],
  ['answers cut in the middle', { kind: 'cut', after: 300, then: 'break' }, 900],
  ['answers that stop in the middle', { kind: 'cut', after: 300, then: 'silence' }, 900],
  ['a server that half-closes', { kind: 'halfClose', by: 'server' }, 900],
  ['a client side that is half-closed', { kind: 'halfClose', by: 'client' }, 900],
  ['the answer to a write lost', { kind: 'loseReply', to: write, every: 3 }, 900],
  ['a write itself lost', { kind: 'loseRequest', to: write, every: 3 }, 900],
]

export interface Bearing {
  readonly proxy: Proxy
  readonly bridge: { readonly url: string; readonly token: string }
  /** No answer may take longer, nor recovery afterwards; milliseconds. */
  readonly bound: number
  readonly recovery: number
  readonly load?: Partial<LoadOptions>
}

export interface Borne {
  readonly recovered: number
  readonly people: readonly Known[]
  /** Answers that were given while something was wrong, by status. */
  readonly statuses: Readonly<Record<number, number>>
  readonly longest: number
}

/** Steady load on a bridge, a fault, its end: every answer is as it should be, and so is what is held afterwards. */
export async function bear(fault: Fault, on: number, { proxy, bridge, bound, recovery, load: more }: Bearing) {
  const load = await startLoad(bridge.url, bridge.token, { rate: 150, clients: 12, bound, ...more })
  try {
    await wait(300)
    const from = performance.now()
    const harmed = proxy.stats.harmed
    const lost = proxy.stats.lost
    await proxy.mode(fault)
    await wait(on)
    await proxy.mode(pass)
    const until = performance.now()
    const recovered = await load.recovered(recovery)
    await wait(200)
    await load.stop()
    expect(load.wrong).toEqual([])
    const during = load.said.filter(({ at, took }) => at + took > from && at < until)
    expect(during.length, 'asked meanwhile').toBeGreaterThan(0)
    const longest = Math.max(...during.map(({ took }) => took))
    if (fault.kind === 'latency' || fault.kind === 'freeze') expect(longest, 'longest answer').toBeGreaterThan(100)
    else expect(proxy.stats.harmed - harmed, 'connections that suffered').toBeGreaterThan(0)
    if (fault.kind === 'loseReply' || fault.kind === 'loseRequest') expect(proxy.stats.lost - lost).toBeGreaterThan(0)
    expect(await load.verify()).toEqual([])
    const statuses: Record<number, number> = {}
    for (const { status } of during) statuses[status] = (statuses[status] ?? 0) + 1
    return { recovered, people: load.people, statuses, longest } satisfies Borne
  } finally {
    await proxy.mode(pass)
    await load.stop()
    load.close()
  }
}
