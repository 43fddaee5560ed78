import { isOf } from './is-of.ts'
import type { Reference, ResourceMapping } from '../../mapping/catalog.ts'
import { found, success, unknown } from './assumed.ts'
import { code } from './codes.ts'
import type { Directory } from './directory.ts'
import { sourceNamed } from './directory.ts'
import { emptied } from './emptied.ts'
import { failed } from './failed.ts'
import { keyOfValue } from './ends.ts'
import { asking, attributeOfReference } from './fields.ts'
import type { LdapFilter, Value } from './filter.ts'
import { allOf, anyOf, equal } from './filter.ts'
import type { Change, Entry, Search } from './operation.ts'
import { valuesOf } from './operation.ts'
import { visible } from './predicate.ts'
import type { Steps } from './program.ts'

import { searched, tried } from './searched.ts'
import type { Source } from './source.ts'

/** An entry that points at another one, and with which of its references. */
export interface Holder {
  readonly source: Source
  readonly reference: Reference
  readonly attribute: string
  readonly dn: string
  readonly value: Value
}

/** The name by which a reference would point at an entry: its DN, or the value of the attribute that the mapping names. */
export type NameOf = (reference: Reference) => Value | undefined

interface Pointer {
  readonly source: Source
  readonly reference: Reference
  readonly attribute: string
  readonly value: Value
}

const pointersTo = (directory: Directory, mapping: ResourceMapping, nameOf: NameOf): readonly Pointer[] =>
  mapping.inbound.flatMap(({ from, reference }) => {
    const attribute = attributeOfReference(reference)
    const value = nameOf(reference)
    if (attribute === undefined || value === undefined || reference.place.kind === 'reverse') return []
    return [{ source: sourceNamed(directory, from), reference, attribute, value }]
  })

/** The conditions that find whoever points at a name, each with its scope, and the attributes that tell. */
export function pointing(directory: Directory, mapping: ResourceMapping, nameOf: NameOf) {
  const pointers = pointersTo(directory, mapping, nameOf)
  return {
    pointers,
    tests: pointers.map(({ source, attribute, value }): LdapFilter =>
      allOf([visible(directory, source), equal(attribute, value)]),
    ),
    attributes: pointers.map(({ attribute }) => attribute),
  }
}

/** Whoever among these entries points at the name. */
export const holdersAmong = (
  directory: Directory,
  pointers: readonly Pointer[],
  entries: readonly Entry[],
): readonly Holder[] =>
  entries.flatMap((entry) =>
    pointers.flatMap(({ source, reference, attribute, value }): readonly Holder[] => {
      const wanted = keyOfValue(directory, reference, value)
      const isHeld = valuesOf(entry, attribute).find((one) => keyOfValue(directory, reference, one) === wanted)
      return isHeld !== undefined && isOf(directory, source, entry)
        ? [{ source, reference, attribute, dn: entry.dn, value: isHeld }]
        : []
    }),
  )

/** Searches for whoever points at a name: once where one base reaches all types, else once for each type. */
export function* holdersOf(
  directory: Directory,
  mapping: ResourceMapping,
  nameOf: NameOf,
  note: string,
  assume: 'somebody' | 'nobody' = 'somebody',
): Steps<readonly Holder[]> {
  const { pointers, tests } = pointing(directory, mapping, nameOf)
  if (pointers.length === 0) return []
  const assumed = found(...(assume === 'somebody' ? pointers.map(assumedHolder) : []))
  const entries: Entry[] = []
  for (const search of reaching(directory, pointers, tests)) {
    const named = pointers.map(({ attribute, value }) => equal(attribute, value))
    // of a group with many members only the name that is asked about
    const asked = {
      ...search,
      ...(directory.abilities.valuesReturnFilter && { valuesMatching: named }),
    }
    entries.push(...(yield* searched(asked, note, assumed)))
  }
  return holdersAmong(directory, pointers, entries)
}

/** Explain takes it that there is one of each kind. */
const assumedHolder = ({ source, attribute, value }: Pointer): Entry => ({
  dn: unknown(`DN of a ${source.mapping.type.name} with this ${attribute}`),
  values: new Map([[attribute.toLowerCase(), [value]]]),
})

function reaching(directory: Directory, pointers: readonly Pointer[], tests: readonly LdapFilter[]): readonly Search[] {
  const types = new Set(pointers.map(({ source }) => source.mapping.type.name))
  const asked = asking(
    directory,
    pointers.map(({ attribute }) => attribute),
  )
  if (types.size > 1 && directory.commonBase !== undefined)
    return [{ kind: 'search', base: directory.commonBase, scope: 'sub', filter: anyOf(tests), ...asked }]
  return [...types].flatMap((type): readonly Search[] => {
    const own = pointers.flatMap(({ source }, i) => (source.mapping.type.name === type ? [i] : []))
    const source = pointers[own[0] ?? 0]?.source
    if (source === undefined) return []
    const { base, scope } = source.entry
    return [{ kind: 'search', base, scope, filter: anyOf(own.flatMap((i) => tests[i] ?? [])), ...asked }]
  })
}

/** Takes a name out of whoever points with it; `to` puts another one in its place, save where it `is` there already. */
export function* repoint(
  directory: Directory,
  holders: readonly Holder[],
  to: NameOf | undefined,
  note: string,
  is: (holder: Holder) => boolean = () => false,
): Steps<void> {
  for (const holder of holders) {
    const next = is(holder) ? undefined : to?.(holder.reference)
    const drop: Change = { op: 'delete', attribute: holder.attribute, values: [holder.value] }
    const put: readonly Change[] =
      next === undefined ? [] : [{ op: 'add', attribute: holder.attribute, values: [next] }]
    yield* settle(directory, holder, [drop, ...put], note)
  }
}

/** The server may do the same at the same time (referential integrity), so what is done already counts as done. */
export function* settle(directory: Directory, holder: Holder, changes: readonly Change[], note: string): Steps<void> {
  const modify = { kind: 'modify', dn: holder.dn, changes } as const
  const result = yield* tried(modify, note, success)
  switch (result.code) {
    case code.success:
    case code.noSuchObject:
      return
    case code.noSuchAttribute:
    case code.attributeOrValueExists: {
      // one half is done
      for (const change of changes.length > 1 ? changes : []) yield* settle(directory, holder, [change], note)
      return
    }
    case code.objectClassViolation: {
      const { emptyGroup } = holder.source.entry
      if (emptyGroup.kind === 'placeholder' && !changes.some(({ op }) => op === 'add')) {
        const put: Change = { op: 'add', attribute: holder.attribute, values: [emptyGroup.dn] }
        return yield* settle(directory, holder, [put, ...changes], note)
      }
      const isEmptied = emptyGroup.kind === 'refuse' && !changes.some(({ op }) => op === 'add')
      throw isEmptied ? emptied(holder.reference, failed(result, modify)) : failed(result, modify)
    }
    default:
      throw failed(result, modify)
  }
}

/** Adds another name beside the one that is there, where there can be two. */
export function* admit(directory: Directory, holders: readonly Holder[], name: NameOf, note: string): Steps<void> {
  for (const holder of holders) {
    const value = name(holder.reference)
    if (value === undefined || !takesTwo(directory, holder)) continue
    yield* settle(directory, holder, [{ op: 'add', attribute: holder.attribute, values: [value] }], note)
  }
}

/** Else the new name replaces the old one when the entry has it. Of two managers the one who is there is shown. */
export const takesTwo = ({ schema }: Directory, { attribute }: Holder): boolean =>
  schema.attribute(attribute)?.singleValue !== true
