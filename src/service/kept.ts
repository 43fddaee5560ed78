import { setTimeout as sleep } from 'node:timers/promises'
import type { ScimId } from '../base/brand.ts'
import { isBridgeError } from '../base/errors.ts'
import { isObject } from '../base/json.ts'
import type { JsonObject } from '../base/json.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import { decodeRecord } from '../mapping/decode.ts'
import { leavesNamed } from '../mapping/named-by.ts'
import { planPatch } from '../plan/change.ts'
import { heldAside, keepingIn } from '../plan/kept.ts'
import type { Keeping } from '../plan/kept.ts'
import type { Decision, Plan } from '../plan/plan.ts'
import type { Outcome } from '../plan/port.ts'
import { topLevelName, wantOf } from '../plan/want.ts'
import { fold } from '../scim/compare.ts'
import { elementsOf, topLevelValue } from '../scim/value.ts'
import type { Application } from './application.ts'
import { withNames } from './names.ts'
import { completed } from './read.ts'
import { runExchange } from './run.ts'
import { refuseUnsettled, settleOpen } from './sweep.ts'
import { changeContext } from './write.ts'

/** A reference of a type that waits for records of another, or of the same. */
export interface Waiting extends Keeping {
  readonly mapping: ResourceMapping
}

/** The references that may wait for a type; for any of them when none is named. */
export const waitingFor = ({ catalog }: Application, type?: string): readonly Waiting[] =>
  catalog.types.flatMap((mapping) =>
    keepingIn(mapping)
      .filter(({ reference }) => type === undefined || reference.to.includes(type))
      .map((one) => ({ ...one, mapping })),
  )

/** How long one link may take, and how long the writer of whoever appeared waits for all of them; milliseconds. */
const patience = 5_000
const longest = 1_000

/**
 * After a write has been committed: links those who wait for whoever it has made or changed. A write that kept a name
 * looks once more itself. Of two such writes at the same time one is last in both stores, and sees what the other left:
 * the name is durable before the second look, and the record before those who wait for it are asked for.
 */
export async function afterWrite(app: Application, plan: Plan, outcome: Outcome): Promise<void> {
  if (outcome.kind !== 'written' || (plan.kind !== 'create' && plan.kind !== 'change')) return
  const { of: mapping } = plan
  const { decision, id } = outcome
  const hasKept = keepingIn(mapping).some(({ slot }) => typeof decision.side?.[slot.key] === 'string')
  const waiting = waitingFor(app, mapping.type.name).filter(
    ({ reference }) => plan.kind === 'create' || touches(mapping, decision, reference.match),
  )
  if (!hasKept && waiting.length === 0) return
  // what was asked for is done: whoever asked does not wait for the last of many
  await briefly(app, async () => {
    if (hasKept) await linked(app, mapping, id)
    if (waiting.length > 0) await linkTo(app, mapping, id, waiting)
  })
}

/** Does a decision write anything that somebody may be found by? */
function touches(mapping: ResourceMapping, { write, side = {} }: Decision, match: readonly string[]): boolean {
  const slots = new Set(
    match.flatMap((by) =>
      leavesNamed(mapping, by).flatMap(({ carrier }) => (carrier.kind === 'slot' ? [carrier.slot.key] : [])),
    ),
  )
  const attributes = new Set(match.map((by) => by.replace(/\.value$/, '')))
  return (
    write.fields.some(({ slot }) => slots.has(slot.key)) ||
    Object.keys(side).some((key) => slots.has(key)) ||
    mapping.attributes.some(
      (one) =>
        one.kind === 'rows' && attributes.has(one.of.name) && write.rows.some(({ rows }) => rows.key === one.rows.key),
    )
  )
}

async function linkTo(
  app: Application,
  mapping: ResourceMapping,
  id: ScimId,
  waiting: readonly Waiting[],
): Promise<void> {
  const found = new Map<string, { readonly mapping: ResourceMapping; readonly id: ScimId }>()
  await calmly(app, async () => {
    const asked = await Promise.all(
      waiting.map(async (one) => ((await app.side.count(one.mapping.type.name, one.slot.key)) > 0 ? [one] : [])),
    )
    const open = asked.flat()
    if (open.length === 0) return
    const resource = await shown(app, mapping, id, open)
    for (const { mapping: owner, reference, slot } of open)
      for (const value of new Set(reference.match.flatMap((by) => valuesOf(mapping, resource, by, id)))) {
        const test = { op: 'eq', value: fold(value), fold: true } as const
        const ids = await app.side.find(owner.type.name, { kind: 'slot', slot, test }, app.limits.kept)
        for (const one of ids) found.set(`${owner.type.name}/${one}`, { mapping: owner, id: one })
      }
  })
  for (const one of found.values()) if (!closed.has(app)) await linked(app, one.mapping, one.id)
}

/** What a record can be found by. */
async function shown(
  app: Application,
  mapping: ResourceMapping,
  id: ScimId,
  waiting: readonly Waiting[],
): Promise<JsonObject> {
  const names = new Set(
    waiting.flatMap(({ reference }) =>
      reference.match.flatMap((by) => leavesNamed(mapping, by).map(({ ref }) => topLevelName(ref))),
    ),
  )
  const want = wantOf(mapping, ({ of }) => names.has(topLevelName(of)), false)
  const program = app.store.lower({ kind: 'get', of: mapping, id, want })
  const outcome = await app.store.run(program, { signal: AbortSignal.timeout(patience) })
  if (outcome.kind !== 'record' || outcome.record === undefined) return {}
  return decodeRecord(mapping, await completed(app, mapping, outcome.record))
}

function valuesOf(mapping: ResourceMapping, resource: JsonObject, by: string, id: ScimId): readonly string[] {
  if (by === 'id') return [id]
  return leavesNamed(mapping, by).flatMap(({ ref }) =>
    elementsOf(topLevelValue(resource, ref)).flatMap((one) => {
      const value = ref.sub === undefined ? one : isObject(one) ? one[ref.sub.name] : undefined
      return typeof value === 'string' ? [value] : []
    }),
  )
}

/** Looks for whoever a record waits for, and links them; tells whether it waits no longer. */
export async function linked(app: Application, mapping: ResourceMapping, id: ScimId): Promise<boolean> {
  const type = mapping.type.name
  return (
    (await calmly(app, () =>
      app.locks.hold(`${type}/${id}`, async () => {
        await settleOpen(app)
        await refuseUnsettled(app, type, id)
        const change = await changeContext(app, mapping, { id }, undefined)
        if (keepingIn(mapping).every((one) => heldAside(one, change.held) === undefined)) return true
        const plan = await withNames(app, planPatch(change, []), change.held)
        const outcome = await runExchange(app, plan, app.store.lower(plan), AbortSignal.timeout(patience))
        const isLinked = outcome.kind === 'written' && outcome.decision.write.links.length > 0
        if (isLinked) app.observe({ kind: 'linked', application: app.catalog.name, type })
        return isLinked
      }),
    )) === true
  )
}

/** Whatever goes wrong here is tried again in the next round. That two have a name is no more than a reason to wait. */
async function calmly<T>(app: Application, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    const reason = isBridgeError(error) ? error.reason : 'internal'
    // never the detail, which tells the name
    const detail = `a reference that waits could not be linked yet: ${reason}`
    if (reason !== 'invalidValue') app.observe({ kind: 'warning', about: app.catalog.name, detail })
    return undefined
  }
}

const underWay = new WeakMap<Application, Set<Promise<void>>>()
const closed = new WeakSet<Application>()

/** Waits for a while; then the work goes on behind the answer. */
async function briefly(app: Application, work: () => Promise<void>): Promise<void> {
  const all = underWay.get(app) ?? new Set()
  underWay.set(app, all)
  const enough = new AbortController()
  const mine = work().finally(() => {
    all.delete(mine)
    enough.abort()
  })
  all.add(mine)
  await Promise.race([mine, sleep(longest, undefined, { signal: enough.signal }).catch(() => undefined)])
}

/** Nothing more is begun, and what is under way has come to its end. */
export async function endLinking(app: Application): Promise<void> {
  closed.add(app)
  await Promise.all([...(underWay.get(app) ?? [])])
}
