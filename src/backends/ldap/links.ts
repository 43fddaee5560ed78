import type { Reference } from '../../mapping/catalog.ts'
import type { Link, NativeRecord } from '../../mapping/record.ts'
import type { Want } from '../../plan/plan.ts'
import { tooManyLinks } from '../../plan/too-many-links.ts'
import type { Directory } from './directory.ts'
import type { End } from './ends.ts'
import { endsOf, keyOfValue } from './ends.ts'
import { attributeOfReference } from './fields.ts'
import type { Value } from './filter.ts'
import { reverseLinks } from './groups.ts'
import { isRemembered, knownEndsOf } from './known-ends.ts'
import type { Entry } from './operation.ts'
import { valuesOf } from './operation.ts'
import type { Packed } from './packed.ts'
import { packed } from './packed.ts'
import type { Circumstances, Steps } from './program.ts'

/** Links that come with a record; a list that is longer is read on while it is sent. */
const linksAtOnce = 1000

type Parts = Pick<NativeRecord, 'links' | 'streams'>

/** The links of every entry, in the order of the entries: one look-up for all of them, never one for each. */
export function* linksOf(
  directory: Directory,
  want: Want,
  entries: readonly Entry[],
  circumstances: Circumstances,
): Steps<readonly Parts[]> {
  const parts = entries.map(() => ({ links: {} as Record<string, readonly Link[]>, streams: {} as Streams }))
  for (const reference of want.links) {
    const lists =
      reference.place.kind === 'reverse'
        ? yield* reverseLinks(directory, reference, entries, circumstances)
        : yield* storedLinks(directory, reference, want, entries, circumstances)
    lists.forEach((list, i) => {
      const part = parts[i]
      if (part === undefined) return
      if (Symbol.asyncIterator in list) part.streams[reference.key] = list
      else part.links[reference.key] = list
    })
  }
  return parts.map(({ links, streams }) => ({ links, ...(Object.keys(streams).length > 0 && { streams }) }))
}

type Streams = Record<string, AsyncIterable<readonly Link[]>>
type Links = readonly Link[] | AsyncIterable<readonly Link[]>

function* storedLinks(
  directory: Directory,
  reference: Reference,
  { whole }: Want,
  entries: readonly Entry[],
  circumstances: Circumstances,
): Steps<readonly Links[]> {
  const attribute = attributeOfReference(reference) ?? ''
  const held = entries.map((entry) => valuesOf(entry, attribute))
  const isLong = (values: readonly Value[]): boolean =>
    reference.size === 'large' && whole === undefined && values.length > linksAtOnce
  const short = held.flatMap((values) => (isLong(values) ? [] : values))
  // who they are would be as much again, so nobody is asked first
  if (whole !== undefined && reference.size === 'large' && short.length > whole) throw tooManyLinks(whole)
  const ends = isRemembered(reference)
    ? yield* knownEndsOf(directory, reference, short, [], circumstances)
    : yield* endsOf(directory, reference, short, [])
  const pick = (values: readonly Value[], of: typeof ends): readonly Link[] =>
    once(values.flatMap((value) => of.get(keyOfValue(directory, reference, value))?.link ?? []))
  return held.map((values): Links =>
    isLong(values) ? streamed(directory, reference, packed(values), pick, circumstances) : pick(values, ends),
  )
}

/** Two values may be two spellings of one name. */
const once = (links: readonly Link[]): readonly Link[] => [
  ...new Map(links.map((link) => [`${link.type} ${link.id}`, link])).values(),
]

/** Values of a long list that one search asks for, and searches that are on their way while a part is sent. */
const part = 200
const ahead = 4

/** The names stand in the entry, so the list is what it was when the entry was read; who they are is asked part by part. */
async function* streamed(
  directory: Directory,
  reference: Reference,
  values: Packed,
  pick: (values: readonly Value[], of: ReadonlyMap<string, End>) => readonly Link[],
  { later }: Circumstances,
): AsyncIterable<readonly Link[]> {
  const asked: { readonly some: readonly Value[]; readonly ends: Promise<ReadonlyMap<string, End>> }[] = []
  for (let from = 0; from < values.length || asked.length > 0;) {
    while (asked.length < ahead && from < values.length) {
      const some = values.slice(from, from + part)
      const ends = later(() => endsOf(directory, reference, some, []))
      // nobody may wait for it any more when it fails
      ends.catch(() => undefined)
      asked.push({ some, ends })
      from += part
    }
    const next = asked.shift()
    if (next !== undefined) yield pick(next.some, await next.ends)
  }
}
