import { setTimeout as sleep } from 'node:timers/promises'
import { never } from '../../base/errors.ts'
import type { NativeOperation, RunOptions } from '../../plan/port.ts'
import type { Connection, Pool } from './connection.ts'
import type { Database } from './database.ts'
import { bridgeError, timedOut } from './errors.ts'
import type { Result, Steps } from './program.ts'
import { nothing } from './program.ts'

export interface Ran<T> {
  readonly value: T
  readonly wrote: readonly NativeOperation[]
}

/**
 * How often a program begins at most. The server may undo it again and again while others are quicker; a connection that
 * broke is worth one new one, and what is not there then is not there.
 */
const attempts = { transaction: 8, connection: 2 } as const

/**
 * The interpreter. It asks the database step by step; when a step fails, or the caller gives up, everything is undone.
 * A program that the server itself has undone (a deadlock), or whose connection broke before its COMMIT was sent, begins
 * anew, within what the signal allows. `dry` runs every step for real and undoes it instead of committing.
 */
export async function run<T>(
  { database, pool }: { readonly database: Database; readonly pool: Pool },
  kind: 'read' | 'write',
  steps: () => Steps<T>,
  options: RunOptions,
): Promise<Ran<T>> {
  for (let attempt = 1; ; attempt++) {
    const progress: Progress = { isEnding: false }
    try {
      return await pool.use(kind, options.signal, (connection) =>
        drive(database, connection, steps(), options, progress),
      )
    } catch (error) {
      if (options.signal.aborted || attempt >= attemptsAt(database, error, progress)) throw bridgeError(database, error)
    }
    // those who met once should not meet again
    await sleep(Math.random() * 10 * 2 ** attempt, undefined, { signal: options.signal }).catch(() => undefined)
  }
}

interface Progress {
  /** COMMIT has been sent: whether it came through is not known when the connection breaks. */
  isEnding: boolean
}

function attemptsAt(database: Database, error: unknown, { isEnding }: Progress): number {
  const repeat = database.dialect.failure(error)?.repeat
  return repeat === undefined || (repeat === 'connection' && isEnding) ? 1 : attempts[repeat]
}

async function drive<T>(
  { dialect }: Database,
  connection: Connection,
  steps: Steps<T>,
  options: RunOptions,
  progress: Progress,
): Promise<Ran<T>> {
  const wrote: NativeOperation[] = []
  let isOpen = false
  let isLocked = false
  /** Committed: whatever comes now changes nothing about that. */
  let isOver = false
  try {
    for (let result: Result = nothing; ;) {
      if (options.signal.aborted && !isOver) throw timedOut(options.signal)
      const next = steps.next(result)
      if (next.done === true) return { value: next.value, wrote }
      const step = next.value
      switch (step.kind) {
        case 'decided':
          if (options.dry !== true) await options.beforeWrite?.(step.decision)
          result = nothing
          break
        case 'statement': {
          const { text, params } = step.statement
          const ends = text === dialect.commit
          if (text === dialect.begin.read || text === dialect.begin.write) isOpen = true
          if (step.locks) isLocked = true
          if (ends && options.dry !== true) progress.isEnding = true
          const statement = ends && options.dry === true ? { text: dialect.rollback, params } : step.statement
          if (isOver && text === dialect.unlockNames) {
            await clear(connection, text)
            break
          }
          result = await connection.execute(statement, options.signal)
          if (ends) {
            isOpen = false
            isOver = true
          }
          if (step.writes) wrote.push({ text, params, ...(step.note === undefined ? {} : { note: step.note }) })
          break
        }
        default:
          return never(step)
      }
    }
  } catch (error) {
    if (isOpen) await clear(connection, dialect.rollback)
    if (isLocked) await clear(connection, dialect.unlockNames)
    throw error
  }
}

/** The caller may have gone; what it leaves behind is cleared away all the same, or the connection is given up. */
async function clear(connection: Connection, text: string | undefined): Promise<void> {
  if (text === undefined) return
  try {
    await connection.execute({ text, params: [] }, AbortSignal.timeout(undoing))
  } catch {
    connection.abandon()
  }
}

/** How long an undo may take, in milliseconds. */
const undoing = 5_000
