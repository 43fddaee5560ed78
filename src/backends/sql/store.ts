import { setImmediate as turn } from 'node:timers/promises'
import { BridgeError, never } from '../../base/errors.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import type { Plan } from '../../plan/plan.ts'
import type { NativeOperation, Outcome, Program, RunOptions, Store } from '../../plan/port.ts'
import { assumed, live } from './circumstances.ts'
import type { Connection } from './connection.ts'
import type { Database } from './database.ts'
import { bridgeError, timedOut } from './errors.ts'
import { explainSteps } from './explain.ts'
import { lower } from './lower.ts'
import type { Row, SqlProgram } from './program.ts'
import { run } from './run.ts'
import { say } from './say.ts'

/** Where statements go: writes to the one connection that may write, reads beside it. */
export interface Connections {
  readonly read: Connection
  readonly write: Connection | undefined
  readonly patience: { readonly milliseconds: number; readonly step: number }
}

export function sqlStore(database: Database, connections: Connections | undefined): Store {
  const programs = new WeakMap<Program, SqlProgram>()
  const lowered = (program: Program): SqlProgram => programs.get(program) ?? lower(database, program.plan)
  const connected = (): Connections => {
    if (connections === undefined) throw new BridgeError('unavailable', 'this store was opened offline')
    return connections
  }
  return {
    say: (leaf) => say(database, leaf),
    lower: (plan: Plan) => {
      const program = lower(database, plan)
      programs.set(program, program)
      return program
    },
    explain: (program, prior) => explain(lowered(program), prior),
    run: async (program, options) => runProgram(database, connected(), lowered(program), options),
    ping: async (signal) => {
      const { read } = connected()
      if (signal.aborted) throw timedOut(signal)
      try {
        await read.alone(() => {
          read.check()
          return read.execute({ text: 'SELECT 1', params: [] })
        })
      } catch (error) {
        throw bridgeError(database, error)
      }
    },
    close: async () => {
      if (connections === undefined) return
      const { read, write } = connections
      await read.alone(async () => read.close())
      await write?.alone(async () => write.close())
    },
  }
}

function explain(program: SqlProgram, prior: NativeRecord | undefined): readonly NativeOperation[] {
  const circumstances = assumed(prior)
  if (program.kind !== 'stream') return explainSteps(program.steps(circumstances))
  const next: Row = program.key.map((name) => ({ unknown: `the last ${name}` }))
  return [...explainSteps(program.chunk(undefined)), ...explainSteps(program.chunk(next))]
}

async function runProgram(
  database: Database,
  { read, write, patience }: Connections,
  program: SqlProgram,
  options: RunOptions,
): Promise<Outcome> {
  switch (program.kind) {
    case 'read':
      return (await run({ database, connection: read, patience }, () => program.steps(live), options)).value
    case 'write': {
      if (write === undefined) throw new BridgeError('denied', 'this database is opened for reading only')
      const { value, wrote } = await run({ database, connection: write, patience }, () => program.steps(live), options)
      return value.kind === 'written' && options.dry === true ? { ...value, wouldRun: wrote } : value
    }
    case 'stream': {
      const records = stream((after) =>
        run({ database, connection: read, patience }, () => program.chunk(after), options).then(({ value }) => value),
      )
      return { kind: 'records', records, total: undefined }
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
    // the driver is synchronous: others are served between two chunks
    await turn()
  } while (after !== undefined)
}
