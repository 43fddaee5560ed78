import type { JsonObject } from '../base/json.ts'
import { withLeaf } from '../scim/value.ts'
import type { Leaf, ResourceMapping } from './catalog.ts'
import { decodeLeaf, fillTemplate } from './decode.ts'
import { leafNamed } from './leaf-named.ts'
import type { NativeValue, Slot } from './slot.ts'

/** What names a record to a person, for the `display` of whoever points at it (RFC 7643 section 2.4). */
export interface Display {
  readonly slots: readonly Slot[]
  text(fields: Readonly<Record<string, NativeValue>>): string | undefined
}

const names = ['displayName', 'userName', 'name.formatted']

/** From the first of the naming attributes whose slots are within reach, such as columns of the table that is read. */
export function displayOf(mapping: ResourceMapping, within: (slot: Slot) => boolean): Display | undefined {
  for (const name of names) {
    const leaf = leafNamed(mapping, name)
    const sources = leaf && sourcesOf(mapping, leaf)
    const slots = sources?.flatMap((source) => (source.carrier.kind === 'slot' ? [source.carrier.slot] : []))
    if (!leaf || !sources || !slots || slots.length < sources.length || !slots.every(within)) continue
    return { slots, text: (fields) => textOf(leaf, sources, fields) }
  }
  return undefined
}

/** The leaf itself, or those that its template is made of. */
function sourcesOf(mapping: ResourceMapping, leaf: Leaf): readonly Leaf[] | undefined {
  if (leaf.carrier.kind !== 'template') return [leaf]
  const refs = leaf.carrier.template.flatMap((part) => (part.kind === 'path' ? [part.ref] : []))
  const found = refs.flatMap((ref) => leafNamed(mapping, ref.name) ?? [])
  return found.length === refs.length ? found : undefined
}

function textOf(
  leaf: Leaf,
  sources: readonly Leaf[],
  fields: Readonly<Record<string, NativeValue>>,
): string | undefined {
  if (leaf.carrier.kind !== 'template') {
    const value = decodeLeaf(leaf, fields)
    return typeof value === 'string' ? value : undefined
  }
  const resource = sources.reduce<JsonObject>((made, source) => {
    const value = decodeLeaf(source, fields)
    return value === undefined ? made : withLeaf(made, source.ref, value)
  }, {})
  return fillTemplate(leaf.carrier.template, resource)
}
