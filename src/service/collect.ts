import { BridgeError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import type { NativeRecord } from '../mapping/record.ts'
import type { ListPlan } from '../plan/plan.ts'
import { evaluate } from '../scim/filter-eval.ts'
import { comparison } from './sort.ts'

export interface Page {
  readonly resources: readonly JsonObject[]
  readonly total: number
}

/**
 * Turns the records of a list into the page that was asked for. When the bridge cuts the page it evaluates the
 * residual on every record that the store selected, and refuses (400 `tooMany`) rather than answer with a part.
 */
export async function collect(
  plan: ListPlan,
  records: AsyncIterable<NativeRecord>,
  total: number | undefined,
  resourceOf: (record: NativeRecord) => JsonObject,
): Promise<Page> {
  const { cut } = plan
  if (cut.by === 'backend') {
    const resources: JsonObject[] = []
    for await (const record of records) resources.push(resourceOf(record))
    if (total === undefined) throw new Error('a page cut by the backend comes with its total')
    return { resources, total }
  }
  const { offset, limit } = cut.page
  const matches: JsonObject[] = []
  let scanned = 0
  let total_ = 0
  for await (const record of records) {
    if (++scanned > cut.scanLimit) throw tooMany(plan, cut.scanLimit)
    const resource = resourceOf(record)
    if (!evaluate(cut.residual, resource)) continue
    // without a sort key only the page itself has to be kept
    if (cut.sort || (total_ >= offset && matches.length < limit)) matches.push(resource)
    total_++
  }
  if (!cut.sort) return { resources: matches, total: total_ }
  matches.sort(comparison(cut.sort.by, cut.sort.descending))
  return { resources: matches.slice(offset, offset + limit), total: total_ }
}

const tooMany = (plan: ListPlan, scanLimit: number): BridgeError =>
  new BridgeError(
    'tooMany',
    `This application cannot evaluate the whole query itself, and more than ${scanLimit} ${plan.of.type.name} resources would have to be looked at; add a condition that it can evaluate, such as userName eq or externalId eq`,
  )
