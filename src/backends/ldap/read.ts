import type { ScimId } from '../../base/brand.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import type { GetPlan, Want } from '../../plan/plan.ts'
import type { Outcome } from '../../plan/port.ts'
import { assumedEntry, assumedTarget, found } from './assumed.ts'
import { code } from './codes.ts'
import type { Directory } from './directory.ts'
import { isOf } from './is-of.ts'
import { sourceFor } from './directory.ts'
import { failed } from './failed.ts'
import { asking, attributesFor, fieldsOf } from './fields.ts'
import { allOf, isNothing } from './filter.ts'
import type { LdapFilter } from './filter.ts'
import { idFilter, idOfEntry, idsFilter } from './identify.ts'
import { linksOf } from './links.ts'
import type { Entry, ReadBack, Search } from './operation.ts'
import { visible } from './predicate.ts'
import type { Circumstances, Steps } from './program.ts'
import { gone, searched, tried } from './searched.ts'
import type { Source } from './source.ts'

/** One entry by its id. */
export function* get(directory: Directory, plan: GetPlan, circumstances: Circumstances): Steps<Outcome> {
  const entry = yield* entryOf(directory, plan.of, plan.id, plan.want, circumstances, undefined)
  if (entry === undefined) return { kind: 'record', record: undefined }
  const [record] = yield* recordsOf(directory, plan.of, plan.want, [entry], circumstances)
  return { kind: 'record', record }
}

/** The entry of an id within its scope, with what a record is made of. */
export function* entryOf(
  directory: Directory,
  mapping: ResourceMapping,
  id: ScimId,
  want: Want,
  circumstances: Circumstances,
  note: string | undefined,
  more: readonly string[] = [],
): Steps<Entry | undefined> {
  const source = sourceFor(directory, mapping)
  const test = idFilter(directory.schema, mapping, id)
  if (test === undefined) return undefined
  const asked = asking(directory, [...attributesFor(directory, mapping, want), ...more])
  const search = searchIn(directory, source, test, asked)
  const assumed = assumedTarget(mapping, id, asked)
  const entries = yield* searched(search, note, found(assumed))
  if (circumstances.assumed !== undefined) return assumed
  const entry = entries.find((one) => isOf(directory, source, one) && idOfEntry(mapping, one) === id)
  directory.endNames.met(id, entry && directory.keyOf(entry.dn))
  return entry
}

export const searchIn = (
  directory: Directory,
  source: Source,
  test: LdapFilter,
  asked: Pick<Search, 'attributes' | 'binary'>,
): Search => ({
  kind: 'search',
  base: source.entry.base,
  scope: source.entry.scope,
  filter: allOf([visible(directory, source), test]),
  ...asked,
})

/** Entries as records, in their order, with their links. */
export function* recordsOf(
  directory: Directory,
  mapping: ResourceMapping,
  want: Want,
  entries: readonly Entry[],
  circumstances: Circumstances,
): Steps<readonly NativeRecord[]> {
  const identified = entries.flatMap((entry) => {
    const id = idOfEntry(mapping, entry)
    return id === undefined ? [] : [{ entry, id }]
  })
  const parts = yield* linksOf(
    directory,
    want,
    identified.map(({ entry }) => entry),
    circumstances,
  )
  return identified.map(({ entry, id }, i) => ({
    id,
    fields: fieldsOf(want.slots, entry),
    rows: {},
    ...(parts[i] ?? { links: {} }),
  }))
}

/** Ids that one search asks for. */
const atOnce = 200

/** Entries by their ids, in the order of the ids; one that has gone meanwhile is left out. */
export function* entriesByIds(
  directory: Directory,
  source: Source,
  ids: readonly ScimId[],
  want: Want,
): Steps<readonly Entry[]> {
  const { mapping } = source
  const asked = asking(directory, attributesFor(directory, mapping, want))
  const all = new Map<ScimId, Entry>()
  for (let from = 0; from < ids.length; from += atOnce) {
    const test = idsFilter(directory.schema, mapping, ids.slice(from, from + atOnce))
    if (isNothing(test)) continue
    const entries = yield* searched(searchIn(directory, source, test, asked), 'page', found(assumedEntry(asked)))
    for (const entry of entries) {
      const id = idOfEntry(mapping, entry)
      if (id !== undefined && isOf(directory, source, entry)) all.set(id, entry)
    }
  }
  for (const id of ids) {
    const entry = all.get(id)
    directory.endNames.met(id, entry && directory.keyOf(entry.dn))
  }
  return ids.flatMap((id) => all.get(id) ?? [])
}

/** Entries up to a number; undefined when there are more. Some servers send less than was asked for and say so. */
export function* entriesUpTo(search: Search, most: number, note: string): Steps<readonly Entry[] | undefined> {
  const result = yield* tried({ ...search, sizeLimit: most }, note, found(assumedEntry(search)))
  if (result.code === code.success) return result.entries
  if (result.code === code.sizeLimitExceeded) return undefined
  throw gone(result, search)
}

/** The entry of a name, if there is one and it satisfies a filter. */
export function* entryAt(
  dn: string,
  asked: ReadBack,
  note: string,
  filter: LdapFilter = everyEntry,
): Steps<Entry | undefined> {
  const search: Search = { kind: 'search', base: dn, scope: 'base', filter, ...asked }
  const result = yield* tried(search, note, found(assumedEntry(asked, dn)))
  if (result.code === code.noSuchObject) return undefined
  if (result.code !== code.success) throw failed(result, search)
  return result.entries[0]
}

export const everyEntry: LdapFilter = { kind: 'present', attribute: 'objectClass' }
