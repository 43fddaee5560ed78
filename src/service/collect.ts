import { BridgeError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import type { NativeRecord, PageKey } from '../mapping/record.ts'
import type { Cut, ListPlan, Want } from '../plan/plan.ts'
import type { Outcome } from '../plan/port.ts'
import { tooManyLinks } from '../plan/too-many-links.ts'
import { evaluate } from '../scim/filter-eval.ts'
import { comparePlaces, placeBy } from './sort.ts'

export interface Collected<T> {
  readonly resources: readonly T[]
  /** As far as the page asked for it, or it is known anyway. */
  readonly total: number | undefined
  /** Where the page begins and ends, if there is anything on it. */
  readonly first: PageKey | undefined
  readonly last: PageKey | undefined
  /** There are more beyond the page, in the direction in which it was read. */
  readonly more: boolean
}

type Records = Extract<Outcome, { readonly kind: 'records' }>
type ByBridge = Extract<Cut, { readonly by: 'bridge' }>

interface Match {
  readonly record: NativeRecord
  readonly resource: JsonObject
  readonly at: PageKey | undefined
}

/**
 * Turns the records of a list into the page that was asked for. When the bridge cuts the page it evaluates the
 * residual on every record that the store selected, and refuses (400 `tooMany`) rather than answer with a part.
 */
export async function collect<T>(
  plan: ListPlan,
  outcome: Pick<Records, 'records' | 'total' | 'more'>,
  resourceOf: (record: NativeRecord) => JsonObject,
  show: (record: NativeRecord, resource: JsonObject) => T,
): Promise<Collected<T>> {
  const { cut } = plan
  if (cut.by === 'bridge') {
    const { page, total, more } = await cutHere(plan, cut, outcome.records, resourceOf)
    return {
      resources: page.map(({ record, resource }) => show(record, resource)),
      total,
      first: page[0]?.at,
      last: page.at(-1)?.at,
      more,
    }
  }
  const resources: T[] = []
  let first: PageKey | undefined
  let last: PageKey | undefined
  // one by one: of a page the parts that are not shown are not kept
  for await (const record of outcome.records) {
    resources.push(show(record, resourceOf(record)))
    first ??= record.at
    last = record.at
  }
  return { resources, total: outcome.total, first, last, more: outcome.more }
}

interface CutHere {
  readonly page: readonly Match[]
  readonly total: number | undefined
  readonly more: boolean
}

async function cutHere(
  plan: ListPlan,
  cut: ByBridge,
  records: AsyncIterable<NativeRecord>,
  resourceOf: (record: NativeRecord) => JsonObject,
): Promise<CutHere> {
  const { sort } = cut
  const { limit, after, before, counting } = cut.page
  const offset = after === undefined && before === undefined ? cut.page.offset : 0
  const { want } = plan
  const matches: Match[] = []
  let links = 0
  let scanned = 0
  let total = 0
  let isWhole = true
  for await (const record of records) {
    if (++scanned > cut.scanLimit) throw tooMany(plan, cut.scanLimit)
    const resource = resourceOf(record)
    if (!evaluate(cut.residual, resource)) continue
    total++
    if (sort === undefined) {
      if (total <= offset) continue
      if (matches.length === limit) {
        // without a sort only the page itself has to be kept, and nobody looks further unless all are counted
        if (counting !== 'nothing') continue
        isWhole = false
        break
      }
    }
    matches.push({ record, resource, at: sort === undefined ? record.at : placeBy(sort.by, resource, record.id) })
    if (want.whole !== undefined) links += countLinks(want, record)
    if (want.whole !== undefined && links > want.whole) throw tooManyLinks(want.whole)
  }
  if (sort === undefined) {
    const more = !isWhole || total - offset > matches.length
    const isKnown = counting !== 'nothing' || (isWhole && after === undefined && before === undefined)
    return { page: before === undefined ? matches : matches.reverse(), total: isKnown ? total : undefined, more }
  }
  const { by, descending } = sort
  const beyond = matches
    .filter(({ at }) => {
      if (at === undefined) return false
      if (before !== undefined) return before === 'end' || comparePlaces(by, descending, at, before) < 0
      return after === undefined || comparePlaces(by, descending, at, after) > 0
    })
    .sort((a, b) => (a.at && b.at ? comparePlaces(by, descending, a.at, b.at) : 0))
  const page = before === undefined ? beyond.slice(offset, offset + limit) : beyond.slice(-limit)
  return {
    page: limit === 0 ? [] : page,
    total: counting === 'rest' ? beyond.length : matches.length,
    more: beyond.length - offset > page.length,
  }
}

const countLinks = (want: Want, record: NativeRecord): number =>
  want.links.reduce((sum, { size, key }) => (size === 'large' ? sum + (record.links[key]?.length ?? 0) : sum), 0)

const tooMany = (plan: ListPlan, scanLimit: number): BridgeError =>
  new BridgeError(
    'tooMany',
    `This application cannot evaluate the whole query itself, and more than ${scanLimit} ${plan.of.type.name} resources would have to be looked at; add a condition that it can evaluate, such as userName eq or externalId eq`,
  )
