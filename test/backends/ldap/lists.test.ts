import { describe, expect, it, vi } from 'vitest'
import { scimId } from '../../../src/base/brand.ts'
import { lists } from '../../../src/backends/ldap/lists.ts'
import type { IdList } from '../../../src/backends/ldap/lists.ts'

const listOf = (...ids: readonly string[]): IdList => ({
  type: 'User',
  descending: false,
  places: ids.map((id) => ({ sort: null, id: scimId(id) })),
})

/** Walks that end when the test says so. */
function walks() {
  const begun: { end: (list: IdList) => void; fail: (error: Error) => void; readonly signal: AbortSignal }[] = []
  const walk = (signal: AbortSignal): Promise<IdList> => {
    const { promise, resolve, reject } = Promise.withResolvers<IdList>()
    signal.addEventListener('abort', () => reject(signal.reason as Error))
    begun.push({ end: resolve, fail: reject, signal })
    return promise
  }
  return { begun, walk }
}

const at = (key: string, going = false) => ({ key, type: 'User', going })
const patient = new AbortController().signal
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('a list that takes long', () => {
  it('is made once for all who ask for it at the same time', async () => {
    const kept = lists(30_000)
    const { begun, walk } = walks()
    const all = [1, 2, 3].map(() => kept.make(at('a'), patient, walk))
    const other = kept.make(at('b'), patient, walk)
    expect(begun).toHaveLength(2)
    begun[0]?.end(listOf('1'))
    begun[1]?.end(listOf('2'))
    expect(await Promise.all(all)).toEqual([listOf('1'), listOf('1'), listOf('1')])
    expect(await other).toEqual(listOf('2'))
    expect(kept.find('a', false)).toEqual(listOf('1'))
  })

  it('is there in the end, though nobody waited for it so long', async () => {
    const kept = lists(30_000)
    const { begun, walk } = walks()
    const impatient = new AbortController()
    const first = kept.make(at('a'), impatient.signal, walk)
    impatient.abort(new Error('time is up'))
    await expect(first).rejects.toThrow('time is up')
    const second = kept.make(at('a'), patient, walk)
    expect(begun).toHaveLength(1)
    begun[0]?.end(listOf('1'))
    expect(await second).toEqual(listOf('1'))
    expect(kept.find('a', false)).toEqual(listOf('1'))
  })

  it('is not for whoever has written since it was begun', async () => {
    const kept = lists(30_000)
    const { begun, walk } = walks()
    const before = kept.make(at('a'), patient, walk)
    kept.changed('Group')
    void kept.make(at('a'), patient, walk)
    expect(begun).toHaveLength(1)
    kept.changed('User')
    const after = kept.make(at('a'), patient, walk)
    expect(begun).toHaveLength(2)
    begun[0]?.end(listOf('1'))
    expect(await before).toEqual(listOf('1'))
    expect(kept.find('a', false)).toBeUndefined()
    // whoever goes on behind a page does not begin anew
    expect(kept.find('a', true)).toEqual(listOf('1'))
    begun[1]?.end(listOf('1', '2'))
    expect(await after).toEqual(listOf('1', '2'))
    expect(kept.find('a', false)).toEqual(listOf('1', '2'))
  })

  it('is not put over a younger one', async () => {
    const kept = lists(30_000)
    const { begun, walk } = walks()
    const before = kept.make(at('a'), patient, walk)
    kept.changed('User')
    const after = kept.make(at('a'), patient, walk)
    begun[1]?.end(listOf('1', '2'))
    await after
    begun[0]?.end(listOf('1'))
    expect(await before).toEqual(listOf('1'))
    expect(kept.find('a', false)).toEqual(listOf('1', '2'))
  })

  it('fails for all who wait, and is begun anew by the next one', async () => {
    const kept = lists(30_000)
    const { begun, walk } = walks()
    const all = [1, 2].map(() => kept.make(at('a'), patient, walk))
    begun[0]?.fail(new Error('gone'))
    for (const one of all) await expect(one).rejects.toThrow('gone')
    void kept.make(at('a'), patient, walk)
    expect(begun).toHaveLength(2)
  })

  it('is given up with its request where nobody could find it', async () => {
    const kept = lists(0)
    const { begun, walk } = walks()
    const impatient = new AbortController()
    const first = kept.make(at('a'), impatient.signal, walk)
    void kept.make(at('a'), patient, walk)
    expect(begun).toHaveLength(2)
    impatient.abort(new Error('time is up'))
    await expect(first).rejects.toThrow('time is up')
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([true, false])
  })

  it('does not go on beside many others that nobody waits for', async () => {
    const kept = lists(30_000)
    const { begun, walk } = walks()
    const impatient = new AbortController()
    const all = ['a', 'b', 'c', 'd'].map((key) => kept.make(at(key), impatient.signal, walk))
    const waited = kept.make(at('e'), patient, walk)
    impatient.abort(new Error('time is up'))
    await Promise.allSettled(all)
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([true, true, false, false, false])
    kept.close()
    await expect(waited).rejects.toThrow()
    await settled()
    expect(begun.every(({ signal }) => signal.aborted)).toBe(true)
  })

  it('is kept for whoever goes on in it, and is too old for whoever begins', async () => {
    let time = 0
    const kept = lists(30_000, () => time)
    await kept.make(at('a'), patient, () => Promise.resolve(listOf('1')))
    for (time = 20_000; time < 600_000; time += 20_000) expect(kept.find('a', true), `after ${time}`).toBeDefined()
    expect(kept.find('a', false)).toBeUndefined()
    expect(kept.find('a', true)).toBeUndefined()
    await kept.make(at('a'), patient, () => Promise.resolve(listOf('2')))
    time += 29_999
    expect(kept.find('a', true)).toEqual(listOf('2'))
    expect(kept.find('a', false)).toEqual(listOf('2'))
    time += 2
    expect(kept.find('a', false)).toBeUndefined()
    expect(kept.find('a', true)).toEqual(listOf('2'))
    time += 30_000
    expect(kept.find('a', true)).toBeUndefined()
  })

  it('is not held for longer than it is kept, though nobody asks', async () => {
    vi.useFakeTimers()
    try {
      let time = 0
      const kept = lists(30_000, () => time)
      await kept.make(at('a'), patient, () => Promise.resolve(listOf('1')))
      time = 20_000
      await kept.make(at('b'), patient, () => Promise.resolve(listOf('2')))
      time = 30_000
      vi.advanceTimersByTime(30_000)
      // by this clock neither would be too old
      time = 0
      expect(kept.find('a', true)).toBeUndefined()
      expect(kept.find('b', true)).toEqual(listOf('2'))
      time = 60_000
      vi.advanceTimersByTime(30_000)
      time = 0
      expect(kept.find('b', true)).toBeUndefined()
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})
