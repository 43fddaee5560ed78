import { BridgeError } from '../base/errors.ts'
import type { ScimId } from '../base/brand.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import type { NativeRecord } from '../mapping/record.ts'
import { planGet, planList } from '../plan/read.ts'
import { matchesVersion } from '../plan/version.ts'
import { messages } from '../scim/messages.ts'
import { evaluate } from '../scim/filter-eval.ts'
import { parseProjection, wantedAttributes } from '../scim/projection.ts'
import type { Projection } from '../scim/projection.ts'
import type { ScimRequest } from '../scim/request.ts'
import { walkOf } from './anchors.ts'
import { allowed, typeNamed } from './application.ts'
import type { Application } from './application.ts'
import type { Reply, RequestContext } from './bridge.ts'
import { byCursor } from './by-cursor.ts'
import { byIndex } from './by-index.ts'
import { collect } from './collect.ts'
import type { Exchange } from './exchange.ts'
import { resourceFrom, resourceReply, showing } from './exchange.ts'
import { paged } from './paging.ts'
import { listBodyOf } from './shown.ts'
import { resolveQuery, resolveQueryFilter } from './query.ts'
import { joinSide, resolveSide, showsSide, withSide } from './side.ts'

type Get = Extract<ScimRequest, { kind: 'get' }>
type List = Extract<ScimRequest, { kind: 'list' }>

/** RFC 7644 section 3.4.1. */
export function prepareGet(app: Application, request: Get, context: RequestContext): Exchange {
  const mapping = allowed(typeNamed(app, request.type), 'read')
  const { type } = mapping
  const projection = parseProjection(request.show, type, app.catalog.quirks)
  const filter = resolveQueryFilter(request.filter, type, app.catalog.quirks)
  const plan = planGet(mapping, request.id, wantedAttributes(projection, type), filter, app.limits.scanLimit)
  return {
    plan,
    async answer(outcome): Promise<Reply> {
      if (outcome.kind !== 'record' || !outcome.record) throw missing(mapping, request.id)
      const record = await completed(app, mapping, outcome.record)
      const resource = resourceFrom(app, mapping, context, true)(record)
      if (!evaluate(filter, resource)) throw missing(mapping, request.id)
      const reply = resourceReply(200, resource, showing(app, mapping, context, projection)(record, resource))
      const { ifNoneMatch } = request
      if (ifNoneMatch !== undefined && matchesVersion(ifNoneMatch, reply.etag)) {
        return { status: 304, ...(reply.etag === undefined ? {} : { etag: reply.etag }) }
      }
      return reply
    },
  }
}

/** RFC 7644 section 3.4.2. */
export async function prepareList(app: Application, request: List, context: RequestContext): Promise<Exchange> {
  const mapping = allowed(typeNamed(app, request.type), 'read')
  const { type } = mapping
  const { quirks } = app.catalog
  const projection = parseProjection(request.query, type, quirks)
  const query = resolveQuery(request.query, type, quirks, app.limits)
  const planned = planList(mapping, query, wantedAttributes(projection, type), app.limits, (leaf) =>
    app.store.say(leaf),
  )
  // which ids the side store finds changes from page to page: a walk is told by what was asked
  const walk = walkOf(context.caller.name, planned)
  const { cursor, count } = request.query
  const paging =
    cursor === undefined
      ? byIndex(planned, app.anchors, walk)
      : byCursor(planned, app.cursors, queryOf(app, walk, projection), cursor, count)
  const next = paged(planned, paging.page)
  const aside = showsSide(mapping)
  const plan = aside ? { ...next, where: await resolveSide(next.where, mapping, app.side, app.limits.scanLimit) } : next
  return {
    plan,
    async answer(outcome): Promise<Reply> {
      if (outcome.kind !== 'records') throw new Error('a list gives records')
      const records = aside ? joinSide(outcome.records, mapping, app.side) : outcome.records
      const show = showing(app, mapping, context, projection)
      const resourceOf = resourceFrom(app, mapping, context, plan.want.version === true)
      const page = await collect(plan, { ...outcome, records }, resourceOf, show)
      return { status: 200, ...listBodyOf({ schemas: [messages.listResponse], ...paging.head(page) }, page.resources) }
    },
  }
}

/** What a cursor is good for: this application, client, type, condition, order and projection. */
const queryOf = (app: Application, walk: string, projection: Projection): string =>
  JSON.stringify([app.catalog.name, walk, projection], (_, value: unknown) =>
    value instanceof Set ? [...(value as ReadonlySet<string>)].sort() : value,
  )

/** A record with what the side store holds of it. */
export async function completed(
  app: Application,
  mapping: ResourceMapping,
  record: NativeRecord,
): Promise<NativeRecord> {
  if (!showsSide(mapping)) return record
  const values = await app.side.read(mapping.type.name, [record.id])
  return withSide(record, values.get(record.id))
}

export const missing = (mapping: ResourceMapping, id: ScimId): BridgeError =>
  new BridgeError('notFound', `There is no ${mapping.type.name} with the id '${id.slice(0, 100)}'`)
