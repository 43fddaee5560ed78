import type { ScimId } from '../../base/brand.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import { keyOf } from '../../mapping/id.ts'
import type { Value } from './filter.ts'
import type { Entry, ReadBack, Result } from './operation.ts'
import { code } from './codes.ts'

/** What only a run knows stands between these marks wherever an explanation shows it. */
export const unknown = (what: string): string => `‹${what}›`
export const isUnknown = (value: Value): boolean => typeof value === 'string' && value.startsWith('‹')

export const success: Result = {
  code: code.success,
  message: '',
  entries: [],
  references: [],
  cookie: undefined,
  read: undefined,
}

export const found = (...entries: readonly Entry[]): Result => ({ ...success, entries })

/** An entry that explain takes for found: every attribute that was asked for has one value that nobody knows. */
export const assumedEntry = ({ attributes }: ReadBack, dn = unknown('DN')): Entry => ({
  dn,
  values: new Map(attributes.flatMap((name) => (name === '1.1' ? [] : [[name.toLowerCase(), [unknown(name)]]]))),
})

/** The entry of an id. */
export function assumedTarget(mapping: ResourceMapping, id: ScimId, asked: ReadBack): Entry {
  const entry = assumedEntry(asked, unknown(`DN of ${id}`))
  const key = keyOf(mapping.id, id) ?? []
  const own = mapping.id.fields.map((field, i) => [field.toLowerCase(), [key[i] ?? '']] as const)
  return { ...entry, values: new Map([...entry.values, ...own]) }
}
