import type { Catalog, ResourceMapping } from '../../mapping/catalog.ts'
import type { Slot } from '../../mapping/slot.ts'
import { parseDn } from '../../mapping/dn/parse-dn.ts'
import { parseLdapFilter } from './filter-parse.ts'
import { leavesOf } from './leaves.ts'

export interface Problem {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** What of a mapping no directory can carry; told without asking one. */
export const checkMapping = (catalog: Catalog): readonly Problem[] =>
  catalog.types.flatMap((mapping) => [...checkEntry(mapping), ...checkPlaces(mapping)])

function checkEntry({ type, entry }: ResourceMapping): readonly Problem[] {
  const at = ['resources', type.name]
  if (entry === undefined) return [{ path: at, message: `nothing says where the entries of a ${type.name} are: entry` }]
  const filter = entry.filter === undefined ? undefined : parseLdapFilter(entry.filter)
  return [
    ...(parseDn(entry.base)?.length ? [] : [{ path: [...at, 'entry', 'base'], message: `"${entry.base}" is no DN` }]),
    ...(filter !== undefined && 'problem' in filter
      ? [{ path: [...at, 'entry', 'filter'], message: `${filter.problem}, at character ${filter.at + 1}` }]
      : []),
    ...(entry.objectClasses.length === 0
      ? [{ path: [...at, 'entry', 'objectClasses'], message: 'a new entry needs an object class' }]
      : []),
    ...(entry.emptyGroup.kind === 'placeholder' && parseDn(entry.emptyGroup.dn) === undefined
      ? [{ path: [...at, 'entry', 'emptyGroup'], message: `"${entry.emptyGroup.dn}" is no DN` }]
      : []),
  ]
}

const slotsOf = (mapping: ResourceMapping): readonly Slot[] =>
  leavesOf(mapping).flatMap(({ carrier, copies }) => [
    ...(carrier.kind === 'all' ? carrier.parts.map(({ slot }) => slot) : 'slot' in carrier ? [carrier.slot] : []),
    ...copies.map(({ slot }) => slot),
  ])

function checkPlaces(mapping: ResourceMapping): readonly Problem[] {
  const at = ['resources', mapping.type.name, 'attributes']
  return [
    ...slotsOf(mapping).flatMap(({ at: place, key }) =>
      place.kind === 'lookup' || place.kind === 'keyValue'
        ? [{ path: at, message: `${key}: a directory has no tables to look things up in` }]
        : [],
    ),
    ...mapping.attributes.flatMap((one) => {
      const path = [...at, one.of.name]
      if (one.kind === 'rows')
        return [{ path, message: 'a directory has no child rows: map each type to an attribute' }]
      if (one.kind !== 'reference') return []
      return one.reference.place.kind === 'through' || one.reference.place.kind === 'onTarget'
        ? [{ path, message: 'a directory has no join tables: slot names the attribute that holds the reference' }]
        : []
    }),
  ]
}
