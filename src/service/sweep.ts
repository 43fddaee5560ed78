import { BridgeError, isBridgeError } from '../base/errors.ts'
import type { ScimId } from '../base/brand.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import type { Intent } from '../plan/port.ts'
import type { Application } from './application.ts'
import { matchesEvidence } from './evidence.ts'
import { hasLinks, heldNow } from './held-now.ts'
import { removal } from './run.ts'

/** How long one sweep may take, everybody waiting for it, and how long an intent rests after a vain one; milliseconds. */
const longest = 2_000
const rest = 1_000

/** When each intent is due again whose end could not be found out. */
const resting = new WeakMap<Application, Map<number, number>>()

/**
 * Settles the intents that a dead process or an uncertain answer left open. An intent is dropped only after the backend
 * has answered in full: when it cannot be asked the intent stays, and this rejects. An intent whose record somebody has
 * locked stays as well, for the next sweep: nobody else has to wait for it.
 */
export async function settleOpen(app: Application): Promise<void> {
  const { unsettled } = app
  if (unsettled.size === 0) return
  await app.locks.hold('sweep', async () => {
    const start = performance.now()
    const until = resting.get(app) ?? new Map<number, number>()
    resting.set(app, until)
    const due = new Set([...unsettled].filter((key) => (until.get(key) ?? 0) <= start))
    if (due.size === 0) return
    const open = (await app.side.open()).filter(({ key }) => due.has(key))
    for (const key of due) if (!open.some((intent) => intent.key === key)) unsettled.delete(key)
    const count = { settled: 0, 'not done': 0 }
    // those that were asked for in vain come last, so that they never keep the others from their turn
    for (const intent of open.toSorted((a, b) => Number(until.has(a.key)) - Number(until.has(b.key)))) {
      const end = performance.now() - start > longest ? 'not known' : await endOf(app, intent)
      if (end === 'not known') until.set(intent.key, performance.now() + rest)
      else {
        count[end]++
        until.delete(intent.key)
        unsettled.delete(intent.key)
      }
    }
    const { settled, 'not done': dropped } = count
    if (settled + dropped > 0) app.observe({ kind: 'sweep', application: app.catalog.name, settled, dropped })
  })
}

/** A write must not pass one of the same resource whose end is not known. */
export async function refuseUnsettled(app: Application, type: string, id: ScimId): Promise<void> {
  if (app.unsettled.size === 0) return
  const open = await app.side.open()
  if (open.some((intent) => intent.type === type && intent.id === id && app.unsettled.has(intent.key)))
    throw new BridgeError('busy', 'an earlier change of this resource has not come to its end yet; try again')
}

type End = 'settled' | 'not done' | 'not known'

/** Finds out whether the write had happened, and stores its side values or drops them. */
async function endOf(app: Application, intent: Intent): Promise<End> {
  const mapping = app.catalog.types.find((m) => m.type.name === intent.type)
  try {
    if (mapping !== undefined && (await settleOne(app, mapping, intent))) return 'settled'
    await app.side.drop(intent.key)
    return 'not done'
  } catch (error) {
    if (isBridgeError(error) && (error.reason === 'busy' || error.reason === 'timeout')) return 'not known'
    throw error
  }
}

async function settleOne(app: Application, mapping: ResourceMapping, intent: Intent): Promise<boolean> {
  const record = await heldNow(app, mapping, intent)
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
