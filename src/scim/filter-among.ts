import { never } from '../base/errors.ts'
import { evaluate } from './filter-eval.ts'
import type { Filter, ScimFilter } from './filter.ts'
import { findInside, namesInside, resolveAmong } from './filter-resolve.ts'
import type { AttributePath } from './path.ts'
import { printPath } from './path-print.ts'
import { everyName, findPath, unknown } from './path-resolve.ts'
import type { Quirks } from './quirks.ts'
import type { ResourceType } from './schema.ts'

/**
 * A filter that is asked of several resource types (RFC 7644 section 3.4.2.1), as each of them understands it. A type
 * that it excludes by `meta.resourceType`, by `schemas` or by an attribute that the type does not have is not among
 * the answers: nothing has to be asked for it. A name that none of the types has is refused.
 */
export function filterAmong(
  filter: Filter<AttributePath>,
  types: readonly ResourceType[],
  quirks: Quirks,
): ReadonlyMap<ResourceType, ScimFilter> {
  checkNames(filter, types)
  return new Map(
    types
      .filter((type) => decided(filter, type, quirks) !== false)
      .map((type) => [type, resolveAmong(filter, type, quirks)] as const),
  )
}

/** Refuses what is in none of the types by its name: an empty answer would be taken for "there is no such resource". */
function checkNames(filter: Filter<AttributePath>, types: readonly ResourceType[], parent?: AttributePath): void {
  switch (filter.kind) {
    case 'true':
    case 'false':
      return
    case 'and':
    case 'or':
      return filter.of.forEach((part) => checkNames(part, types, parent))
    case 'not':
      return checkNames(filter.of, types, parent)
    case 'present':
    case 'compare':
      return checkName(filter.attr, types, parent)
    case 'some':
      checkName(filter.attr, types, parent)
      return checkNames(filter.where, types, filter.attr)
    default:
      return never(filter)
  }
}

function checkName(path: AttributePath, types: readonly ResourceType[], parent: AttributePath | undefined): void {
  if (parent === undefined) {
    if (types.some((type) => findPath(path, type))) return
    throw unknown('invalidFilter', printPath(path), ownersOf(types), types.flatMap(everyName))
  }
  const parents = types.flatMap((type) => findPath(parent, type) ?? [])
  if (parents.some((ref) => findInside(path, ref))) return
  throw unknown('invalidFilter', printPath(path), printPath(parent), parents.flatMap(namesInside))
}

/** `User`, `User or Group`, `User, Group or Device`. */
export function ownersOf(types: readonly ResourceType[]): string {
  const names = types.map(({ name }) => name)
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`
}

/** What a filter comes to for every resource of a type, where the type alone decides that. */
function decided(filter: Filter<AttributePath>, type: ResourceType, quirks: Quirks): boolean | undefined {
  switch (filter.kind) {
    case 'true':
    case 'false':
      return filter.kind === 'true'
    case 'and':
    case 'or': {
      const parts = filter.of.map((part) => decided(part, type, quirks))
      const ends = filter.kind === 'or'
      return parts.includes(ends) ? ends : parts.includes(undefined) ? undefined : !ends
    }
    case 'not': {
      const inner = decided(filter.of, type, quirks)
      return inner === undefined ? undefined : !inner
    }
    case 'present':
    case 'compare':
    case 'some':
      return decidedLeaf(filter, type, quirks)
    default:
      return never(filter)
  }
}

type Leaf = Extract<Filter<AttributePath>, { kind: 'present' | 'compare' | 'some' }>

function decidedLeaf(leaf: Leaf, type: ResourceType, quirks: Quirks): boolean | undefined {
  const ref = findPath(leaf.attr, type)
  const holds = (resource: { readonly schemas: readonly string[] }): boolean =>
    evaluate(resolveAmong(leaf, type, quirks), { ...resource, meta: { resourceType: type.name } })
  if (ref === undefined) return holds({ schemas: [] })
  if (ref.name === 'meta.resourceType') return holds({ schemas: [] })
  if (ref.name !== 'schemas') return undefined
  // the extensions that a resource has data of are in its `schemas`, and which those are differs
  const least = holds({ schemas: [type.schema.id] })
  const most = holds({ schemas: [type.schema.id, ...type.extensions.map(({ schema }) => schema.id)] })
  return least === most ? least : undefined
}
