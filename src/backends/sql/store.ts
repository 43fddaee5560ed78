import { setImmediate as turn } from 'node:timers/promises'
import { BridgeError, never } from '../../base/errors.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import type { Plan } from '../../plan/plan.ts'
import type { NativeOperation, Outcome, Program, RunOptions, Store } from '../../plan/port.ts'
import { assumed, live } from './circumstances.ts'
import type { Pool } from './connection.ts'
import type { Database } from './database.ts'
import { explainSteps } from './explain.ts'
import { lower } from './lower.ts'
import type { Row, SqlProgram } from './program.ts'
import { run } from './run.ts'
import { say } from './say.ts'
import { ping } from './statement.ts'

export function sqlStore(database: Database, pool: Pool | undefined, advice: readonly string[] = []): Store {
  const programs = new WeakMap<Program, SqlProgram>()
  const lowered = (program: Program): SqlProgram => programs.get(program) ?? lower(database, program.plan)
  const connected = (): Pool => {
    if (pool === undefined) throw new BridgeError('unavailable', 'this store was opened offline')
    return pool
  }
  return {
    advice,
    say: (leaf) => say(database, leaf),
    lower: (plan: Plan) => {
      const program = lower(database, plan)
      programs.set(program, program)
      return program
    },
    explain: (program, prior) => explain(lowered(program), prior),
    run: async (program, options) => runProgram(database, connected(), lowered(program), options),
    ping: async (signal) => {
      await run({ database, pool: connected() }, 'read', () => ping(database), { signal })
    },
    close: async () => pool?.close(),
  }
}

function explain(program: SqlProgram, prior: NativeRecord | undefined): readonly NativeOperation[] {
  const circumstances = assumed(prior)
  if (program.kind !== 'stream') return explainSteps(program.steps(circumstances))
  const next: Row = program.key.map((name) => ({ unknown: `the last ${name}` }))
  return [...explainSteps(program.chunk(circumstances, undefined)), ...explainSteps(program.chunk(circumstances, next))]
}

async function runProgram(database: Database, pool: Pool, program: SqlProgram, options: RunOptions): Promise<Outcome> {
  const circumstances = live(async (steps) => {
    // a driver may be synchronous: others are served in between
    await turn()
    return (await run({ database, pool }, 'read', steps, { signal: options.signal })).value
  })
  switch (program.kind) {
    case 'read':
      return (await run({ database, pool }, 'read', () => program.steps(circumstances), options)).value
    case 'write': {
      if (!pool.writable) throw new BridgeError('denied', 'this database is opened for reading only')
      const { value, wrote } = await run({ database, pool }, 'write', () => program.steps(circumstances), options)
      return value.kind === 'written' && options.dry === true ? { ...value, wouldRun: wrote } : value
    }
    case 'stream': {
      const records = stream((after) =>
        run({ database, pool }, 'read', () => program.chunk(circumstances, after), options).then(({ value }) => value),
      )
      return { kind: 'records', records, total: undefined, more: false }
    }
    default:
      return never(program)
  }
}

type Streamed = Extract<SqlProgram, { readonly kind: 'stream' }>
type Chunk = ReturnType<Streamed['chunk']> extends Generator<unknown, infer R> ? R : never

async function* stream(next: (after: Row | undefined) => Promise<Chunk>): AsyncIterable<NativeRecord> {
  let after: Row | undefined
  do {
    const { records, last }: Chunk = await next(after)
    yield* records
    after = last
    // a driver may be synchronous: others are served between two chunks
    await turn()
  } while (after !== undefined)
}
