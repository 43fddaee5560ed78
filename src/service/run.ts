import type { ErrorReason } from '../base/errors.ts'
import { BridgeError, isBridgeError } from '../base/errors.ts'
import { keepingIn } from '../plan/kept.ts'
import type { Decision, Plan, RemovePlan } from '../plan/plan.ts'
import type { Outcome, Program } from '../plan/port.ts'
import type { Application } from './application.ts'
import { evidenceOf } from './evidence.ts'
import { usesSide } from './side.ts'

/**
 * Runs a program. A write that also has values for the side store is framed by an intent: written before the first
 * native write, settled after the commit. Whatever dies in between leaves the intent open, and a sweep settles it.
 */
export async function runExchange(
  app: Application,
  plan: Plan,
  program: Program,
  signal: AbortSignal,
): Promise<Outcome> {
  switch (plan.kind) {
    case 'get':
    case 'list':
      return app.store.run(program, { signal })
    case 'create':
    case 'change':
      return usesSide(plan.of) ? runFramed(app, plan, program, signal) : app.store.run(program, { signal })
    case 'remove':
      return usesSide(plan.of) ? runRemoval(app, plan, program, signal) : app.store.run(program, { signal })
  }
}

async function runFramed(
  app: Application,
  plan: Extract<Plan, { kind: 'create' | 'change' }>,
  program: Program,
  signal: AbortSignal,
): Promise<Outcome> {
  let intent: number | undefined
  const type = plan.of.type.name
  const beforeWrite = async (decision: Decision): Promise<void> => {
    // the store may begin anew, and what was to be written then is no more
    if (intent !== undefined) await app.side.drop(intent)
    intent = undefined
    await refuseTooMany(app, plan, decision)
    // a create always settles, so that an id which the database gives out twice inherits nothing
    if (decision.side === undefined && plan.kind === 'change') return
    intent = await app.side.intend({
      type,
      id: plan.kind === 'change' ? plan.id : undefined,
      values: decision.side ?? {},
      evidence: evidenceOf(plan.of, decision),
    })
  }
  return framed(
    app,
    () => intent,
    async () => {
      const outcome = await app.store.run(program, { signal, beforeWrite })
      if (intent !== undefined && outcome.kind === 'written') await app.side.settle(intent, outcome.id)
      return outcome
    },
  )
}

/**
 * The longest name that is kept, in characters. Many are looked for with one question, and a longer question than the
 * backend takes would keep all of them from being found.
 */
const longestName = 1000

/** What waits is bounded; what takes the place of a value that waits already is no more. */
async function refuseTooMany(
  app: Application,
  plan: Extract<Plan, { kind: 'create' | 'change' }>,
  { side = {} }: Decision,
): Promise<void> {
  const type = plan.of.type.name
  for (const { reference, slot } of keepingIn(plan.of)) {
    const name = side[slot.key]
    if (typeof name !== 'string') continue
    if (name.length > longestName) {
      const detail = `${reference.of.name}: nobody is called so, and a name of more than ${longestName} characters is not kept`
      throw new BridgeError('invalidValue', detail)
    }
    const held = plan.kind === 'change' ? (await app.side.read(type, [plan.id])).get(plan.id) : undefined
    if (held?.[slot.key] !== undefined || (await app.side.count(type, slot.key)) < app.limits.kept) continue
    throw new BridgeError(
      'invalidValue',
      `${reference.of.name}: nobody is called so, and ${app.limits.kept} others wait already for somebody who is not there`,
    )
  }
}

async function runRemoval(app: Application, plan: RemovePlan, program: Program, signal: AbortSignal): Promise<Outcome> {
  const type = plan.of.type.name
  const intent = await app.side.intend({ type, id: plan.id, values: {}, evidence: removal })
  return framed(
    app,
    () => intent,
    async () => {
      const outcome = await app.store.run(program, { signal })
      await app.side.forget(type, plan.id)
      await app.side.drop(intent)
      return outcome
    },
  )
}

/** The evidence of a delete is that the record is gone. */
export const removal = { unique: {}, digest: 'removed' }

/** Drops the intent when the write certainly did not happen; an uncertain end leaves it to the sweep. */
async function framed<T>(app: Application, intent: () => number | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const key = intent()
    if (key !== undefined) {
      const certain = isBridgeError(error) && !uncertain.has(error.reason)
      if (certain) await app.side.drop(key).catch(() => app.unsettled.add(key))
      else app.unsettled.add(key)
    }
    throw error
  }
}

const uncertain: ReadonlySet<ErrorReason> = new Set<ErrorReason>(['unavailable', 'timeout', 'internal', 'busy'])
