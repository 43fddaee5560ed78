import { BridgeError } from '../../base/errors.ts'
import { generate } from '../../mapping/generate.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import type { ListPlan } from '../../plan/plan.ts'
import type { NativeOperation, Outcome, Program, RunOptions, Store } from '../../plan/port.ts'
import { unknown } from './assumed.ts'
import type { Directory } from './directory.ts'
import { explainSteps } from './explain.ts'
import type { LdapProgram } from './lower.ts'
import { lower } from './lower.ts'
import { chunk, chunkSize, goingOn, partsOf } from './page.ts'
import { say } from './predicate.ts'
import type { Circumstances } from './program.ts'
import type { Means } from './run.ts'
import { run } from './run.ts'
import { select } from './select.ts'

export function ldapStore(directory: Directory, means: Means | undefined, advice: readonly string[] = []): Store {
  const programs = new WeakMap<Program, LdapProgram>()
  const lowered = (program: Program): LdapProgram => programs.get(program) ?? lower(directory, program.plan)
  const connected = (): Means => {
    if (means === undefined) throw new BridgeError('unavailable', 'this store was opened offline')
    return means
  }
  return {
    advice,
    say: (leaf) => say(directory, leaf),
    lower: (plan) => {
      const program = lower(directory, plan)
      programs.set(program, program)
      return program
    },
    explain: (program, prior) => explain(directory, lowered(program), prior),
    run: async (program, options) => runProgram(directory, connected(), lowered(program), options),
    ping: async (signal) => connected().wire.ping(signal),
    close: async () => {
      directory.lists.close()
      await means?.wire.close()
    },
  }
}

const assuming = (prior: NativeRecord | undefined): Circumstances => ({
  assumed: { prior },
  dry: false,
  generate: (how) => unknown(how.kind),
  later: () => Promise.reject(new Error('nothing is read for an explanation')),
})

function explain(
  directory: Directory,
  program: LdapProgram,
  prior: NativeRecord | undefined,
): readonly NativeOperation[] {
  const circumstances = assuming(prior)
  return explainSteps(
    program.kind === 'stream' ? streamed(directory, program.plan, circumstances) : program.steps(circumstances),
  )
}

function* streamed(directory: Directory, plan: ListPlan, circumstances: Circumstances) {
  const selected = yield* select(directory, plan, undefined, undefined, circumstances)
  yield* chunk(directory, plan, selected, { range: [0, chunkSize], backwards: false }, circumstances)
}

async function runProgram(
  directory: Directory,
  means: Means,
  program: LdapProgram,
  options: RunOptions,
): Promise<Outcome> {
  const circumstances: Circumstances = {
    assumed: undefined,
    dry: options.dry === true,
    generate,
    later: async (steps) => (await run(means, steps, { signal: options.signal })).value,
  }
  if (program.kind === 'stream')
    return {
      kind: 'records',
      records: records(directory, program.plan, circumstances),
      total: undefined,
      more: false,
    }
  if (program.kind === 'write' && means.readOnly && options.dry !== true)
    throw new BridgeError('denied', 'this directory is opened for reading only')
  const { value, wrote } = await run(means, () => program.steps(circumstances), options)
  return value.kind === 'written' && circumstances.dry ? { ...value, wouldRun: wrote } : value
}

/** What the bridge looks at one by one; read chunk by chunk, as far as anybody reads on. */
async function* records(
  directory: Directory,
  plan: ListPlan,
  circumstances: Circumstances,
): AsyncIterable<NativeRecord> {
  const { later } = circumstances
  const selected = await later(() => select(directory, plan, undefined, goingOn(plan), circumstances))
  for (const part of partsOf(selected, plan))
    yield* await later(() => chunk(directory, plan, selected, part, circumstances))
}
