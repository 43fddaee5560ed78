import { BridgeError, isBridgeError } from '../base/errors.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import { comparePredicate } from '../mapping/compare-predicate.ts'
import { leafNamed } from '../mapping/leaf-named.ts'
import type { NativeRecord } from '../mapping/record.ts'
import { conjunction } from '../plan/bounds.ts'
import type { Decision, Plan, UniqueCheck, Want } from '../plan/plan.ts'
import type { Intent } from '../plan/port.ts'
import { wantOf } from '../plan/want.ts'
import type { Application } from './application.ts'
import { linkEvidence } from './evidence.ts'

/** How long somebody else may hold what is asked for, in milliseconds; every request waits that long. */
const patience = 2_000

/**
 * The record that an intent is about, as it is held now: undefined when there is none. It is read under the locks that
 * the write itself took, so that a COMMIT which is still on its way cannot come after the answer. Rejects with `busy`
 * or `timeout` while somebody holds them.
 */
export function heldNow(app: Application, mapping: ResourceMapping, intent: Intent): Promise<NativeRecord | undefined> {
  const told = new Set(intent.evidence.rows?.map((rows) => rows.of))
  const want = wantOf(
    mapping,
    (m) => m.kind === 'single' || m.kind === 'elements' || (m.kind === 'rows' && told.has(m.rows.key)),
    false,
  )
  return intent.id === undefined
    ? createdBy(app, mapping, intent, want)
    : changedBy(app, mapping, { ...intent, id: intent.id }, want)
}

const nothing = { fields: [], rows: [], links: [] } as const

/** A change that reads and decides on nothing. */
async function changedBy(
  app: Application,
  mapping: ResourceMapping,
  { id }: Required<Pick<Intent, 'id'>>,
  prior: Want,
): Promise<NativeRecord | undefined> {
  let found: NativeRecord | undefined
  const decide = (record: NativeRecord): Decision => {
    found = record
    return { write: nothing, unique: [], side: undefined }
  }
  try {
    if (id !== undefined)
      await run(app, { kind: 'change', of: mapping, id, prior, decide, assign: [], answer: undefined })
  } catch (error) {
    if (!isBridgeError(error) || error.reason !== 'missing') throw error
  }
  return found
}

/** A create that ends with its checks: either its name is free, and stays so while it is held, or it is taken. */
async function createdBy(
  app: Application,
  mapping: ResourceMapping,
  { evidence }: Intent,
  want: Want,
): Promise<NativeRecord | undefined> {
  const unique = mapping.unique.flatMap((ref): readonly UniqueCheck[] => {
    const leaf = leafNamed(mapping, ref.name)
    const value = evidence.unique[ref.name]
    const where = leaf && value !== undefined ? comparePredicate(leaf, 'eq', value) : undefined
    return where ? [{ attribute: ref.name, where }] : []
  })
  if (unique.length === 0) return undefined
  const free = new BridgeError('internal', 'the name is free')
  try {
    const decision: Decision = { write: nothing, unique, side: undefined }
    await run(app, { kind: 'create', of: mapping, decision, assign: [], answer: want }, () => Promise.reject(free))
  } catch (error) {
    if (error === free) return undefined
    if (!isBridgeError(error) || error.reason !== 'conflict') throw error
  }
  return only(app, selecting(mapping, unique, want))
}

/** Whether the links of a record are those that the write left. The backend is asked: a group's may be too many to read. */
export async function hasLinks(
  app: Application,
  mapping: ResourceMapping,
  { evidence }: Intent,
  { id }: NativeRecord,
): Promise<boolean> {
  const tests = linkEvidence(mapping, evidence)
  if (tests.length === 0) return true
  const wanted = [{ kind: 'id', ids: [id] } as const, ...tests].map((where) => ({ where }))
  return (await only(app, selecting(mapping, wanted, { slots: [], rows: [], links: [] }))) !== undefined
}

function selecting(mapping: ResourceMapping, tests: readonly Pick<UniqueCheck, 'where'>[], want: Want): Plan {
  const cut = { by: 'backend', page: { offset: 0, limit: 2 }, order: undefined } as const
  return { kind: 'list', of: mapping, where: conjunction(tests.map(({ where }) => where)), want, cut }
}

const run = (app: Application, plan: Plan, beforeWrite?: () => Promise<void>) =>
  app.store.run(app.store.lower(plan), {
    signal: AbortSignal.timeout(patience),
    ...(beforeWrite && { beforeWrite }),
  })

/** The only record, if there is just one. */
async function only(app: Application, plan: Plan): Promise<NativeRecord | undefined> {
  const outcome = await run(app, plan)
  if (outcome.kind !== 'records') return undefined
  const found: NativeRecord[] = []
  for await (const record of outcome.records) found.push(record)
  return found.length === 1 ? found[0] : undefined
}
