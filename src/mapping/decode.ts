import { isObject } from '../base/json.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { never } from '../base/errors.ts'
import type { AttributeRef } from '../scim/schema.ts'
import type { AttributeMapping, Element, Leaf, Reference, ResourceMapping, Template } from './catalog.ts'
import type { Link, NativeRecord, NativeRow } from './record.ts'
import type { NativeScalar, NativeValue } from './slot.ts'

type Fields = Readonly<Record<string, NativeValue>>

/**
 * The SCIM resource behind a record: canonical, without `schemas`, `meta.location` and `meta.version`, and with nothing
 * that was not read.
 */
export function decodeRecord(mapping: ResourceMapping, record: NativeRecord): JsonObject {
  const base: Record<string, Json> = { id: record.id }
  const extensions = new Map<string, Record<string, Json>>()
  const later: { readonly leaf: Leaf; readonly template: Template }[] = []
  for (const attribute of mapping.attributes) {
    const value = decodeAttribute(attribute, record)
    if (attribute.kind === 'single')
      for (const leaf of attribute.leaves)
        if (leaf.carrier.kind === 'template') later.push({ leaf, template: leaf.carrier.template })
    if (value === undefined) continue
    put(homeOf(attribute.of, base, extensions), attribute.of.attribute.name, value)
  }
  // templates read other leaves, so they come last
  for (const { leaf, template } of later) {
    const whole = withExtensions(base, extensions)
    const text = fillTemplate(template, whole)
    if (text === undefined) continue
    const home = homeOf(leaf.ref, base, extensions)
    if (leaf.ref.sub === undefined) put(home, leaf.ref.attribute.name, text)
    else {
      const parent = home[leaf.ref.attribute.name]
      put(home, leaf.ref.attribute.name, { ...(isObject(parent) ? parent : {}), [leaf.ref.sub.name]: text })
    }
  }
  const meta = isObject(base['meta']) ? base['meta'] : {}
  return { ...withExtensions(base, extensions), meta: { resourceType: mapping.type.name, ...meta } }
}

const put = (home: Record<string, Json>, name: string, value: Json): void => {
  // a custom schema may name an attribute "__proto__" without touching the prototype; assigning is several times quicker
  if (name === '__proto__')
    Object.defineProperty(home, name, { value, enumerable: true, configurable: true, writable: true })
  else home[name] = value
}

function homeOf(ref: AttributeRef, base: Record<string, Json>, extensions: Map<string, Record<string, Json>>) {
  if (ref.extension === undefined) return base
  const home = extensions.get(ref.extension) ?? {}
  extensions.set(ref.extension, home)
  return home
}

const withExtensions = (
  base: Readonly<Record<string, Json>>,
  extensions: ReadonlyMap<string, Readonly<Record<string, Json>>>,
): JsonObject =>
  extensions.size === 0
    ? base
    : { ...base, ...Object.fromEntries([...extensions].filter(([, home]) => Object.keys(home).length > 0)) }

function decodeAttribute(attribute: AttributeMapping, record: NativeRecord): Json | undefined {
  switch (attribute.kind) {
    case 'single':
      return decodeLeaves(attribute.leaves, record.fields)
    case 'elements':
      return listOf(attribute.elements.flatMap((element) => decodeElement(element, record.fields)))
    case 'rows':
      return listOf((own(record.rows, attribute.rows.key) ?? []).flatMap((row) => decodeRow(attribute, row) ?? []))
    case 'reference':
      return decodeLinks(attribute.reference, own(record.links, attribute.reference.key))
    default:
      return never(attribute)
  }
}

/** The element that a child row shows; undefined for a row of which nothing is shown. */
export const decodeRow = (
  { leaves }: Extract<AttributeMapping, { readonly kind: 'rows' }>,
  row: NativeRow,
): Json | undefined => decodeLeaves(leaves, row.fields)

const own = <T>(of: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(of, key) ? of[key] : undefined

/** One value out of leaves: of the attribute itself, or an object of its sub-attributes. */
function decodeLeaves(leaves: readonly Leaf[], fields: Fields): Json | undefined {
  const object: Record<string, Json> = {}
  let isFilled = false
  for (const leaf of leaves) {
    const value = decodeLeaf(leaf, fields)
    if (value === undefined) continue
    if (leaf.ref.sub === undefined) return value
    put(object, leaf.ref.sub.name, value)
    // an element of nothing but constants is no element
    isFilled ||= leaf.carrier.kind !== 'constant'
  }
  return isFilled ? object : undefined
}

/** The SCIM value of a leaf with one value; undefined when nothing is assigned, or the slot was not read. */
export function decodeLeaf(leaf: Leaf, fields: Fields): Json | undefined {
  const { carrier } = leaf
  switch (carrier.kind) {
    case 'slot': {
      const native = own(fields, carrier.slot.key)
      return native === undefined ? undefined : carrier.codec.decode(first(native))
    }
    case 'all': {
      const parts = carrier.parts.map((part) => ({ part, native: own(fields, part.slot.key) }))
      if (parts.some(({ native }) => native === undefined)) return undefined
      return parts.every(({ part, native }) => part.codec.decode(first(native ?? null)) === true)
    }
    case 'constant':
      return carrier.value
    case 'template':
      return undefined
    case 'split': {
      const native = own(fields, carrier.slot.key)
      const text = native === undefined ? undefined : carrier.codec.decode(first(native))
      return typeof text === 'string' ? splitTemplate(carrier.template, text)?.get(leaf.ref.name) : undefined
    }
    default:
      return never(carrier)
  }
}

const first = (native: NativeValue): NativeScalar =>
  Array.isArray(native) ? (native[0] ?? null) : (native as NativeScalar)
const allOf = (native: NativeValue): readonly NativeScalar[] =>
  Array.isArray(native) ? native : native === null ? [] : [native as NativeScalar]

function decodeElement(element: Element, fields: Fields): readonly Json[] {
  const many = element.leaves.find((leaf) => leaf.carrier.kind === 'slot' && leaf.carrier.slot.many)
  if (many === undefined || many.carrier.kind !== 'slot') {
    const value = decodeLeaves(element.leaves, fields)
    if (value === undefined) return []
    return [isObject(value) ? { ...value, ...element.fixed } : value]
  }
  const { carrier } = many
  const native = own(fields, carrier.slot.key)
  return allOf(native ?? null).flatMap((one) => {
    const value = carrier.codec.decode(one)
    if (value === undefined) return []
    return [many.ref.sub === undefined ? value : { [many.ref.sub.name]: value, ...element.fixed }]
  })
}

/** Lists are never empty (RFC 7643 section 2.5) and have one primary element at most (section 2.4). */
function listOf(values: readonly Json[]): Json | undefined {
  if (values.length === 0) return undefined
  let hasPrimary = false
  return values.map((value) => {
    if (!isObject(value) || value['primary'] !== true) return value
    if (hasPrimary) return { ...value, primary: false }
    hasPrimary = true
    return value
  })
}

function decodeLinks(reference: Reference, links: readonly Link[] | undefined): Json | undefined {
  if (links === undefined) return undefined
  const { attribute } = reference.of
  const values = links.map((link) => decodeLink(reference, link))
  if (attribute.multiValued) return values.length === 0 ? undefined : values
  return values[0]
}

function decodeLink(reference: Reference, link: Link): Json {
  const { attribute } = reference.of
  if (attribute.type !== 'complex') return link.id
  const object: Record<string, Json> = { value: link.id }
  for (const { name } of attribute.subAttributes)
    if (link.display !== undefined && (name === 'display' || name === 'displayName')) object[name] = link.display
  const kind = attribute.subAttributes.find(({ name }) => name === 'type')
  // RFC 7643 section 4.1.2: the type of `groups` tells how the membership came about, that of `members` what is linked
  if (kind !== undefined) {
    const isPath = kind.canonicalValues.includes('direct')
    object['type'] = isPath ? (link.indirect === true ? 'indirect' : 'direct') : link.type
  }
  return object
}

/** The text of a template; undefined when any path in it has no value, so that no half-filled text is shown. */
export function fillTemplate(template: Template, resource: JsonObject): string | undefined {
  const parts = template.map((part) => (part.kind === 'text' ? part.text : scalarText(valueAt(resource, part.ref))))
  if (parts.every((part) => part !== undefined)) return parts.join('')
  // "{name.givenName} {name.familyName}" of somebody with one name is that name
  const known = template.flatMap((part, i) => (part.kind === 'path' && parts[i] !== undefined ? [parts[i]] : []))
  const onlyBlanks = template.every((part) => part.kind === 'path' || part.text.trim() === '')
  return onlyBlanks && known.length > 0 ? known.join(' ') : undefined
}

const scalarText = (value: Json | undefined): string | undefined =>
  value === undefined || value === null || typeof value === 'object' ? undefined : String(value)

/** The value of a leaf in a resource; of a list the primary, else the first element. */
export function valueAt(resource: JsonObject, ref: AttributeRef): Json | undefined {
  const home = ref.extension === undefined ? resource : resource[ref.extension]
  const top = isObject(home) ? own(home, ref.attribute.name) : undefined
  const one = Array.isArray(top)
    ? ((top as readonly Json[]).find((e) => isObject(e) && e['primary'] === true) ?? (top as readonly Json[])[0])
    : top
  if (ref.sub === undefined) return isObject(one) ? own(one, 'value') : one
  return isObject(one) ? own(one, ref.sub.name) : undefined
}

/** The pieces of a text that a template made, by canonical name; undefined when it has another form. */
export function splitTemplate(template: Template, text: string): ReadonlyMap<string, string> | undefined {
  const out = new Map<string, string>()
  let rest = text
  for (const [i, part] of template.entries()) {
    if (part.kind === 'text') {
      if (!rest.startsWith(part.text)) return i === 0 ? undefined : out
      rest = rest.slice(part.text.length)
      continue
    }
    const next = template[i + 1]
    // the last separator ends the first piece: "Anna Maria Berg" is Anna Maria, then Berg
    const end = next?.kind === 'text' ? rest.lastIndexOf(next.text) : rest.length
    const piece = end < 0 ? rest : rest.slice(0, end)
    if (piece !== '') out.set(part.ref.name, piece)
    rest = end < 0 ? '' : rest.slice(end)
  }
  return out
}
