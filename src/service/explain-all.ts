import type { ScimId } from '../base/brand.ts'
import { idOf } from '../mapping/id.ts'
import type { ListPlan, Page } from '../plan/plan.ts'
import type { NativeOperation } from '../plan/port.ts'
import { idOnPage } from '../plan/port.ts'
import { printPlan } from '../plan/print.ts'
import type { ScimRequest } from '../scim/request.ts'
import type { Among, Part } from './among-types.ts'
import { isMerged, planAmong, planOnPage } from './among-types.ts'
import type { Application } from './application.ts'
import { paged } from './paging.ts'
import { resolveSide } from './side.ts'

/** What is asked for a query over every type. Which resources are on the page depends on what is held. */
export async function explainAll(
  app: Application,
  { query }: Extract<ScimRequest, { kind: 'listAll' }>,
): Promise<{ readonly plan: readonly string[]; readonly operations: readonly NativeOperation[] }> {
  const among = planAmong(app, query)
  const steps = isMerged(among, among.page.limit)
    ? mergedSteps(among)
    : among.parts.map(({ plan }) => ({ plan, lines: printPlan(plan) }))
  const operations = await Promise.all(
    steps.map(async ({ plan }) => {
      const where = await resolveSide(plan.where, plan.of, app.side, app.limits.scanLimit)
      return app.store.explain(app.store.lower({ ...plan, where }))
    }),
  )
  return { plan: [headOf(among), ...steps.flatMap(({ lines }) => lines)], operations: operations.flat() }
}

interface Step {
  readonly plan: ListPlan
  readonly lines: readonly string[]
}

/** First how far each type reaches into the page, then what is on it; nobody knows yet how many of each. */
function mergedSteps({ parts, page }: Among): readonly Step[] {
  const whole: Page = { offset: 0, limit: page.offset + page.limit + 1 }
  const step = (what: string, plan: ListPlan): Step => ({
    plan,
    lines: [`${what} ${plan.of.type.name}`, ...printPlan(plan).slice(1)],
  })
  return [
    ...parts.map(({ keys }) => step('order of', paged(keys, whole))),
    ...parts.map((part) => step('at most of', onPage(part, page.limit))),
  ]
}

function onPage(part: Part, limit: number): ListPlan {
  const plan = planOnPage(part, undefined, [anyId(part)])
  return paged(plan, { ...plan.cut.page, limit })
}

const anyId = ({ mapping: { id } }: Part): ScimId =>
  idOf(
    id,
    id.fields.map(() => idOnPage),
  )

function headOf(among: Among): string {
  const names = among.parts.map(({ mapping }) => mapping.type.name)
  if (names.length === 0) return 'list nothing: the filter excludes every type'
  if (names.length === 1) return `list the only type that the filter leaves`
  return `list ${names.join(', ')}, ${isMerged(among, among.page.limit) ? 'merged' : 'one after the other; the next takes what is left of the page'}`
}
