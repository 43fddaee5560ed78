import type { JsonObject } from '../base/json.ts'
import type { NativeRecord } from '../mapping/record.ts'
import type { ListPlan, PageKey } from '../plan/plan.ts'
import type { Application } from './application.ts'
import type { RequestContext } from './bridge.ts'
import { collect } from './collect.ts'
import type { Collected } from './collect.ts'
import { resourceFrom } from './exchange.ts'
import { joinSide, resolveSide, usesSide } from './side.ts'

export interface ReadPage<T> extends Collected<T> {
  /** Where its last record stands, when the backend cut it. */
  readonly next: PageKey | undefined
}

/** The page of a list, straight: lower, run, collect; the side store adds its part. */
export async function readPage<T>(
  app: Application,
  plan: ListPlan,
  context: RequestContext,
  show: (record: NativeRecord, resource: JsonObject) => T,
): Promise<ReadPage<T>> {
  const { clock, signal } = context
  const aside = usesSide(plan.of)
  const asked = aside
    ? { ...plan, where: await resolveSide(plan.where, plan.of, app.side, app.limits.scanLimit) }
    : plan
  const program = clock.time('lower', () => app.store.lower(asked))
  return clock.time('run', async () => {
    const outcome = await app.store.run(program, { signal })
    if (outcome.kind !== 'records') throw new Error('a list gives records')
    const records = aside ? joinSide(outcome.records, plan.of, app.side) : outcome.records
    const page = await collect(asked, { ...outcome, records }, resourceFrom(app, plan.of, context), show)
    return { ...page, next: plan.cut.by === 'backend' ? page.last : undefined }
  })
}
