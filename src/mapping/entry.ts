import type { AttributeBlock, LeafFile } from './file-attribute.ts'
import type { ResourceFile } from './file.ts'
import { attributeWords, leafBlock } from './file-attribute.ts'
import { suggest } from './suggest.ts'
import { attributeNamed } from '../scim/attribute-named.ts'
import type { Attribute } from '../scim/schema.ts'
import type { TypeScope } from './compile-scope.ts'
import type { FilePath } from './load.ts'
import { mappingPath } from './mapping-path.ts'
import type { Target } from './mapping-path.ts'

/** One line of `attributes`, read but not compiled. */
export interface Entry extends Target {
  readonly at: FilePath
  readonly block: AttributeBlock
  readonly kind: 'leaf' | 'rows' | 'split' | 'reference'
  /** The leaves of child rows, by sub-attribute; a simple attribute has the one leaf `value`. */
  readonly leaves: readonly { readonly sub: Attribute | undefined; readonly leaf: LeafFile; readonly at: FilePath }[]
}

/** Reads the left-hand sides, and tells sub-attributes of `rows` from misspelt words. */
export function readEntries(scope: TypeScope, said: ResourceFile['attributes']): readonly Entry[] {
  return Object.entries(said).flatMap(([text, value]) => {
    const at = [...scope.at, 'attributes', text]
    const target = mappingPath(text, scope.paths)
    if (!('ref' in target)) {
      scope.report.error(at, target.problem, target.hint)
      return []
    }
    const name = target.ref.name
    if (['id', 'schemas', 'meta', 'meta.resourceType', 'meta.location', 'meta.version'].includes(name)) {
      scope.report.error(at, `${name} is made by the bridge`, name === 'id' ? 'say id: beside attributes' : undefined)
      return []
    }
    const block = (typeof value === 'string' ? { slot: value } : value) as AttributeBlock
    const isSplit = block.template !== undefined && block.slot !== undefined
    const isReference = [block.reference, block.reverse, block.through].some((word) => word !== undefined)
    const kind = isReference ? 'reference' : block.rows !== undefined ? 'rows' : isSplit ? 'split' : 'leaf'
    if (kind !== 'reference')
      for (const word of ['from', 'to', 'foreignKey', 'by', 'nested', 'size', 'match', 'onUnknown', 'where'] as const)
        if (block[word] !== undefined)
          scope.report.error([...at, word], `${word} belongs to a reference`, 'say reference: User')
    return [{ ...target, at, block, kind, leaves: rowLeaves(scope, block, target, kind, at) }]
  })
}

function rowLeaves(
  scope: TypeScope,
  block: AttributeBlock,
  target: Target,
  kind: Entry['kind'],
  at: FilePath,
): Entry['leaves'] {
  const { attribute } = target.ref
  const isComplex = attribute.type === 'complex'
  return Object.entries(block).flatMap(([key, value]) => {
    if (Object.hasOwn(attributeWords, key)) return []
    const below = [...at, key]
    const sub = attributeNamed(attribute.subAttributes, key)
    if (kind !== 'rows' || target.ref.sub !== undefined || (isComplex ? sub === undefined : key !== 'value')) {
      const known = [
        ...Object.keys(attributeWords),
        ...(kind === 'rows' ? attribute.subAttributes.map((s) => s.name) : []),
      ]
      scope.report.error(below, `unknown key "${key}"`, suggest(key, known))
      return []
    }
    const leaf = typeof value === 'string' ? { slot: value } : leafBlock.parse(value)
    return [{ sub, leaf, at: below }]
  })
}

/** The sub-attributes that a line carries; undefined for the attribute as a whole. */
export function carriedSubs(entry: Entry): readonly string[] | undefined {
  const { attribute, sub } = entry.ref
  if (attribute.type !== 'complex') return undefined
  switch (entry.kind) {
    case 'reference':
      return ['value', '$ref', 'display', 'displayName', 'type']
    case 'rows':
      return entry.leaves.flatMap((leaf) => (leaf.sub ? [leaf.sub.name] : []))
    case 'split':
      return [...(entry.block.template ?? '').matchAll(/\{([^{}]*)\}/g)].map(([, path = '']) =>
        path.trim().replace(/^.*\./, ''),
      )
    case 'leaf':
      // `emails: mail` stands for `emails.value: mail`, as a filter on it would
      return [...Object.keys(entry.fixed ?? {}), sub?.name ?? 'value']
  }
}

/** `emails: mail` and `emails.value: mail` say the same. */
export function leafTarget(entry: Entry): Attribute | undefined {
  const { attribute, sub } = entry.ref
  return (
    sub ??
    (attribute.type === 'complex' && attribute.multiValued
      ? attributeNamed(attribute.subAttributes, 'value')
      : undefined)
  )
}
