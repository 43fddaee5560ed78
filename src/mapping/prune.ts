import type { Json } from '../base/json.ts'
import { attributeNamed } from '../scim/attribute-named.ts'
import { attributeRef } from '../scim/schema.ts'
import type { Attribute, Mutability, ResourceType, Returned, Schema, Uniqueness } from '../scim/schema.ts'
import type { Access } from './catalog.ts'
import { defaultAccess, isComputed } from './compile-leaf.ts'
import { carriedSubs, leafTarget } from './entry.ts'
import type { Entry } from './entry.ts'
import type { LeafFile } from './file-attribute.ts'

export interface PruneInput {
  readonly name: string
  readonly endpoint: string
  readonly description: string
  readonly base: Schema
  readonly common: readonly Attribute[]
  readonly extensions: readonly { readonly schema: Schema; readonly required: boolean }[]
  readonly entries: readonly Entry[]
  /** Canonical names of attributes that no two records may share. */
  readonly unique: ReadonlySet<string>
  readonly hasVersion: boolean
}

/** The resource type as this mapping offers it: what nobody stores is not there, and mutability follows access. */
export function pruneType(input: PruneInput): ResourceType {
  const of = (extension: string | undefined, list: readonly Attribute[]) =>
    list.flatMap((attribute) => {
      const mine = input.entries.filter((e) => e.ref.extension === extension && e.ref.attribute === attribute)
      return mine.length === 0 ? [] : [settled(pruned(attribute, mine, input.unique))]
    })
  const implied = (attribute: Attribute): readonly Attribute[] => {
    if (attribute.name === 'id' || attribute.name === 'schemas') return [attribute]
    if (attribute.name !== 'meta') return of(undefined, [attribute])
    const carried = new Set(input.entries.flatMap((e) => (e.ref.attribute === attribute ? (carriedSubs(e) ?? []) : [])))
    const kept = ['resourceType', 'location', ...(input.hasVersion ? ['version'] : []), ...carried]
    const subs = attribute.subAttributes.filter((sub) => kept.includes(sub.name))
    const onWrite = (sub: Attribute) =>
      onWriteOf(input.entries.filter((e) => e.ref.sub === sub).map(({ block }) => block))
    return [{ ...attribute, subAttributes: subs.map((sub) => ({ ...sub, ...onWrite(sub) })) }]
  }
  return {
    name: input.name,
    endpoint: input.endpoint,
    description: input.description,
    schema: { ...input.base, attributes: of(undefined, input.base.attributes) },
    extensions: input.extensions.flatMap(({ schema, required }) => {
      const attributes = of(schema.id, schema.attributes)
      return attributes.length === 0 ? [] : [{ schema: { ...schema, attributes }, required }]
    }),
    common: input.common.flatMap(implied),
  }
}

const mutabilityOf: Readonly<Record<Access, Mutability>> = {
  readWrite: 'readWrite',
  readOnly: 'readOnly',
  immutable: 'immutable',
  createOnly: 'immutable',
  writeOnly: 'writeOnly',
}

/** The schema's own word stands where the mapping does not narrow it. */
const narrowed = (attribute: Attribute, access: Access): Mutability =>
  access === 'readWrite' || attribute.mutability === 'readOnly' ? attribute.mutability : mutabilityOf[access]

const accessOf = (of: Attribute, said: LeafFile): Access =>
  said.access ?? (isComputed(said) ? 'readOnly' : defaultAccess(of))

/** What every line that carries it discards is discarded. */
const onWriteOf = (said: readonly { readonly onWrite?: 'refuse' | 'discard' | undefined }[]): Partial<Attribute> =>
  said.length > 0 && said.every(({ onWrite }) => onWrite === 'discard') ? { onWrite: 'discard' } : {}

function pruned(attribute: Attribute, entries: readonly Entry[], unique: ReadonlySet<string>): Attribute {
  const first = entries[0]
  if (first === undefined) return attribute
  const whole = attributeRef(first.ref.extension, attribute)
  const uniqueness = uniquenessOf(attribute, whole.name, unique)
  const parts = attribute.type === 'complex' && !attribute.multiValued
  const returned = returnedOf(attribute, parts ? entries.filter((e) => e.ref.sub === undefined) : entries)
  const onOmit = entries.find((e) => e.block.onOmit !== undefined)?.block.onOmit
  const own = { ...attribute, uniqueness, returned, ...(onOmit && { onOmit }) }
  if (first.kind === 'reference') {
    const access = first.block.reverse !== undefined ? 'readOnly' : accessOf(attribute, first.block)
    const carried = carriedSubs(first) ?? []
    const subs = attribute.subAttributes.filter((sub) => carried.includes(sub.name))
    return {
      ...own,
      ...onWriteOf([first.block]),
      mutability: narrowed(attribute, access),
      subAttributes: subs.map((sub) => ({ ...sub, mutability: narrowed(sub, access), ...targets(sub, first) })),
      ...(attribute.type === 'reference' ? targets(attribute, first) : {}),
    }
  }
  if (attribute.type !== 'complex') {
    const said = first.kind === 'rows' ? (first.leaves[0]?.leaf ?? {}) : first.block
    return { ...own, ...onWriteOf([first.block]), mutability: narrowed(attribute, accessOf(attribute, said)) }
  }
  const subs = attribute.subAttributes.flatMap((sub) => {
    const said = entries.flatMap((entry): readonly Said[] => {
      if (!(carriedSubs(entry) ?? []).some((name) => name.toLowerCase() === sub.name.toLowerCase())) return []
      if (entry.kind === 'rows') {
        const leaf = entry.leaves.find((one) => one.sub === sub)?.leaf ?? {}
        const { access, onWrite } = entry.block
        return [{ access: leaf.access ?? access ?? accessOf(sub, { ...leaf, onWrite }), onWrite }]
      }
      if (entry.kind === 'leaf' && leafTarget(entry) !== sub) return []
      return [{ access: accessOf(sub, entry.block), onWrite: entry.block.onWrite }]
    })
    const isFixed = entries.some((entry) => Object.hasOwn(entry.fixed ?? {}, sub.name))
    if (said.length === 0 && !isFixed) return []
    const access = strictest(said.map((one) => one.access))
    return [
      {
        ...sub,
        ...onWriteOf(said),
        mutability: narrowed(sub, access),
        canonicalValues: typesOf(sub, entries),
        uniqueness: uniquenessOf(sub, attributeRef(whole.extension, attribute, sub).name, unique),
        returned: parts
          ? returnedOf(
              sub,
              entries.filter((e) => e.ref.sub === sub),
            )
          : sub.returned,
      },
    ]
  })
  const carried = subs.filter((sub) => !entries.some((e) => Object.hasOwn(e.fixed ?? {}, sub.name)))
  const all = new Set(carried.map((sub) => sub.mutability))
  const [only] = all
  const mutability =
    all.size === 1 && only !== undefined && only !== 'readWrite' && attribute.mutability === 'readWrite'
      ? only
      : attribute.mutability
  return { ...own, ...onWriteOf(carried), mutability, subAttributes: subs }
}

const uniquenessOf = (of: Attribute, name: string, unique: ReadonlySet<string>): Uniqueness =>
  of.uniqueness === 'none' && unique.has(name) ? 'server' : of.uniqueness

const returnedOf = (of: Attribute, entries: readonly Entry[]): Returned =>
  entries.find((e) => e.block.returned !== undefined)?.block.returned ?? of.returned

/**
 * What follows from the rest: values that are writeOnly are never returned (RFC 7643 section 7), and a reference that
 * points at no type of this application is a URI.
 */
const settled = (of: Attribute): Attribute => ({
  ...of,
  returned: of.mutability === 'writeOnly' ? 'never' : of.returned,
  referenceTypes: of.type === 'reference' && of.referenceTypes.length === 0 ? ['uri'] : of.referenceTypes,
  subAttributes: of.subAttributes.map(settled),
})

interface Said {
  readonly access: Access
  readonly onWrite: 'refuse' | 'discard' | undefined
}

/** A sub-attribute that one element can change is not readOnly for all of them. */
const strictest = (accesses: readonly Access[]): Access => {
  const [first = 'readWrite'] = accesses
  return accesses.every((access) => access === first) ? first : 'readWrite'
}

/** The types that typed elements carry are the canonical ones. */
function typesOf(sub: Attribute, entries: readonly Entry[]): readonly string[] {
  const fixed = entries.map((entry): Json | undefined => entry.fixed?.[sub.name])
  const texts = fixed.flatMap((value) => (typeof value === 'string' ? [value] : []))
  return texts.length === entries.length ? [...new Set(texts)] : sub.canonicalValues
}

/** Which types a reference may point at, for `$ref` and for `members.type`. */
function targets(sub: Attribute, entry: Entry): Partial<Attribute> {
  const said = entry.block.reference
  if (said === undefined) return {}
  const types = typeof said === 'string' ? [said] : said
  if (sub.type === 'reference') return { referenceTypes: types }
  return sub.name === 'type' && !sub.canonicalValues.includes('direct') ? { canonicalValues: types } : {}
}

/** The same attribute in the pruned type. */
export function inType(type: ResourceType, extension: string | undefined, name: string): Attribute | undefined {
  if (extension === undefined) return attributeNamed(type.schema.attributes, name) ?? attributeNamed(type.common, name)
  const home = type.extensions.find(({ schema }) => schema.id === extension)
  return home && attributeNamed(home.schema.attributes, name)
}
