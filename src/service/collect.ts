import { BridgeError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import type { NativeRecord } from '../mapping/record.ts'
import type { ListPlan, Want } from '../plan/plan.ts'
import { tooManyLinks } from '../plan/too-many-links.ts'
import { evaluate } from '../scim/filter-eval.ts'
import { comparison } from './sort.ts'

export interface Page<T> {
  readonly resources: readonly T[]
  readonly total: number
}

/**
 * Turns the records of a list into the page that was asked for. When the bridge cuts the page it evaluates the
 * residual on every record that the store selected, and refuses (400 `tooMany`) rather than answer with a part.
 */
export async function collect<T>(
  plan: ListPlan,
  records: AsyncIterable<NativeRecord>,
  total: number | undefined,
  resourceOf: (record: NativeRecord) => JsonObject,
  show: (record: NativeRecord, resource: JsonObject) => T,
): Promise<Page<T>> {
  const { cut, want } = plan
  if (cut.by === 'backend') {
    const resources: T[] = []
    // one by one: of a page the parts that are not shown are not kept
    for await (const record of records) resources.push(show(record, resourceOf(record)))
    if (total === undefined) throw new Error('a page cut by the backend comes with its total')
    return { resources, total }
  }
  const { offset, limit } = cut.page
  const matches: { readonly record: NativeRecord; readonly resource: JsonObject }[] = []
  let links = 0
  let scanned = 0
  let total_ = 0
  for await (const record of records) {
    if (++scanned > cut.scanLimit) throw tooMany(plan, cut.scanLimit)
    const resource = resourceOf(record)
    if (!evaluate(cut.residual, resource)) continue
    // without a sort key only the page itself has to be kept
    if (cut.sort || (total_ >= offset && matches.length < limit)) {
      matches.push({ record, resource })
      if (want.whole !== undefined) links += countLinks(want, record)
      if (want.whole !== undefined && links > want.whole) throw tooManyLinks(want.whole)
    }
    total_++
  }
  if (cut.sort) {
    const compare = comparison(cut.sort.by, cut.sort.descending)
    matches.sort((a, b) => compare(a.resource, b.resource))
  }
  const page = cut.sort ? matches.slice(offset, offset + limit) : matches
  return { resources: page.map(({ record, resource }) => show(record, resource)), total: total_ }
}

const countLinks = (want: Want, record: NativeRecord): number =>
  want.links.reduce((sum, { size, key }) => (size === 'large' ? sum + (record.links[key]?.length ?? 0) : sum), 0)

const tooMany = (plan: ListPlan, scanLimit: number): BridgeError =>
  new BridgeError(
    'tooMany',
    `This application cannot evaluate the whole query itself, and more than ${scanLimit} ${plan.of.type.name} resources would have to be looked at; add a condition that it can evaluate, such as userName eq or externalId eq`,
  )
