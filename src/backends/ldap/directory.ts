import { BridgeError } from '../../base/errors.ts'
import type { Catalog, ResourceMapping } from '../../mapping/catalog.ts'
import { dnText } from '../../mapping/dn/dn.ts'
import { commonBase } from '../../mapping/dn/dn-key.ts'
import type { DnKeys } from './dn-keys.ts'
import type { EndNames } from './end-names.ts'
import type { Lists } from './lists.ts'
import type { Abilities, Schema } from './schema.ts'
import { sourceOf } from './source.ts'
import type { Source } from './source.ts'

/** What a program has to know of the directory that it is made for. */
export interface Directory {
  readonly catalog: Catalog
  readonly schema: Schema
  readonly abilities: Abilities
  readonly keyOf: DnKeys
  readonly sources: ReadonlyMap<string, Source>
  /** One search below it reaches the entries of every type; undefined when there is none that may be searched. */
  readonly commonBase: string | undefined
  /** Ids in order, shared by the walks through long lists. */
  readonly lists: Lists
  readonly endNames: EndNames
  /** Another bridge writes to the same entries, so what this one looked up may be another's before it has written. */
  readonly shared: boolean
}

export const sourcesOf = (catalog: Catalog, keyOf: DnKeys): ReadonlyMap<string, Source> =>
  new Map(catalog.types.map((mapping) => [mapping.type.name, sourceOf(mapping, keyOf)]))

/** The deepest entry that every type lies below; undefined when it would be the root of everything. */
export function commonBaseOf(sources: ReadonlyMap<string, Source>): string | undefined {
  const base = commonBase([...sources.values()].map((source) => source.base))
  return base.length === 0 ? undefined : dnText(base)
}

export function sourceNamed({ sources }: Directory, type: string): Source {
  const source = sources.get(type)
  if (source === undefined) throw new BridgeError('internal', `no entries are mapped for ${type}`)
  return source
}

export const sourceFor = (directory: Directory, mapping: ResourceMapping): Source =>
  sourceNamed(directory, mapping.type.name)
