import { attributeRef } from '../scim/schema.ts'
import type { AttributeRef, ResourceType } from '../scim/schema.ts'
import type { AttributeMapping, Element, Leaf } from './catalog.ts'
import { compileLeaf, compileSplit } from './compile-leaf.ts'
import { compileReference } from './compile-reference.ts'
import { identifier, identifiers } from './compile-scope.ts'
import type { TypeScope } from './compile-scope.ts'
import { compileWhere } from './compile-where.ts'
import type { LeafFile } from './file-attribute.ts'
import { leafTarget } from './entry.ts'
import type { Entry } from './entry.ts'
import { inType } from './prune.ts'

/** The lines of `attributes`, gathered by top-level attribute, against the resource type as it will be offered. */
export function compileAttributes(
  scope: TypeScope,
  entries: readonly Entry[],
  type: ResourceType,
): readonly AttributeMapping[] {
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) {
    const key = attributeRef(entry.ref.extension, entry.ref.attribute).name
    groups.set(key, [...(groups.get(key) ?? []), entry])
  }
  return [...groups.values()].flatMap((group) => {
    const [first, ...rest] = group
    const attribute = first && inType(type, first.ref.extension, first.ref.attribute.name)
    if (first === undefined || attribute === undefined) return []
    const of = attributeRef(first.ref.extension, attribute)
    if (attribute.onOmit !== undefined && attribute.mutability === 'readOnly')
      scope.report.error([...first.at, 'onOmit'], `${of.name} is readOnly: no PUT changes it`, 'leave onOmit out')
    const whole = group.find(
      (entry) =>
        entry.kind === 'reference' || entry.kind === 'rows' || (entry.kind === 'split' && !attribute.multiValued),
    )
    if (whole !== undefined && rest.length > 0 && whole.kind !== 'split') {
      for (const other of group)
        if (other !== whole) scope.report.error(other.at, `${of.name} is mapped as a whole already`)
    }
    if (whole?.kind === 'reference') return compileReference(scope, whole, of) ?? []
    if (whole?.kind === 'rows') return compileRows(scope, whole, of)
    return [attribute.multiValued ? compileElements(scope, group, of) : compileSingle(scope, group, of)]
  })
}

/** The same leaf in the pruned type. */
function leafRef(of: AttributeRef, name: string | undefined): AttributeRef | undefined {
  if (name === undefined) return of
  const sub = of.attribute.subAttributes.find((one) => one.name === name)
  return sub && attributeRef(of.extension, of.attribute, sub)
}

function compileSingle(scope: TypeScope, group: readonly Entry[], of: AttributeRef): AttributeMapping {
  const leaves = group.flatMap((entry): readonly Leaf[] => {
    if (entry.kind === 'split') return compileSplit(scope, entry.block, entry.at, of)
    const ref = leafRef(of, entry.ref.sub?.name)
    const leaf = ref && compileLeaf(scope, leafPart(entry), entry.at, ref, false)
    if (entry.block.many === true) scope.report.error([...entry.at, 'many'], `${of.name} has one value`)
    return leaf ? [leaf] : []
  })
  const seen = new Set<string>()
  for (const leaf of leaves) {
    if (seen.has(leaf.ref.name)) scope.report.error(group.at(-1)?.at ?? scope.at, `${leaf.ref.name} is mapped twice`)
    seen.add(leaf.ref.name)
  }
  return { kind: 'single', of, leaves }
}

/** A leaf's words without those of whole attributes. */
const leafPart = (entry: Entry): LeafFile => entry.block

function compileElements(scope: TypeScope, group: readonly Entry[], of: AttributeRef): AttributeMapping {
  const byConstants = new Map<string, { readonly fixed: Element['fixed']; readonly entries: Entry[] }>()
  for (const entry of group) {
    const fixed = entry.fixed ?? {}
    const key = JSON.stringify(
      Object.entries(fixed)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([k, v]) => [k, typeof v === 'string' ? v.toLowerCase() : v]),
    )
    const one = byConstants.get(key) ?? { fixed, entries: [] }
    one.entries.push(entry)
    byConstants.set(key, one)
  }
  const elements = [...byConstants.values()].map(({ fixed, entries }): Element => {
    const seen = new Set<string>()
    const leaves = entries.flatMap((entry): readonly Leaf[] => {
      const target = leafTarget(entry)
      const ref = leafRef(of, target?.name)
      if (ref === undefined) return []
      if (seen.has(ref.name))
        scope.report.error(entry.at, `an element with the same constants has a slot for ${ref.name} already`)
      seen.add(ref.name)
      if (target !== undefined && Object.hasOwn(fixed, target.name))
        scope.report.error(entry.at, `${ref.name} is a constant of this element already`)
      const leaf = compileLeaf(scope, leafPart(entry), entry.at, ref, false)
      return leaf ? [leaf] : []
    })
    if (leaves.length > 1 && leaves.some((leaf) => leaf.carrier.kind === 'slot' && leaf.carrier.slot.many))
      scope.report.error(entries[0]?.at ?? scope.at, 'an element with many: true has one slot only')
    const isDefault = Object.keys(fixed).length === 0 || entries.some((entry) => entry.block.default === true)
    return { fixed, leaves, isDefault }
  })
  const defaults = elements.filter((element) => element.isDefault)
  if (defaults.length > 1)
    scope.report.error(
      group.at(-1)?.at ?? scope.at,
      `${defaults.length} elements of ${of.name} take values without a type`,
      'default: true on one of them',
    )
  const primaries = elements.filter((element) => element.fixed['primary'] === true)
  if (primaries.length > 1)
    scope.report.error(
      group.at(-1)?.at ?? scope.at,
      `several elements of ${of.name} are always primary`,
      'one at most (RFC 7643 section 2.4)',
    )
  return { kind: 'elements', of, elements }
}

function compileRows(scope: TypeScope, entry: Entry, of: AttributeRef): readonly AttributeMapping[] {
  const { rows } = entry.block
  const at = [...entry.at, 'rows']
  if (rows === undefined) return []
  if (!of.attribute.multiValued) {
    scope.report.error(at, `${of.name} has one value`, 'rows make the elements of a list')
    return []
  }
  if (entry.ref.sub !== undefined || entry.fixed !== undefined) {
    scope.report.error(entry.at, `rows carry ${of.name} as a whole`)
    return []
  }
  const leaves = entry.leaves.flatMap(({ sub, leaf, at: below }) => {
    const ref = leafRef(of, sub?.name)
    if (leaf.onWrite !== undefined)
      scope.report.error([...below, 'onWrite'], `onWrite is said of ${of.name} as a whole`, 'put it beside rows')
    const { access, onWrite } = entry.block
    const said = { ...leaf, access: leaf.access ?? access, onWrite }
    const made = ref && compileLeaf(scope, said, below, ref, true)
    return made ? [made] : []
  })
  if (!leaves.some((leaf) => leaf.carrier.kind === 'slot'))
    scope.report.error(entry.at, 'no column of the rows is mapped', 'value: column')
  const table = identifier(scope, rows.table, [...at, 'table'])
  return [
    {
      kind: 'rows',
      of,
      rows: {
        key: `${of.name}:${table}`,
        table,
        foreignKey: identifiers(scope, rows.foreignKey, [...at, 'foreignKey']),
        where: compileWhere(scope, rows.where, [...at, 'where']),
        rowKey: rows.key === undefined ? undefined : identifier(scope, rows.key, [...at, 'key']),
      },
      leaves,
    },
  ]
}
