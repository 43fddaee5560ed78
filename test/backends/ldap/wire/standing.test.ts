import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { standing } from '../../../../src/backends/ldap/wire/standing.ts'
import type { Standing } from '../../../../src/backends/ldap/wire/standing.ts'

/** A server whose probes are counted; it works when `works` is set. */
function server(): { readonly of: Standing; readonly probes: number[]; readonly states: string[]; works: boolean } {
  const probes: number[] = []
  const states: string[] = []
  const made = {
    works: false,
    probes,
    states,
    of: standing({
      probe: async () => {
        probes.push(Date.now())
        if (!made.works) throw new Error('still away')
      },
      changed: (state) => states.push(state),
    }),
  }
  return made
}

describe('how a server stands', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }))
  afterEach(() => void vi.useRealTimers())

  it('is tried again after pauses that double up to a limit, give or take a quarter', async () => {
    const { of, probes } = server()
    of.gone(new Error('away'))
    await vi.advanceTimersByTimeAsync(200_000)
    const pauses = probes.map((at, index) => at - (probes[index - 1] ?? 0))
    for (const [index, middle] of [500, 1_000, 2_000, 2_500, 2_500].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(middle * 0.75)
      expect(pauses[index]).toBeLessThanOrEqual(middle * 1.25)
    }
    of.stop()
  })

  it('is tried by one probe at a time, however many fail, and starts over when it works', async () => {
    const made = server()
    for (let time = 0; time < 50; time++) made.of.gone(new Error('away'))
    // the first comes after 625 ms at the latest, the second 1,125 at the earliest
    await vi.advanceTimersByTimeAsync(1_000)
    expect(made.probes).toHaveLength(1)
    made.works = true
    await vi.advanceTimersByTimeAsync(2_500)
    expect(made.probes).toHaveLength(2)
    expect(made.of.state).toBe('used')
    made.of.gone(new Error('again'))
    await vi.advanceTimersByTimeAsync(1_250)
    expect(made.probes).toHaveLength(3)
    expect(made.states).toEqual(['away', 'used', 'away', 'used'])
  })

  it('is slow when two operations running are late, not two among others', async () => {
    const made = server()
    made.of.late()
    made.of.answered()
    made.of.late()
    expect(made.of.state).toBe('used')
    made.of.late()
    expect(made.of.state).toBe('slow')
    await vi.advanceTimersByTimeAsync(1_000)
    // the probe failed
    expect(made.states).toEqual(['slow', 'away'])
    made.of.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(made.probes).toHaveLength(1)
  })
})
