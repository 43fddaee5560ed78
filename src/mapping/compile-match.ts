import type { ResourceMapping } from './catalog.ts'
import type { TypeScope } from './compile-scope.ts'
import type { Entry } from './entry.ts'
import type { FilePath } from './load.ts'
import { mappingPath } from './mapping-path.ts'
import { leavesNamed, namedBy } from './named-by.ts'
import { schemaBy } from './schema-table.ts'
import { leafOf } from '../scim/schema.ts'
import type { AttributeRef } from '../scim/schema.ts'

const byId = ['id'] as const

/** `match`: by what a client may name whom a reference is to point at; the id where nothing is said. */
export function compileMatch(scope: TypeScope, { block, at }: Entry, ref: AttributeRef): readonly string[] {
  const { match, reference, reverse } = block
  if (match === undefined) return byId
  const path = [...at, 'match']
  if (reverse !== undefined) {
    scope.report.error(path, 'match belongs to a reference that is written')
    return byId
  }
  if (ref.attribute.multiValued) {
    scope.report.error(path, `${ref.name} takes ids: it has many values`, 'match belongs to a reference with one value')
    return byId
  }
  const types = typeof reference === 'string' ? [reference] : (reference ?? [])
  const names = match.flatMap((text, i) => nameOf(scope, types, text, [...path, i]) ?? [])
  if (names.length === match.length && !names.includes('id'))
    scope.report.error(
      path,
      'a client sends back what it was shown, which is the id',
      `match: [id, ${match.join(', ')}]`,
    )
  names.forEach((name, i) => {
    if (names.indexOf(name) < i) scope.report.error([...path, i], `${name} is there twice`)
  })
  scope.later.push((all) =>
    match.forEach((text, i) => {
      for (const target of all.filter(({ type }) => types.includes(type.name)))
        if (names[i] !== undefined) checkCarried(scope, target, text, names[i], [...path, i])
    }),
  )
  return names.length === 0 ? byId : names
}

/** The canonical name of an attribute that every one of the types has. */
function nameOf(scope: TypeScope, types: readonly string[], text: string, at: FilePath): string | undefined {
  if (text === 'id') return 'id'
  const names = types.flatMap((type): readonly (string | undefined)[] => {
    const resource = Object.hasOwn(scope.file.resources, type) ? scope.file.resources[type] : undefined
    const base = resource && schemaBy(scope.schemas, resource.schema ?? type)
    if (base === undefined) return []
    const found = mappingPath(text, { ...scope.paths, base })
    if ('ref' in found) return [singleName(scope, found, text, at)]
    scope.report.error(at, found.problem, found.hint)
    return [undefined]
  })
  return names.includes(undefined) ? undefined : names[0]
}

function singleName(
  scope: TypeScope,
  { ref, fixed }: { readonly ref: AttributeRef; readonly fixed: unknown },
  text: string,
  at: FilePath,
): string | undefined {
  const { attribute, sub } = ref
  const leaf = leafOf(ref)
  const isWhole = leaf.type !== 'complex' && (!attribute.multiValued || sub?.name === 'value')
  if (fixed === undefined && isWhole) {
    if (leaf.type === 'string' || leaf.type === 'reference') return ref.name
    scope.report.error(at, `${text} is no text, and what a client sends for a reference is`)
    return undefined
  }
  const hint = attribute.multiValued ? `${attribute.name}.value covers every element` : undefined
  scope.report.error(at, `${text} is no single value`, hint)
  return undefined
}

/** Once all types are known: does the target have the attribute, and can it be asked for? */
function checkCarried(scope: TypeScope, target: ResourceMapping, text: string, name: string, at: FilePath): void {
  if (name === 'id') return
  const leaves = leavesNamed(target, name)
  const carried = target.attributes
    .filter(({ kind }) => kind !== 'reference')
    .flatMap(({ of }) =>
      of.attribute.multiValued && of.attribute.type === 'complex' ? [`${of.name}.value`] : [of.name],
    )
  if (leaves.length === 0)
    scope.report.error(at, `a ${target.type.name} of this file has no ${text}`, suggestCarried(name, carried))
  else if (leaves.some(({ access, ref }) => access === 'writeOnly' || leafOf(ref).returned === 'never'))
    scope.report.error(at, `${text} is never shown, so nobody is found by it`)
  else if (namedBy(target, name, 'x') === undefined)
    scope.report.error(
      at,
      `nobody can be searched for by ${text}: its codec or template only reads`,
      'match takes attributes whose filter eq the application answers itself',
    )
}

const suggestCarried = (name: string, carried: readonly string[]): string | undefined =>
  carried.includes(`${name}.value`) ? `${name}.value` : `it has ${carried.slice(0, 8).join(', ')}`
