import type { NativeRecord } from '../../mapping/record.ts'
import type { Cut, ListPlan, Page, Want } from '../../plan/plan.ts'
import type { Outcome } from '../../plan/port.ts'
import type { Directory } from './directory.ts'
import { sourceFor } from './directory.ts'
import type { IdList, Place } from './lists.ts'
import { endBefore, keyOfPlace, startBehind } from './lists.ts'
import type { Entry } from './operation.ts'
import type { Circumstances, Steps } from './program.ts'
import { entriesByIds, recordsOf } from './read.ts'
import { placesOf, select } from './select.ts'
import type { Selected } from './select.ts'
import type { Source } from './source.ts'

/** A page cut by the store. */
export function* page(
  directory: Directory,
  plan: ListPlan,
  cut: Extract<Cut, { readonly by: 'backend' }>,
  circumstances: Circumstances,
): Steps<Outcome> {
  const { order } = cut
  const { limit, before, counting } = cut.page
  const selected = yield* select(directory, plan, order, cut.page, circumstances)
  const places = placesOf(selected)
  const descending = order?.descending === true
  // explain knows of one entry, and takes it for the first of the page
  const start = circumstances.assumed === undefined ? startOf({ places, descending }, cut.page) : before ? 1 : 0
  const way: Way = { places, start, backwards: before !== undefined }
  const { entries, end } =
    selected.kind === 'list'
      ? yield* filled(directory, sourceFor(directory, plan.of), way, limit, plan.want)
      : cutFrom(selected.kind === 'none' ? [] : selected.entries, way, limit)
  const records = yield* recordsOf(directory, plan.of, plan.want, entries, circumstances)
  const total = counting === 'nothing' ? undefined : counting === 'rest' ? places.length - start : places.length
  const [first, last] = inOrder(start, end)
  return {
    kind: 'records',
    records: from(withPlaces(records, places.slice(first, last))),
    total,
    more: way.backwards ? end > 0 : end < places.length,
  }
}

/** Places, where reading begins, and its direction. */
interface Way {
  readonly places: readonly Place[]
  readonly start: number
  readonly backwards: boolean
}

interface Filled {
  /** In the order of the list. */
  readonly entries: readonly Entry[]
  /** Up to where was read. */
  readonly end: number
}

const inOrder = (a: number, b: number): readonly [number, number] => (a < b ? [a, b] : [b, a])

/** Where reading ends after so many places. */
const endOf = ({ places, start, backwards }: Way, count: number): number =>
  backwards ? Math.max(0, start - count) : Math.min(places.length, start + count)

function cutFrom(entries: readonly Entry[], way: Way, limit: number): Filled {
  const end = endOf(way, limit)
  return { entries: entries.slice(...inOrder(way.start, end)), end }
}

/** A page whose entries have partly gone since the list was made is filled up by those beyond. */
function* filled(directory: Directory, source: Source, way: Way, limit: number, want: Want): Steps<Filled> {
  let entries: readonly Entry[] = []
  let at = way.start
  const rest = (): number => (way.backwards ? at : way.places.length - at)
  while (entries.length < limit && rest() > 0) {
    const end = endOf({ ...way, start: at }, limit - entries.length)
    const ids = way.places.slice(...inOrder(at, end)).map(({ id }) => id)
    const some = yield* entriesByIds(directory, source, ids, want)
    entries = way.backwards ? [...some, ...entries] : [...entries, ...some]
    at = end
  }
  return { entries, end: at }
}

function withPlaces(records: readonly NativeRecord[], places: readonly Place[]): readonly NativeRecord[] {
  const byId = new Map(places.map((place) => [place.id, place]))
  return records.map((record) => {
    const place = byId.get(record.id)
    return place === undefined ? record : { ...record, at: keyOfPlace(place) }
  })
}

/** Where a page begins, in its direction. */
function startOf(list: Pick<IdList, 'places' | 'descending'>, { offset, after, before }: Page): number {
  if (before !== undefined) return before === 'end' ? list.places.length : endBefore(list, before)
  return after === undefined ? Math.min(offset, list.places.length) : startBehind(list, after)
}

async function* from(records: readonly NativeRecord[]): AsyncIterable<NativeRecord> {
  yield* records
}

/** Records read at once when the bridge evaluates the rest. */
export const chunkSize = 100

/** The page in which a read goes on that the bridge cuts; with a sort of its own it looks at everything anew. */
export const goingOn = ({ cut }: ListPlan): Page | undefined =>
  (cut.by === 'bridge' && cut.sort !== undefined) || (cut.page.after ?? cut.page.before) === undefined
    ? undefined
    : cut.page

/** The parts of what is selected, in the direction in which such a page is read. */
export function partsOf(selected: Selected, plan: ListPlan): readonly Part[] {
  const page = goingOn(plan)
  const places = placesOf(selected)
  const way: Way = {
    places,
    start: page === undefined ? 0 : startOf({ places, descending: false }, page),
    backwards: page?.before !== undefined,
  }
  const parts: Part[] = []
  for (let at = way.start; way.backwards ? at > 0 : at < places.length;) {
    const end = endOf({ ...way, start: at }, chunkSize)
    parts.push({ range: inOrder(at, end), backwards: way.backwards })
    at = end
  }
  return parts
}

export interface Part {
  readonly range: readonly [from: number, to: number]
  readonly backwards: boolean
}

/** One part of what is selected, in its direction. */
export function* chunk(
  directory: Directory,
  plan: ListPlan,
  selected: Selected,
  { range, backwards }: Part,
  circumstances: Circumstances,
): Steps<readonly NativeRecord[]> {
  const places = placesOf(selected).slice(...range)
  const entries =
    selected.kind === 'entries'
      ? selected.entries.slice(...range)
      : yield* entriesByIds(
          directory,
          sourceFor(directory, plan.of),
          places.map(({ id }) => id),
          plan.want,
        )
  const records = withPlaces(yield* recordsOf(directory, plan.of, plan.want, entries, circumstances), places)
  return backwards ? records.toReversed() : records
}
