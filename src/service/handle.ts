import { never } from '../base/errors.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import type { Plan } from '../plan/plan.ts'
import type { Outcome } from '../plan/port.ts'
import type { ScimRequest } from '../scim/request.ts'
import type { Application } from './application.ts'
import { typeNamed } from './application.ts'
import type { Reply, RequestContext } from './bridge.ts'
import type { Exchange } from './exchange.ts'
import { afterWrite } from './kept.ts'
import { listAll } from './list-all.ts'
import { prepareGet, prepareList } from './read.ts'
import { runExchange } from './run.ts'
import { usesSide } from './side.ts'
import { refuseUnsettled, settleOpen } from './sweep.ts'
import { prepareCreate, prepareDelete, preparePatch, prepareReplace } from './write.ts'

/** A request of one resource type. */
export type OfOneType = Exclude<ScimRequest, { kind: 'listAll' }>

/** The straight line: plan, lower, run, render. Everything but `run` is pure, save that the side store is asked first. */
export async function handle(app: Application, request: ScimRequest, context: RequestContext): Promise<Reply> {
  if (request.kind === 'listAll') return listAll(app, request, context)
  const mapping = typeNamed(app, request.type)
  const line = async (): Promise<Done> => {
    const { clock } = context
    const exchange = await clock.time('plan', () => prepare(app, request, context))
    const program = clock.time('lower', () => app.store.lower(exchange.plan))
    const outcome = await clock.time('run', () => runExchange(app, exchange.plan, program, context.signal))
    const reply = await clock.time('render', () => exchange.answer(outcome))
    return { reply, plan: exchange.plan, outcome }
  }
  const { reply, plan, outcome } = await inTurn(app, mapping, request, line)
  await afterWrite(app, plan, outcome)
  return reply
}

/** A request that has been carried out. */
interface Done {
  readonly reply: Reply
  readonly plan: Plan
  readonly outcome: Outcome
}

async function inTurn(
  app: Application,
  mapping: ResourceMapping,
  request: OfOneType,
  line: () => Promise<Done>,
): Promise<Done> {
  if (!usesSide(mapping)) return line()
  if (!('id' in request) || request.kind === 'get') {
    await settleOpen(app)
    return line()
  }
  // two stores make one resource: writes of it take turns, and each begins where the one before it ended for certain
  return app.locks.hold(`${mapping.type.name}/${request.id}`, async () => {
    await settleOpen(app)
    await refuseUnsettled(app, mapping.type.name, request.id)
    return line()
  })
}

/** Parses and plans; the side store is all that is asked. */
export async function prepare(app: Application, request: OfOneType, context: RequestContext): Promise<Exchange> {
  switch (request.kind) {
    case 'get':
      return prepareGet(app, request, context)
    case 'list':
      return prepareList(app, request, context)
    case 'create':
      return prepareCreate(app, request, context)
    case 'replace':
      return prepareReplace(app, request, context)
    case 'patch':
      return preparePatch(app, request, context)
    case 'delete':
      return prepareDelete(app, request)
    default:
      return never(request)
  }
}
