import { BridgeError, never } from '../../base/errors.ts'
import type { Catalog } from '../../mapping/catalog.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import { createByIds } from '../../plan/names.ts'
import type { ChangePlan, CreatePlan, Decision, Plan, RemovePlan, Want } from '../../plan/plan.ts'
import type { Outcome, RunOptions, Store } from '../../plan/port.ts'
import { decided, explain } from './explain.ts'
import { whoIsNamed } from './links.ts'
import { listOf, recordOf } from './read.ts'
import type { Selected } from './read.ts'
import { copyOf, emptyState, find } from './state.ts'
import type { State } from './state.ts'
import { apply, prepareChange, prepareCreate, remove } from './write.ts'
import type { Prepared } from './write.ts'

/**
 * Binds any compiled mapping to records kept in memory, told apart by slot, rows and reference keys only. It is the
 * reference every other store is compared with: a catalog compiled for SQL binds to it as well.
 */
export function bindMemory(catalog: Catalog): Store {
  const state = emptyState(catalog)
  const inTurn = queue()
  let closed = false
  const ready = (signal: AbortSignal): void => {
    if (closed) throw new BridgeError('unavailable', 'the store is closed')
    if (signal.aborted)
      throw new BridgeError('timeout', 'the request was given up before it was finished', signal.reason)
  }
  const run = async (plan: Plan, options: RunOptions): Promise<Outcome> => {
    ready(options.signal)
    switch (plan.kind) {
      case 'get': {
        const held = find(state, plan.of.type.name, plan.id)
        return { kind: 'record', record: held && recordOf(state, held, plan.want) }
      }
      case 'list': {
        const { found, total, more } = listOf(state, plan)
        return { kind: 'records', records: stream(state, found, plan.want, ready, options.signal), total, more }
      }
      case 'create':
      case 'change':
      case 'remove':
        return inTurn(() => {
          ready(options.signal)
          return write(state, plan, options, ready)
        })
      default:
        return never(plan)
    }
  }
  return {
    advice: [],
    say: () => 'exact',
    lower: (plan) => ({ plan }),
    explain: (program, prior) => explain(program.plan, prior),
    run: (program, options) => run(program.plan, options),
    ping: async (signal) => ready(signal),
    close: async () => {
      closed = true
    },
  }
}

async function* stream(
  state: State,
  found: Selected['found'],
  want: Want,
  ready: (signal: AbortSignal) => void,
  signal: AbortSignal,
): AsyncIterable<NativeRecord> {
  for (const { held, at } of found) {
    ready(signal)
    yield { ...recordOf(state, held, want), at }
  }
}

async function write(
  real: State,
  plan: CreatePlan | ChangePlan | RemovePlan,
  options: RunOptions,
  ready: (signal: AbortSignal) => void,
): Promise<Outcome> {
  // a dry run does everything, on a copy
  const state = options.dry ? copyOf(real) : real
  const type = plan.of.type.name
  if (plan.kind === 'create') {
    const named = createByIds(plan, whoIsNamed(state, plan.names, undefined))
    return finish(prepareCreate(state, named), named, named.decision, 'CREATE')
  }
  const held = find(state, type, plan.id)
  if (held === undefined) throw new BridgeError('missing', `there is no ${type} with the id "${plan.id}"`)
  const prior = recordOf(state, held, plan.prior)
  if (plan.kind === 'change') {
    const decision = plan.decide(prior, whoIsNamed(state, plan.names, prior))
    return finish(prepareChange(state, plan.of, held, decision, plan.assign), plan, decision, 'CHANGE')
  }
  plan.check(prior)
  await before(nothing)
  remove(state, plan.of, held)
  const wouldRun = options.dry ? { wouldRun: explain(plan, prior).slice(1) } : {}
  return { kind: 'written', record: undefined, id: held.id, changed: true, decision: nothing, ...wouldRun }

  async function before(decision: Decision): Promise<void> {
    if (!options.dry) await options.beforeWrite?.(decision)
    // a request that was given up meanwhile must not write
    ready(options.signal)
  }

  async function finish(
    prepared: Prepared,
    { answer, assign }: CreatePlan | ChangePlan,
    decision: Decision,
    verb: 'CREATE' | 'CHANGE',
  ): Promise<Outcome> {
    const { after, changed } = prepared
    if (changed || decision.side !== undefined) {
      await before(decision)
      apply(state, prepared)
    }
    const record = answer && recordOf(state, after, answer)
    const wouldRun = options.dry ? { wouldRun: decided(type, verb, decision, assign) } : {}
    return { kind: 'written', id: after.id, changed, decision, record, ...wouldRun }
  }
}

/** A deletion has nothing to decide. */
const nothing: Decision = { write: { fields: [], rows: [], links: [] }, unique: [], side: undefined }

/** Writes run one after the other: what one has checked still holds when it writes. */
function queue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const result = last.then(work)
    last = result.catch(() => undefined)
    return result
  }
}
