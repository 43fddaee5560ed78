import { BridgeError } from '../../base/errors.ts'
import type { Reference, ResourceMapping } from '../../mapping/catalog.ts'
import type { UniqueCheck } from '../../plan/plan.ts'
import { fold } from '../../scim/compare.ts'
import { found } from './assumed.ts'
import type { Directory } from './directory.ts'
import { isOf } from './is-of.ts'
import { sourceFor } from './directory.ts'
import { dnKey } from '../../mapping/dn/dn-key.ts'
import { parseDn } from '../../mapping/dn/parse-dn.ts'
import { asking, attributeOf } from './fields.ts'
import type { LdapFilter } from './filter.ts'
import { allOf, anyOf, attributesIn, equal, isNothing, nothing, present } from './filter.ts'
import { filterText } from './filter-text.ts'
import type { Holder, NameOf } from './inbound.ts'
import { holdersAmong, pointing } from './inbound.ts'
import { matchKey } from './matching.ts'
import type { Entry, Search } from './operation.ts'
import { valuesOf } from './operation.ts'
import { filterOf, say, visible } from './predicate.ts'
import type { Steps } from './program.ts'

import { searched } from './searched.ts'

/** What stands in the way of a name: others who have a value that is to be unique, and whoever points at it already. */
export interface Looked {
  readonly rivals: readonly { readonly attribute: string; readonly entry: Entry }[]
  readonly holders: readonly Holder[]
}

interface Check {
  readonly attribute: string
  readonly filter: LdapFilter
}

export const checksOf = (
  directory: Directory,
  mapping: ResourceMapping,
  unique: readonly UniqueCheck[],
): readonly Check[] =>
  unique.flatMap(({ attribute, where }) => {
    const filter = conditionOf(directory, mapping, where)
    return isNothing(filter) ? [] : [{ attribute, filter }]
  })

/** A comparison that the schema's rule cannot make without regard to case is made with it: there is no other. */
function conditionOf(directory: Directory, mapping: ResourceMapping, where: UniqueCheck['where']): LdapFilter {
  if (where.kind !== 'slot' || say(directory, where) !== 'no')
    return filterOf(directory, sourceFor(directory, mapping), where, () => [])
  const attribute = attributeOf(where.slot)
  const { test } = where
  return attribute !== undefined && test.op === 'eq' && typeof test.value === 'string' && test.value !== ''
    ? equal(attribute, test.asked ?? test.value)
    : nothing
}

/**
 * Turns that a write has to wait for: two programs that want one value, or one name, go one after the other. The number
 * says in which order a program takes its turns, so that no two wait for each other: its own entry first, then whoever
 * it names, then names and values.
 */
export const turnsOf = (
  mapping: ResourceMapping,
  checks: readonly Check[],
  dns: readonly string[],
): readonly string[] => [
  // every spelling of a value waits for the others
  ...checks.map(({ filter }) => `3 ${mapping.type.name} ${fold(filterText(filter))}`),
  ...dns.map((dn) => `3 dn ${dn}`),
]

/** Whoever changes an entry upon what it holds. */
export const turnOf = (mapping: ResourceMapping, id: string): string => `1 ${mapping.type.name} ${id}`

/** Whoever gets another name, or goes, takes turns with whoever points at it. */
export const bearer = (type: string, id: string): string => `2 ${type} ${id}`

/** Those that are named, of whatever type they may be; a list of thousands is not waited for one by one. */
export const bearersOf = (
  named: readonly { readonly reference: Reference; readonly ids: readonly string[] }[],
): readonly string[] => {
  const all = named.flatMap(({ reference, ids }) => ids.flatMap((id) => reference.to.map((type) => bearer(type, id))))
  return all.length > mostBearers ? [] : all
}
const mostBearers = 2000

/**
 * One search for both where one base reaches everything. `self` is no rival of itself; the oldest of several rivals is
 * told by `created`.
 */
export function* look(
  directory: Directory,
  mapping: ResourceMapping,
  checks: readonly Check[],
  nameOf: NameOf | undefined,
  note: string,
): Steps<Looked> {
  const source = sourceFor(directory, mapping)
  const { pointers, tests, attributes } =
    nameOf === undefined ? { pointers: [], tests: [], attributes: [] } : pointing(directory, mapping, nameOf)
  const own = checks.map(({ filter }) => allOf([visible(directory, source), filter]))
  const told = [...mapping.id.fields, 'createTimestamp', ...checks.flatMap(({ filter }) => attributesIn(filter))]
  const held = new Set(attributes.map((name) => name.toLowerCase()))
  const entries: Entry[] = []
  for (const { part, place } of searches(directory, source.entry, own, pointers, tests)) {
    const asked = asking(directory, [...told, ...attributes])
    const search: Search = {
      ...{ kind: 'search', ...place, filter: anyOf(part), ...asked },
      // of a group with many members only the name that is asked about, and all of the rest (RFC 3876)
      ...(pointers.length > 0 &&
        directory.abilities.valuesReturnFilter && {
          valuesMatching: [
            ...pointers.map(({ attribute, value }) => equal(attribute, value)),
            ...[...new Set(told)].filter((name) => !held.has(name.toLowerCase())).map(present),
          ],
        }),
    }
    entries.push(...(yield* searched(search, note, found())))
  }
  const holders = holdersAmong(directory, pointers, entries)
  const pointingOnly = new Set(holders.map(({ dn }) => dn))
  return {
    holders,
    rivals: checks.flatMap(({ attribute, filter }) =>
      entries
        .filter(
          (entry) =>
            isOf(directory, source, entry) && (!pointingOnly.has(entry.dn) || hasAny(directory, filter, entry)),
        )
        .map((entry) => ({ attribute, entry })),
    ),
  }
}

function searches(
  directory: Directory,
  entry: { readonly base: string; readonly scope: 'one' | 'sub' },
  own: readonly LdapFilter[],
  pointers: ReturnType<typeof pointing>['pointers'],
  tests: readonly LdapFilter[],
): readonly { readonly part: readonly LdapFilter[]; readonly place: Pick<Search, 'base' | 'scope'> }[] {
  const here = { base: entry.base, scope: entry.scope }
  if (pointers.length === 0) return own.length === 0 ? [] : [{ part: own, place: here }]
  if (directory.commonBase !== undefined)
    return [{ part: [...own, ...tests], place: { base: directory.commonBase, scope: 'sub' } }]
  return [
    ...(own.length === 0 ? [] : [{ part: own, place: here }]),
    ...pointers.map(({ source }, i) => ({
      part: tests.slice(i, i + 1),
      place: { base: source.entry.base, scope: source.entry.scope },
    })),
  ]
}

/** Whoever only points at the name is no rival; whoever does both is told by the value. */
const hasAny = ({ schema }: Directory, filter: LdapFilter, entry: Entry): boolean =>
  filter.kind === 'equalityMatch' &&
  valuesOf(entry, filter.attribute).some((value) => {
    const rule = schema.attribute(filter.attribute)?.equality
    return rule !== undefined && matchKey(rule, value) === matchKey(rule, filter.value)
  })

/** Refuses a value that somebody else has. */
export function refuseRivals(mapping: ResourceMapping, looked: Looked, self: string | undefined): void {
  const rival = rivalOf(looked, self)
  if (rival !== undefined) throw taken(mapping, rival.attribute)
}

/** The first who is not oneself. */
export function rivalOf({ rivals }: Looked, self: string | undefined): Looked['rivals'][number] | undefined {
  const own = self === undefined ? undefined : keyOf(self)
  return rivals.find(({ entry }) => own === undefined || keyOf(entry.dn) !== own)
}

export const taken = (mapping: ResourceMapping, attribute: string, more = ''): BridgeError =>
  new BridgeError('conflict', `another ${mapping.type.name} has this ${attribute} already${more}`)

/** A name that an entry holds which no client can see: it is neither adopted nor overwritten. */
export const outside = (type: string, attribute: string | undefined, dn: string): BridgeError =>
  new BridgeError(
    'conflictOutOfScope',
    `The ${attribute ?? 'name'} is held by an entry of the directory that is not offered here as a ${type}`,
    new Error(`the name is taken: ${dn}`),
  )

const keyOf = (dn: string): string => {
  const parsed = parseDn(dn)
  return parsed === undefined ? dn : dnKey(parsed)
}

/** Is one of the rivals older? Then the later entry is withdrawn, and whoever compares the two comes to the same end. */
export function olderRival(mapping: ResourceMapping, { rivals }: Looked, self: Entry): string | undefined {
  const own = keyOf(self.dn)
  const mine = rivals.find(({ entry }) => keyOf(entry.dn) === own)?.entry ?? self
  return rivals.find(({ entry }) => keyOf(entry.dn) !== own && isOlder(mapping, entry, mine))?.attribute
}

function isOlder(mapping: ResourceMapping, one: Entry, other: Entry): boolean {
  const text = (entry: Entry): string =>
    [valuesOf(entry, 'createTimestamp')[0] ?? '', ...mapping.id.fields.map((field) => valuesOf(entry, field)[0] ?? '')]
      .map((value) => (typeof value === 'string' ? value : Buffer.from(value).toString('hex')))
      .join(' ')
  return text(one) < text(other)
}
