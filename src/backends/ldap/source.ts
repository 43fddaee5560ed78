import { BridgeError } from '../../base/errors.ts'
import type { EntrySource, ResourceMapping } from '../../mapping/catalog.ts'
import type { Dn } from './dn.ts'
import { isWithin } from './dn-key.ts'
import { parseDn } from './dn-parse.ts'
import type { LdapFilter } from './filter.ts'
import { allOf, equal } from './filter.ts'
import { parseLdapFilter } from './filter-parse.ts'
import { filterText } from './filter-text.ts'

/** Where the entries of a resource type live, ready to be searched. */
export interface Source {
  readonly mapping: ResourceMapping
  readonly entry: EntrySource
  readonly base: Dn
  /** What every entry of the type satisfies, save that it is not hidden: object classes and the filter of the mapping. */
  readonly filter: LdapFilter
  /** The filter of the mapping says something that the object classes of a new entry do not. */
  readonly asksForMore: boolean
}

export function sourceOf(mapping: ResourceMapping): Source {
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
  return { mapping, entry, base, filter: allOf([...distinct.values()]), asksForMore }
}

/** May an entry of this name be one of the type at all? What a search answers is held against it once more. */
export const reaches = ({ base, entry }: Source, dn: Dn): boolean => isWithin(dn, base, entry.scope)
