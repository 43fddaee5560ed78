import { never } from '../base/errors.ts'
import type { AttributeMapping, Leaf, Reference, ResourceMapping, Template } from '../mapping/catalog.ts'
import type { RowsSource, Slot } from '../mapping/slot.ts'
import type { ScimFilter } from '../scim/filter.ts'
import type { AttributeRef } from '../scim/schema.ts'
import type { Want } from './plan.ts'

/**
 * Collects what has to be read to show, to filter by or to version a set of top-level attributes; of a single complex
 * one `part` picks the leaves.
 */
export function wantOf(
  mapping: ResourceMapping,
  wanted: (carrier: AttributeMapping) => boolean,
  version: boolean,
  part: (leaf: Leaf) => boolean = () => true,
): Want {
  const slots = new Map<string, Slot>()
  const rows = new Map<string, RowsSource>()
  const links = new Map<string, Reference>()
  const add = (carrier: AttributeMapping): void => {
    switch (carrier.kind) {
      case 'single':
        return carrier.leaves.forEach(addLeaf)
      case 'elements':
        return carrier.elements.forEach((element) => element.leaves.forEach(addLeaf))
      case 'rows':
        rows.set(carrier.rows.key, carrier.rows)
        return
      case 'reference':
        links.set(carrier.reference.key, carrier.reference)
        return
      default:
        return never(carrier)
    }
  }
  const addTemplate = (template: Template): void => {
    for (const piece of template) {
      if (piece.kind !== 'path') continue
      const source = mapping.attributes.find((m) => m.of.name === topLevelName(piece.ref))
      if (source && !(source.kind === 'single' && source.leaves.some((l) => l.carrier.kind === 'template'))) add(source)
    }
  }
  const addLeaf = (leaf: Leaf): void => {
    switch (leaf.carrier.kind) {
      case 'slot':
      case 'split':
        slots.set(leaf.carrier.slot.key, leaf.carrier.slot)
        return
      case 'all':
        return leaf.carrier.parts.forEach((part) => slots.set(part.slot.key, part.slot))
      case 'template':
        return addTemplate(leaf.carrier.template)
      case 'constant':
        return
      default:
        return never(leaf.carrier)
    }
  }
  for (const carrier of mapping.attributes) {
    if (version && mapping.version.kind === 'digest' && inDigest(carrier)) add(carrier)
    else if (wanted(carrier)) {
      if (carrier.kind === 'single') carrier.leaves.filter(part).forEach(addLeaf)
      else add(carrier)
    }
  }
  if (version && mapping.version.kind === 'slot') slots.set(mapping.version.slot.key, mapping.version.slot)
  return {
    slots: [...slots.values()],
    rows: [...rows.values()],
    links: [...links.values()],
    ...(version && { version }),
  }
}

/** The same for what is shown: canonical names of top-level attributes and of the parts of complex ones. */
export const wantNamed = (mapping: ResourceMapping, names: ReadonlySet<string>, version: boolean): Want =>
  wantOf(
    mapping,
    (carrier) => names.has(topLevelName(carrier.of)),
    version,
    ({ ref }) => ref.sub === undefined || names.has(ref.name),
  )

/** For whoever evaluates conditions on references or compares them: all of each, up to so many links. */
export const withWholeLinks = (want: Want, most: number): Want =>
  want.links.some((reference) => reference.size === 'large') ? { ...want, whole: most } : want

/** A version covers what the record itself holds: no computed reverse side, no reference too large to read. */
const inDigest = (carrier: AttributeMapping): boolean =>
  carrier.kind !== 'reference' || (carrier.reference.place.kind !== 'reverse' && carrier.reference.size !== 'large')

/** The canonical name of the top-level attribute a reference belongs to: `name` for `name.givenName`. */
export const topLevelName = (ref: AttributeRef): string =>
  ref.extension === undefined ? ref.attribute.name : `${ref.extension}:${ref.attribute.name}`

/** The top-level attributes that a filter looks at. */
export function namesIn(filter: ScimFilter): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (f: ScimFilter): void => {
    switch (f.kind) {
      case 'true':
      case 'false':
        return
      case 'and':
      case 'or':
        return f.of.forEach(visit)
      case 'not':
        return visit(f.of)
      case 'present':
      case 'compare':
        names.add(topLevelName(f.attr))
        return
      case 'some':
        names.add(topLevelName(f.attr))
        return visit(f.where)
      default:
        return never(f)
    }
  }
  visit(filter)
  return names
}
