import { scimId } from '../base/brand.ts'
import type { ScimId } from '../base/brand.ts'
import type { Json } from '../base/json.ts'
import { isObject } from '../base/json.ts'
import type { Reference } from '../mapping/catalog.ts'
import type { ScimFilter } from '../scim/filter.ts'
import type { PatchOperation } from '../scim/patch.ts'
import type { LinkDelta } from './plan.ts'
import { elementsOf } from '../scim/value.ts'

/** The ids a reference value names: `{ value }` objects, or plain ids of a simple attribute. */
export const idsIn = (value: Json | undefined): readonly ScimId[] =>
  elementsOf(value).flatMap((item) => {
    const id = isObject(item) ? item['value'] : item
    return typeof id === 'string' && id !== '' ? [scimId(id)] : []
  })

/**
 * Folds the PATCH operations on one reference into set algebra, without knowing what it holds: nothing of it is read,
 * so nothing that somebody else adds meanwhile is lost. undefined when an operation selects members by something else
 * than their ids; then the members have to be read.
 */
export function foldLinks(reference: Reference, operations: readonly PatchOperation[]): LinkDelta | undefined {
  let only = false
  const add = new Set<ScimId>()
  const remove = new Set<ScimId>()
  const take = (id: ScimId): void => {
    add.delete(id)
    if (!only) remove.add(id)
  }
  const give = (id: ScimId): void => {
    remove.delete(id)
    add.add(id)
  }
  const clear = (): void => {
    only = true
    add.clear()
    remove.clear()
  }
  for (const operation of operations) {
    if (operation.target.sub !== undefined) return undefined
    if (operation.where !== undefined) {
      const ids = operation.op === 'remove' ? idsOfFilter(operation.where) : undefined
      if (ids === undefined) return undefined
      ids.forEach(take)
    } else if (operation.op === 'remove') {
      if (operation.only === undefined) clear()
      else idsIn(operation.only).forEach(take)
    } else {
      if (operation.op === 'replace') clear()
      idsIn(operation.value).forEach(give)
    }
  }
  return { reference, only, add: [...add], remove: [...remove] }
}

/** `value eq "x"`, or several of them joined by `or`. */
function idsOfFilter(where: ScimFilter): readonly ScimId[] | undefined {
  if (where.kind === 'or') {
    const parts = where.of.map(idsOfFilter)
    return parts.every((p) => p !== undefined) ? parts.flat() : undefined
  }
  return where.kind === 'compare' && where.op === 'eq' && where.attr.sub?.name === 'value'
    ? [scimId(String(where.value))]
    : undefined
}
