import { BridgeError } from '../base/errors.ts'
import type { ScimId } from '../base/brand.ts'
import type { Json } from '../base/json.ts'
import type { PageKey } from '../mapping/record.ts'
import type { ListPlan } from '../plan/plan.ts'
import { messages } from '../scim/messages.ts'
import type { ScimRequest } from '../scim/request.ts'
import { leafOf } from '../scim/schema.ts'
import { amongByCursor, amongByIndex } from './among-paging.ts'
import type { Ended, Start } from './among-paging.ts'
import type { Among, Part } from './among-types.ts'
import { behind, isMerged, nameOf, planAmong, planOnPage } from './among-types.ts'
import type { Application } from './application.ts'
import type { Reply, RequestContext } from './bridge.ts'
import type { Collected } from './collect.ts'
import { showing } from './exchange.ts'
import { merge } from './merge.ts'
import type { Merged } from './merge.ts'
import { paged } from './paging.ts'
import { readPage } from './read-page.ts'
import type { Shown } from './shown.ts'
import { listBodyOf } from './shown.ts'
import { sortValue, valueOrder } from './sort.ts'
import { usesSide } from './side.ts'
import { settleOpen } from './sweep.ts'

type ListAll = Extract<ScimRequest, { kind: 'listAll' }>

/** The page of a query over several types. */
interface Union extends Omit<Ended, 'length'> {
  readonly resources: readonly Shown[]
}

interface Sorted {
  /** What it is sorted by. */
  readonly key: Json | undefined
}
interface Head extends Sorted {
  readonly id: ScimId
  readonly at: PageKey | undefined
}
interface Keyed extends Sorted {
  readonly shown: Shown
}

/** A query of the server root (RFC 7644 section 3.4.2.1): the straight line for each type, and one merge. */
export async function listAll(app: Application, { query }: ListAll, context: RequestContext): Promise<Reply> {
  const { name } = context.caller
  const { among, paging } = context.clock.time('plan', () => {
    const planned = planAmong(app, query)
    const { offset, limit } = planned.page
    return {
      among: planned,
      paging:
        query.cursor === undefined
          ? amongByIndex(app, name, query, offset, limit)
          : amongByCursor(app, name, query, query.cursor, limit),
    }
  })
  if (among.parts.some(({ mapping }) => usesSide(mapping))) await settleOpen(app)
  const { start, needsMore } = paging
  const read = isMerged(among, start.limit) ? merged : inTurn
  const { resources, ...ended } = await read(app, among, context, start, needsMore)
  return context.clock.time('render', () => ({
    status: 200,
    ...listBodyOf(
      { schemas: [messages.listResponse], ...paging.head({ ...ended, length: resources.length }) },
      resources,
    ),
  }))
}

/** Types one after the other, in the order of the mapping; of those that the page does not reach the total alone. */
async function inTurn(
  app: Application,
  { parts }: Among,
  context: RequestContext,
  start: Start,
  needsMore: boolean,
): Promise<Union> {
  const resources: Shown[] = []
  const places = new Map(start.places)
  let skip = start.offset
  let total = 0
  let more = false
  // of types before the one that the walk stands in nothing is left
  const current = Math.max(
    0,
    parts.findLastIndex((part) => places.has(nameOf(part))),
  )
  for (const part of parts.slice(current)) {
    const left = start.limit - resources.length
    if (left === 0 && start.counting === 'nothing') {
      more ||=
        needsMore &&
        (await readPage(app, paged(part.keys, behind(start, part, 1)), context, () => 1)).resources.length > 0
      continue
    }
    const page = { ...behind(start, part, left), offset: skip }
    const one = await readPart(app, part, context, paged(part.plan, page))
    resources.push(...one.resources.map(({ shown }) => shown))
    if (one.last !== undefined) places.set(nameOf(part), one.last)
    const { total: counted = 0 } = one
    more ||= left === 0 ? counted > 0 : one.more
    skip = Math.max(0, skip - counted)
    total += counted
  }
  return { resources, total, places, more }
}

/**
 * Types put in order together. What each of them is sorted by is read first, so far as the page may reach in it; then
 * it is known how many resources of each type are on the page, and those are read.
 */
async function merged(app: Application, among: Among, context: RequestContext, start: Start): Promise<Union> {
  const { parts } = among
  const { offset: skip, limit } = start
  if (skip > 0 && skip + limit > app.limits.scanLimit) return refuseDeep(app, among, context, start)
  const heads: Collected<Head>[] = []
  for (const part of parts) {
    const { keys, sort } = part
    heads.push(
      await readPage(app, paged(keys, behind(start, part, skip + limit + 1)), context, ({ id }, resource, at) => ({
        id,
        key: sort && sortValue(resource, sort),
        at,
      })),
    )
  }
  const order = valuesInOrder(among)
  const compare = (a: Sorted, b: Sorted): number => order(a.key, b.key)
  const reached = merge(
    heads.map(({ resources }) => resources),
    compare,
    skip + limit + 1,
  )
  const pages: (readonly Keyed[])[] = []
  const places = new Map(start.places)
  for (const [i, part] of parts.entries()) {
    const passed = ofPart(reached.slice(0, skip), i)
    const those = ofPart(reached.slice(skip, skip + limit), i)
    const from = passed.length === 0 ? start.places.get(nameOf(part)) : passed.at(-1)?.at
    const plan = planOnPage(
      part,
      from,
      those.map(({ id }) => id),
    )
    const one = those.length === 0 ? undefined : await readPart(app, part, context, plan)
    pages.push(one?.resources ?? [])
    const last = one?.last ?? those.at(-1)?.at ?? from
    if (last !== undefined) places.set(nameOf(part), last)
  }
  return {
    resources: merge(pages, compare, limit).map(({ item }) => item.shown),
    total: heads.reduce((sum, { total = 0 }) => sum + total, 0),
    places,
    more: reached.length > skip + limit,
  }
}

const ofPart = <T>(all: readonly Merged<T>[], part: number): readonly T[] =>
  all.flatMap(({ from, item }) => (from === part ? [item] : []))

/** Missing values last, descending first, whichever type lacks them (RFC 7644 section 3.4.2.3). */
function valuesInOrder({ parts, descending }: Among): (a: Json | undefined, b: Json | undefined) => number {
  const sort = parts.find((part) => part.sort !== undefined)?.sort
  return sort === undefined ? () => 0 : valueOrder(leafOf(sort), descending)
}

/** A page far from any place that is known costs all that is before it, of every type. */
async function refuseDeep(app: Application, among: Among, context: RequestContext, start: Start): Promise<Union> {
  const union = await inTurn(app, among, context, { ...start, offset: 0, limit: 0 }, false)
  if (start.offset >= union.total) return union
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
): Promise<Collected<Keyed>> => {
  const show = showing(app, mapping, context, projection)
  return readPage(app, plan, context, (record, resource) => ({
    shown: show(record, resource),
    key: sort && sortValue(resource, sort),
  }))
}
