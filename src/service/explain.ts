import { scimId } from '../base/brand.ts'
import type { JsonObject } from '../base/json.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import { idOf } from '../mapping/id.ts'
import type { NativeRecord } from '../mapping/record.ts'
import type { Decision, Plan } from '../plan/plan.ts'
import type { NativeOperation, SideStore, Store } from '../plan/port.ts'
import { idFromSideStore } from '../plan/port.ts'
import { printPlan } from '../plan/print.ts'
import { secretSlots } from '../plan/secret.ts'
import type { ScimRequest } from '../scim/request.ts'
import { applicationOf, typeNamed } from './application.ts'
import type { Application } from './application.ts'
import type { RequestContext } from './bridge.ts'
import { assumedCursors } from './cursors.ts'
import { explainAll } from './explain-all.ts'
import { prepare } from './handle.ts'
import { recordOf } from './prior.ts'

/** What would be done for a request, told by the very objects that would do it. */
export interface Explanation {
  readonly plan: readonly string[]
  readonly operations: readonly NativeOperation[]
}

/** There is no client to answer to. */
const context: RequestContext = {
  baseUrl: '',
  caller: { name: 'explain', readOnly: false },
  signal: new AbortController().signal,
  clock: { time: (_, work) => work() },
  id: '',
}

/**
 * No backend is asked. A change depends on what is held: `prior` is the resource to assume; without it nothing is
 * assumed to be held, so that every value named is written and removals find nothing.
 */
export async function explain(
  app: Application,
  request: ScimRequest,
  prior: JsonObject | undefined,
): Promise<Explanation> {
  if (request.kind === 'listAll') return explainAll(app, request)
  const mapping = typeNamed(app, request.type)
  const { plan } = await prepare(app, request, context)
  const held = priorOf(mapping, plan, prior)
  const { decided, decision } = decide(plan, held)
  return {
    plan: printPlan(plan, decision),
    operations: withoutSecrets(mapping, decision, app.store.explain(app.store.lower(decided), held)),
  }
}

/** The same with the state that the backend really holds: a write runs in its transaction and is undone. */
export async function rehearse(app: Application, request: ScimRequest): Promise<Explanation> {
  if (request.kind === 'listAll') return explainAll(app, request)
  const mapping = typeNamed(app, request.type)
  const { plan } = await prepare(app, request, context)
  let decision: Decision | undefined
  const watched: Plan =
    plan.kind === 'change' ? { ...plan, decide: (prior, idOf) => (decision = plan.decide(prior, idOf)) } : plan
  const program = app.store.lower(watched)
  if (plan.kind === 'get' || plan.kind === 'list') {
    return { plan: printPlan(plan, undefined), operations: app.store.explain(program) }
  }
  const outcome = await app.store.run(program, { signal: context.signal, dry: true })
  const made = plan.kind === 'create' && outcome.kind === 'written' ? outcome.decision : decision
  const operations = outcome.kind === 'written' ? (outcome.wouldRun ?? []) : []
  return { plan: printPlan(plan, made), operations: withoutSecrets(mapping, made, operations) }
}

/** Decides once: a password is salted, so deciding again would give another value. */
function decide(plan: Plan, held: NativeRecord): { readonly decided: Plan; readonly decision: Decision | undefined } {
  if (plan.kind === 'create') return { decided: plan, decision: plan.decision }
  if (plan.kind !== 'change') return { decided: plan, decision: undefined }
  const decision = plan.decide(held)
  return { decided: { ...plan, decide: () => decision }, decision }
}

/** What is only ever written is not told either. */
function withoutSecrets(
  mapping: ResourceMapping,
  decision: Decision | undefined,
  operations: readonly NativeOperation[],
): readonly NativeOperation[] {
  const slots = secretSlots(mapping)
  const values = new Set<unknown>(
    decision?.write.fields.flatMap(({ slot, value }) => (slots.has(slot.key) && value !== null ? [value] : [])),
  )
  if (values.size === 0) return operations
  return operations.map((operation) => ({
    ...operation,
    params: operation.params.map((param) => (values.has(param) ? { unknown: 'secret' } : param)),
  }))
}

function priorOf(mapping: ResourceMapping, plan: Plan, prior: JsonObject | undefined): NativeRecord {
  const id = 'id' in plan ? plan.id : scimId('')
  return prior === undefined ? { id, fields: {}, rows: {}, links: {} } : recordOf(mapping, id, prior)
}

/** Stands in for what only a running process has: ids from the side store are shown as one placeholder. */
export const offlineApplication = (
  parts: Pick<Application, 'catalog' | 'limits'> & { readonly store: Store },
): Application =>
  applicationOf({
    ...parts,
    side: offlineSide(parts.catalog.types),
    observe: () => undefined,
    cursors: assumedCursors,
  })

function offlineSide(types: readonly ResourceMapping[]): SideStore {
  const never = async (): Promise<never> => {
    throw new Error('the side store is not open')
  }
  return {
    read: async () => new Map(),
    find: async (type) =>
      types
        .filter((m) => m.type.name === type)
        .map(({ id }) =>
          idOf(
            id,
            id.fields.map(() => idFromSideStore),
          ),
        ),
    open: async () => [],
    intend: never,
    settle: never,
    drop: never,
    forget: never,
    walk: async () => [],
    count: async () => 0,
    close: async () => undefined,
  }
}
