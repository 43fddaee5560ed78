import { describe, expect, it } from 'vitest'
import type { Pool } from '../../../src/backends/sql/connection.ts'
import { offlineDatabase } from '../../../src/backends/sql/database.ts'
import type { Failure } from '../../../src/backends/sql/dialect.ts'
import { sqlite } from '../../../src/backends/sql/dialects/sqlite.ts'
import type { Steps } from '../../../src/backends/sql/program.ts'
import { nothing } from '../../../src/backends/sql/program.ts'
import { run } from '../../../src/backends/sql/run.ts'
import { transaction } from '../../../src/backends/sql/statement.ts'
import { catalog, decision } from './fixture.ts'

class Broken extends Error {
  readonly repeat: Failure['repeat']
  constructor(repeat: Failure['repeat']) {
    super('broken')
    this.repeat = repeat
  }
}

const database = {
  ...offlineDatabase(sqlite, catalog([])),
  dialect: {
    ...sqlite,
    unlockNames: 'UNLOCK',
    failure: (error: unknown): Failure | undefined =>
      error instanceof Broken
        ? { reason: 'unavailable', why: 'other', table: undefined, columns: [], repeat: error.repeat }
        : undefined,
  },
}

function* steps(): Steps<string> {
  return yield* transaction(database, 'write', inside())
}
function* inside(): Steps<string> {
  const told = { writes: true, note: undefined, assume: nothing } as const
  yield { kind: 'statement', statement: { text: 'LOCK', params: [] }, locks: true, ...told }
  yield { kind: 'decided', decision: decision({}) }
  yield { kind: 'statement', statement: { text: 'WRITE', params: [] }, locks: false, ...told }
  return 'done'
}

/** Fails with what is scripted for a statement, each once. */
function stand(failures: readonly (readonly [text: string, repeat: Failure['repeat']])[]) {
  const open = [...failures]
  const log: string[] = []
  let decided = 0
  const pool: Pool = {
    writable: true,
    use: (_, signal, work) =>
      work({
        abandon: () => void log.push('abandoned'),
        execute: async ({ text }) => {
          log.push(text)
          const [next] = open
          if (next?.[0] !== text) return nothing
          open.shift()
          throw new Broken(next[1])
        },
      }).finally(() => signal.throwIfAborted()),
    close: async () => undefined,
  }
  return {
    log,
    decided: () => decided,
    run: (signal = new AbortController().signal) =>
      run({ database, pool }, 'write', steps, { signal, beforeWrite: async () => void decided++ }),
  }
}
const whole = ['BEGIN IMMEDIATE', 'LOCK', 'WRITE', 'COMMIT', 'UNLOCK']

describe('a program that fails half-way', () => {
  it('gives back what it locked, after the commit', async () => {
    const s = stand([])
    expect(await s.run()).toMatchObject({ value: 'done' })
    expect(s.log).toEqual(whole)
  })

  it('begins anew when the server has undone it, and decides anew', async () => {
    const s = stand([
      ['WRITE', 'transaction'],
      ['LOCK', 'transaction'],
      ['COMMIT', 'transaction'],
    ])
    expect(await s.run()).toMatchObject({ value: 'done' })
    expect(s.log.filter((one) => one === 'BEGIN IMMEDIATE')).toHaveLength(4)
    expect(s.log.slice(0, 5)).toEqual(['BEGIN IMMEDIATE', 'LOCK', 'WRITE', 'ROLLBACK', 'UNLOCK'])
    expect(s.decided()).toBe(3)
  })

  it('begins anew when the connection breaks before COMMIT is sent', async () => {
    const s = stand([['WRITE', 'connection']])
    expect(await s.run()).toMatchObject({ value: 'done' })
  })

  it('does not when it breaks with the COMMIT on its way: nobody knows whether that came through', async () => {
    const s = stand([['COMMIT', 'connection']])
    await expect(s.run()).rejects.toMatchObject({ reason: 'unavailable' })
    expect(s.log.filter((one) => one === 'BEGIN IMMEDIATE')).toHaveLength(1)
  })

  it('undoes it when nothing else helps, and ends after so many attempts', async () => {
    const once = stand([['WRITE', undefined]])
    await expect(once.run()).rejects.toMatchObject({ reason: 'unavailable' })
    expect(once.log).toEqual(['BEGIN IMMEDIATE', 'LOCK', 'WRITE', 'ROLLBACK', 'UNLOCK'])
    const always = stand(Array.from({ length: 100 }, () => ['WRITE', 'transaction'] as const))
    await expect(always.run()).rejects.toMatchObject({ reason: 'unavailable' })
    expect(always.log.filter((one) => one === 'WRITE').length).toBeLessThan(20)
  })

  it('gives a connection up that cannot be cleared, and has written all the same once it has committed', async () => {
    const undo = stand([
      ['WRITE', undefined],
      ['ROLLBACK', undefined],
    ])
    await expect(undo.run()).rejects.toMatchObject({ reason: 'unavailable' })
    expect(undo.log).toEqual(['BEGIN IMMEDIATE', 'LOCK', 'WRITE', 'ROLLBACK', 'abandoned', 'UNLOCK'])
    const late = stand([['UNLOCK', undefined]])
    expect(await late.run()).toMatchObject({ value: 'done' })
    expect(late.log).toEqual([...whole, 'abandoned'])
  })

  it('ends when the caller gives up', async () => {
    const s = stand(Array.from({ length: 100 }, () => ['WRITE', 'transaction'] as const))
    await expect(s.run(AbortSignal.timeout(30))).rejects.toMatchObject({ name: 'BridgeError' })
    expect(s.log.filter((one) => one === 'WRITE').length).toBeLessThan(8)
  })
})
