import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { never } from '../../base/errors.ts'
import type { RunOptions } from '../../plan/port.ts'
import type { NativeOperation } from '../../plan/port.ts'
import type { Connection } from './connection.ts'
import type { Database } from './database.ts'
import { bridgeError, timedOut } from './errors.ts'
import type { Result, Steps } from './program.ts'
import { nothing } from './program.ts'

/** How long a statement that starts a transaction waits for another process, and how often it asks. */
export interface Patience {
  readonly milliseconds: number
  readonly step: number
}

/** How long a program of many steps may keep everybody else waiting, the driver being synchronous, in milliseconds. */
const stretch = 20

interface Running {
  readonly database: Database
  readonly connection: Connection
  readonly patience: Patience
}

/**
 * The interpreter. It asks the database step by step; when a step fails, or the caller gives up, everything is undone.
 * `dry` runs every step for real and undoes it instead of committing.
 */
export function run<T>(
  running: Running,
  steps: () => Steps<T>,
  options: RunOptions,
): Promise<{ readonly value: T; readonly wrote: readonly NativeOperation[] }> {
  return running.connection.alone(() => drive(running, steps(), options))
}

async function drive<T>(
  { database, connection, patience }: Running,
  steps: Steps<T>,
  options: RunOptions,
): Promise<{ readonly value: T; readonly wrote: readonly NativeOperation[] }> {
  const { dialect } = database
  const wrote: NativeOperation[] = []
  let open = false
  try {
    connection.check()
    let result: Result = nothing
    for (let since = performance.now(); ;) {
      if (performance.now() - since > stretch) {
        await turn()
        since = performance.now()
      }
      if (options.signal.aborted) throw timedOut(options.signal)
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
          const begins = text === dialect.begin.read || text === dialect.begin.write
          const ends = text === dialect.commit
          const statement = ends && options.dry === true ? { text: dialect.rollback, params } : step.statement
          result = begins
            ? await patiently(database, patience, options.signal, () => connection.execute(statement))
            : await connection.execute(statement)
          if (begins) open = true
          if (ends) open = false
          if (step.writes) wrote.push({ text, params, ...(step.note === undefined ? {} : { note: step.note }) })
          break
        }
        default:
          return never(step)
      }
    }
  } catch (error) {
    if (open) await connection.execute({ text: dialect.rollback, params: [] }).catch(() => undefined)
    throw bridgeError(database, error)
  }
}

/** SQLite has one writer. Waiting inside the driver would stop the whole process, so the wait is here. */
async function patiently<T>(
  database: Database,
  { milliseconds, step }: Patience,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const until = Date.now() + milliseconds
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (database.dialect.failure(error)?.reason !== 'busy' || Date.now() >= until) throw error
      if (signal.aborted) throw timedOut(signal)
      await sleep(step)
    }
  }
}
