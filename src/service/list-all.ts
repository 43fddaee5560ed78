import { BridgeError } from '../base/errors.ts'
import type { ScimId } from '../base/brand.ts'
import type { Json } from '../base/json.ts'
import type { ListPlan, Page } from '../plan/plan.ts'
import { messages } from '../scim/messages.ts'
import type { ScimRequest } from '../scim/request.ts'
import { leafOf } from '../scim/schema.ts'
import type { Among, Part } from './among-types.ts'
import { isMerged, pageAt, planAmong, planOnPage, withPage } from './among-types.ts'
import type { Application } from './application.ts'
import type { Reply, RequestContext } from './bridge.ts'
import { showing } from './exchange.ts'
import { merge } from './merge.ts'
import type { Merged } from './merge.ts'
import type { Place, Places } from './places.ts'
import { keepPlaces, placesBefore, walkAmong } from './places.ts'
import { readPage } from './read-page.ts'
import type { ReadPage } from './read-page.ts'
import type { Shown } from './shown.ts'
import { listBodyOf } from './shown.ts'
import { sortValue, valueOrder } from './sort.ts'
import { usesSide } from './side.ts'
import { settleOpen } from './sweep.ts'

type ListAll = Extract<ScimRequest, { kind: 'listAll' }>

/** The page of a query over several types. */
interface Union {
  readonly resources: readonly Shown[]
  readonly total: number
  /** Where it ends. */
  readonly places: Places
}

interface Sorted {
  /** What it is sorted by. */
  readonly key: Json | undefined
}
interface Head extends Sorted {
  readonly id: ScimId
}
interface Keyed extends Sorted {
  readonly shown: Shown
}

/** A query of the server root (RFC 7644 section 3.4.2.1): the straight line for each type, and one merge. */
export async function listAll(app: Application, { query }: ListAll, context: RequestContext): Promise<Reply> {
  const among = context.clock.time('plan', () => planAmong(app, query))
  if (query.cursor !== undefined)
    throw new BridgeError('invalidCursor', 'Several resource types together are paged by index; use startIndex')
  if (among.parts.some(({ mapping }) => usesSide(mapping))) await settleOpen(app)
  const { offset } = among.page
  const walk = walkAmong(context.caller.name, query)
  const begun = placesBefore(app.walks, walk, offset)
  const union = await (isMerged(among) ? merged : inTurn)(app, among, context, begun)
  const shown = union.resources.length
  if (shown > 0) keepPlaces(app.walks, walk, offset + shown, union.places)
  const head = {
    schemas: [messages.listResponse],
    totalResults: union.total,
    itemsPerPage: shown,
    startIndex: offset + 1,
  }
  return context.clock.time('render', () => ({ status: 200, ...listBodyOf(head, union.resources) }))
}

const nothing: Page = { offset: 0, limit: 0 }

/** Types one after the other, in the order of the mapping; of those that the page does not reach the total alone. */
async function inTurn(
  app: Application,
  { parts, page }: Among,
  context: RequestContext,
  begun: Places | undefined,
): Promise<Union> {
  const resources: Shown[] = []
  const places = new Map(begun)
  let skip = begun === undefined ? page.offset : 0
  let total = 0
  for (const [i, part] of parts.entries()) {
    const { name } = part.mapping.type
    const limit = page.limit - resources.length
    const isPast = parts.slice(i + 1).some(({ mapping }) => begun?.has(mapping.type.name))
    const from = begun?.get(name) ?? { shown: skip, after: undefined }
    const one = await readPart(
      app,
      part,
      context,
      withPage(part.plan, limit === 0 || isPast ? nothing : pageAt(from, limit)),
    )
    resources.push(...one.resources.map(({ shown }) => shown))
    if (one.resources.length > 0) places.set(name, placeBehind(from, one))
    const { total: counted = 0 } = one
    skip = Math.max(0, skip - counted)
    total += counted
  }
  return { resources, total, places }
}

/**
 * Types put in order together. What each of them is sorted by is read first, so far as the page may reach in it; then
 * it is known how many resources of each type are on the page, and those are read.
 */
async function merged(
  app: Application,
  among: Among,
  context: RequestContext,
  begun: Places | undefined,
): Promise<Union> {
  const { parts, page } = among
  const skip = begun === undefined ? page.offset : 0
  if (skip > 0 && skip + page.limit > app.limits.scanLimit) return refuseDeep(app, among, context)
  const froms = parts.map(({ mapping }): Place => begun?.get(mapping.type.name) ?? start)
  const heads: ReadPage<Head>[] = []
  for (const [i, { keys, sort }] of parts.entries()) {
    const plan = withPage(keys, pageAt(froms[i] ?? start, skip + page.limit))
    heads.push(
      await readPage(app, plan, context, ({ id }, resource) => ({ id, key: sort && sortValue(resource, sort) })),
    )
  }
  const order = valuesInOrder(among)
  const compare = (a: Sorted, b: Sorted): number => order(a.key, b.key)
  const reached = merge(
    heads.map(({ resources }) => resources),
    compare,
    skip + page.limit,
  )
  const pages: (readonly Keyed[])[] = []
  const places = new Map(begun)
  for (const [i, part] of parts.entries()) {
    const from = froms[i] ?? start
    const passed = ofPart(reached.slice(0, skip), i).length
    const ids = ofPart(reached.slice(skip), i).map(({ id }) => id)
    const first: Place = passed === 0 ? from : { shown: from.shown + passed, after: undefined }
    const one = ids.length === 0 ? undefined : await readPart(app, part, context, planOnPage(part, first, ids))
    pages.push(one?.resources ?? [])
    places.set(part.mapping.type.name, one === undefined ? first : placeBehind(first, one))
  }
  const onPage = merge(pages, compare, page.limit)
  return {
    resources: onPage.map(({ item }) => item.shown),
    total: heads.reduce((sum, { total = 0 }) => sum + total, 0),
    places,
  }
}

const start: Place = { shown: 0, after: undefined }

const ofPart = <T>(all: readonly Merged<T>[], part: number): readonly T[] =>
  all.flatMap(({ from, item }) => (from === part ? [item] : []))

/** Missing values last, descending first, whichever type lacks them (RFC 7644 section 3.4.2.3). */
function valuesInOrder({ parts, descending }: Among): (a: Json | undefined, b: Json | undefined) => number {
  const sort = parts.find((part) => part.sort !== undefined)?.sort
  return sort === undefined ? () => 0 : valueOrder(leafOf(sort), descending)
}

/** A page far from any place that is known costs all that is before it, of every type. */
async function refuseDeep(app: Application, among: Among, context: RequestContext): Promise<Union> {
  const { total } = await inTurn(app, { ...among, page: nothing }, context, undefined)
  if (among.page.offset >= total) return { resources: [], total, places: new Map() }
  throw new BridgeError(
    'tooMany',
    `More than ${app.limits.scanLimit} resources would have to be put in order to reach this startIndex; walk page by page, or ask for one resource type`,
  )
}

const readPart = (
  app: Application,
  { mapping, projection, sort }: Part,
  context: RequestContext,
  plan: ListPlan,
): Promise<ReadPage<Keyed>> => {
  const show = showing(app, mapping, context, projection)
  return readPage(app, plan, context, (record, resource) => ({
    shown: show(record, resource),
    key: sort && sortValue(resource, sort),
  }))
}

const placeBehind = (from: Place, { resources, next }: ReadPage<unknown>): Place => ({
  shown: from.shown + resources.length,
  after: next ?? (resources.length === 0 ? from.after : undefined),
})
