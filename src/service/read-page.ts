import type { JsonObject } from '../base/json.ts'
import type { NativeRecord, PageKey } from '../mapping/record.ts'
import type { ListPlan } from '../plan/plan.ts'
import type { Application } from './application.ts'
import type { RequestContext } from './bridge.ts'
import { collect } from './collect.ts'
import type { Collected } from './collect.ts'
import { resourceFrom } from './exchange.ts'
import { joinSide, resolveSide, showsSide } from './side.ts'
import { placeBy } from './sort.ts'

/** The page of a list, straight: lower, run, collect; the side store adds its part. `show` is told where a record stands. */
export async function readPage<T>(
  app: Application,
  plan: ListPlan,
  context: RequestContext,
  show: (record: NativeRecord, resource: JsonObject, at: PageKey | undefined) => T,
): Promise<Collected<T>> {
  const { clock, signal } = context
  const aside = showsSide(plan.of)
  const asked = aside
    ? { ...plan, where: await resolveSide(plan.where, plan.of, app.side, app.limits.scanLimit) }
    : plan
  const program = clock.time('lower', () => app.store.lower(asked))
  return clock.time('run', async () => {
    const outcome = await app.store.run(program, { signal })
    if (outcome.kind !== 'records') throw new Error('a list gives records')
    const records = aside ? joinSide(outcome.records, plan.of, app.side) : outcome.records
    return collect(
      asked,
      { ...outcome, records },
      resourceFrom(app, plan.of, context, plan.want.version === true),
      (record, resource) => show(record, resource, standsAt(plan, record, resource)),
    )
  })
}

const standsAt = ({ cut }: ListPlan, record: NativeRecord, resource: JsonObject): PageKey | undefined =>
  cut.by === 'bridge' && cut.sort !== undefined ? placeBy(cut.sort.by, resource, record.id) : record.at
