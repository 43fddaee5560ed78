import { BridgeError } from '../../base/errors.ts'
import type { EntrySource, ResourceMapping } from '../../mapping/catalog.ts'
import type { Dn } from '../../mapping/dn/dn.ts'
import type { DnKeys } from './dn-keys.ts'
import { parseDn } from '../../mapping/dn/parse-dn.ts'
import type { LdapFilter } from './filter.ts'
import { allOf, equal } from './filter.ts'
import { parseLdapFilter } from './filter-parse.ts'
import { filterText } from './filter-text.ts'

/** Where the entries of a resource type live, ready to be searched. */
export interface Source {
  readonly mapping: ResourceMapping
  readonly entry: EntrySource
  readonly base: Dn
  /** The base in the form in which DNs compare. */
  readonly baseKey: string
  /** What every entry of the type satisfies, save that it is not hidden: object classes and the filter of the mapping. */
  readonly filter: LdapFilter
  /** The filter of the mapping says something that the object classes of a new entry do not. */
  readonly asksForMore: boolean
}

export function sourceOf(mapping: ResourceMapping, keyOf: DnKeys): Source {
  const { entry } = mapping
  const base = entry === undefined ? undefined : parseDn(entry.base)
  if (entry === undefined || base === undefined)
    throw new BridgeError('invalidMapping', `${mapping.type.name}: entry.base is no DN`)
  const said = entry.filter === undefined ? [] : [parseLdapFilter(entry.filter)]
  const filters = said.map((one) => {
    if ('problem' in one) throw new BridgeError('invalidMapping', `${mapping.type.name}: entry.filter: ${one.problem}`)
    return one
  })
  const classes = entry.objectClasses.map((name) => equal('objectClass', name))
  const distinct = new Map([...classes, ...filters].map((one) => [filterText(one).toLowerCase(), one]))
  const asksForMore = distinct.size > new Set(classes.map((one) => filterText(one).toLowerCase())).size
  const filter = allOf([...distinct.values()])
  return { mapping, entry, base, baseKey: keyOf(entry.base) ?? '', filter, asksForMore }
}

/** May an entry of this name, by the key of it, be one of the type at all? What a search answers is held against it once more. */
export function reaches({ baseKey, entry }: Source, key: string): boolean {
  if (!key.endsWith(`,${baseKey}`)) return false
  // a comma that is part of a value is written otherwise in a key
  return entry.scope === 'sub' || !key.slice(0, -baseKey.length - 1).includes(',')
}
