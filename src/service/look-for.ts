import { setTimeout as sleep } from 'node:timers/promises'
import { isBridgeError } from '../base/errors.ts'
import type { ScimId } from '../base/brand.ts'
import { disjunction } from '../plan/bounds.ts'
import type { Name } from '../plan/plan.ts'
import type { Application } from './application.ts'
import { typeNamed } from './application.ts'
import { endLinking, linked, waitingFor } from './kept.ts'
import type { Waiting } from './kept.ts'
import { nameIn } from './names.ts'

/** How many names are looked for at once, and the pauses between two lots and two rounds, in milliseconds. */
export interface Pace {
  readonly lot: number
  readonly between: number
  readonly round: number
}
const usual: Pace = { lot: 50, between: 1_000, round: 60_000 }

/** How long one look may take, in milliseconds. */
const patience = 10_000

/**
 * Looks in rounds for those whom references wait for: who came to be beside the bridge, and whatever a process that ended
 * has not linked any more. The first round begins at once. One question to the application for each lot of names; only
 * when somebody answers to it the records of that lot are tried one by one.
 */
export function lookForThem(app: Application, pace: Pace = usual): { stop(): Promise<void> } {
  const waiting = waitingFor(app)
  if (waiting.length === 0) return { stop: async () => undefined }
  const ending = new AbortController()
  const pause = (milliseconds: number): Promise<unknown> =>
    sleep(milliseconds, undefined, { ref: false, signal: ending.signal }).catch(() => undefined)
  const rounds = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      for (const one of waiting) await round(app, one, pace, ending.signal, pause)
      await pause(pace.round)
    }
  }
  const running = rounds()
  return {
    async stop() {
      ending.abort()
      await running
      await endLinking(app)
    },
  }
}

async function round(
  app: Application,
  waiting: Waiting,
  { lot, between }: Pace,
  ending: AbortSignal,
  pause: (milliseconds: number) => Promise<unknown>,
): Promise<void> {
  const { mapping, slot } = waiting
  for (let after: ScimId | undefined; !ending.aborted;) {
    try {
      const some = await app.side.walk(mapping.type.name, slot.key, after, lot)
      const last = some.at(-1)
      if (last === undefined) return
      const names = await Promise.all(some.map(({ value }) => nameIn(app, waiting.reference, String(value))))
      if (await isAnybodyThere(app, names))
        for (const { id } of some) if (!ending.aborted) await linked(app, mapping, id)
      if (some.length < lot) return
      after = last.id
    } catch (error) {
      // a backend that is away is asked again in the next round
      const detail = `those whom references wait for could not be looked for: ${isBridgeError(error) ? error.reason : 'internal'}`
      return app.observe({ kind: 'warning', about: app.catalog.name, detail })
    }
    await pause(between)
  }
}

async function isAnybodyThere(app: Application, names: readonly Name[]): Promise<boolean> {
  const ways = names.flatMap((name) => name.ways.flatMap(({ of }) => of))
  for (const type of new Set(ways.map((one) => one.type))) {
    const where = disjunction(ways.filter((one) => one.type === type).map((one) => one.where))
    const cut = { by: 'backend', page: { offset: 0, limit: 1 }, order: undefined } as const
    const want = { slots: [], rows: [], links: [] }
    const program = app.store.lower({ kind: 'list', of: typeNamed(app, type), where, want, cut })
    const outcome = await app.store.run(program, { signal: AbortSignal.timeout(patience) })
    if (outcome.kind === 'records') for await (const _ of outcome.records) return true
  }
  return false
}
