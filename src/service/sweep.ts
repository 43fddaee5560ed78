import type { ResourceMapping } from '../mapping/catalog.ts'
import { comparePredicate } from '../mapping/compare-predicate.ts'
import type { NativeRecord } from '../mapping/record.ts'
import { conjunction } from '../plan/bounds.ts'
import type { Predicate } from '../mapping/predicate.ts'
import type { Plan, Want } from '../plan/plan.ts'
import type { Intent } from '../plan/port.ts'
import { leafNamed } from '../mapping/leaf-named.ts'
import { wantOf } from '../plan/want.ts'
import type { Application } from './application.ts'
import { linkEvidence, matchesEvidence } from './evidence.ts'
import { removal } from './run.ts'

const patience = 10_000

/**
 * Settles the intents that a dead process or an uncertain answer left open. An intent is dropped only after the
 * backend has answered in full: when it cannot be asked the intent stays, and this rejects.
 */
export async function settleOpen(app: Application): Promise<void> {
  const { unsettled } = app
  if (unsettled.size === 0) return
  await app.locks.hold('sweep', async () => {
    const due = new Set(unsettled)
    if (due.size === 0) return
    let settled = 0
    let dropped = 0
    for (const intent of await app.side.open()) {
      if (!due.has(intent.key)) continue
      const mapping = app.catalog.types.find((m) => m.type.name === intent.type)
      if (mapping && (await settleOne(app, mapping, intent))) settled++
      else {
        await app.side.drop(intent.key)
        dropped++
      }
    }
    for (const key of due) unsettled.delete(key)
    if (settled + dropped > 0) app.observe({ kind: 'sweep', application: app.catalog.name, settled, dropped })
  })
}

/** true when the write had happened and its side values are stored now. */
async function settleOne(app: Application, mapping: ResourceMapping, intent: Intent): Promise<boolean> {
  const record = await recordOf(app, mapping, intent)
  if (intent.evidence.digest === removal.digest) {
    if (record === undefined && intent.id !== undefined) await app.side.forget(intent.type, intent.id)
    return false
  }
  if (record === undefined || !matchesEvidence(mapping, intent.evidence, record)) return false
  if (!(await hasLinks(app, mapping, intent, record))) return false
  if (intent.id === undefined && (await app.side.read(intent.type, [record.id])).has(record.id)) {
    // somebody else's: a record that a create left behind cannot have side values yet
    return false
  }
  await app.side.settle(intent.key, record.id)
  return true
}

async function recordOf(app: Application, mapping: ResourceMapping, intent: Intent): Promise<NativeRecord | undefined> {
  const told = new Set(intent.evidence.rows?.map((rows) => rows.of))
  const want = wantOf(mapping, (m) => m.kind === 'single' || (m.kind === 'rows' && told.has(m.rows.key)), false)
  if (intent.id !== undefined) {
    return first(app, { kind: 'get', of: mapping, id: intent.id, want })
  }
  const tests = mapping.unique.flatMap((ref) => {
    const leaf = leafNamed(mapping, ref.name)
    const value = intent.evidence.unique[ref.name]
    const test = leaf && value !== undefined ? comparePredicate(leaf, 'eq', value) : undefined
    return test ? [test] : []
  })
  if (tests.length === 0) return undefined
  return first(app, selecting(mapping, tests, want))
}

const selecting = (mapping: ResourceMapping, tests: readonly Predicate[], want: Want): Plan => {
  const cut = { by: 'backend', page: { offset: 0, limit: 2 }, order: undefined } as const
  return { kind: 'list', of: mapping, where: conjunction(tests), want, cut }
}

/** Asked one by one of the backend: the links of a group may be too many to read. */
async function hasLinks(
  app: Application,
  mapping: ResourceMapping,
  { evidence }: Intent,
  { id }: NativeRecord,
): Promise<boolean> {
  const tests = linkEvidence(mapping, evidence)
  if (tests.length === 0) return true
  const plan = selecting(mapping, [{ kind: 'id', ids: [id] }, ...tests], { slots: [], rows: [], links: [] })
  return (await first(app, plan)) !== undefined
}

/** The only record, if there is just one. */
async function first(app: Application, plan: Plan): Promise<NativeRecord | undefined> {
  const outcome = await app.store.run(app.store.lower(plan), { signal: AbortSignal.timeout(patience) })
  if (outcome.kind === 'record') return outcome.record
  if (outcome.kind !== 'records') return undefined
  const found: NativeRecord[] = []
  for await (const record of outcome.records) found.push(record)
  return found.length === 1 ? found[0] : undefined
}
