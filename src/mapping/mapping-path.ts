import type { Json } from '../base/json.ts'
import type { Urn } from '../base/brand.ts'
import { attributeNamed, sameName } from '../scim/attribute-named.ts'
import { attributeRef } from '../scim/schema.ts'
import { leafOf } from '../scim/schema.ts'
import type { Attribute, AttributeRef, Schema } from '../scim/schema.ts'
import { kindOf } from './codecs/made.ts'
import type { SchemaTable } from './schema-table.ts'
import { suggest } from './suggest.ts'

/** Where the left-hand side of `attributes` points: an attribute, perhaps one element of it, perhaps a sub-attribute. */
export interface Target {
  readonly ref: AttributeRef
  /** `[type eq "work"]`; undefined without brackets. */
  readonly fixed: Readonly<Record<string, Json>> | undefined
}

export interface PathScope {
  readonly base: Schema
  readonly common: readonly Attribute[]
  readonly schemas: SchemaTable
}

export type PathResult = Target | { readonly problem: string; readonly hint?: string | undefined }

const form = /^([^[\]]+?)(?:\[(.*)\](?:\.([A-Za-z$][\w$-]*))?)?$/s

/** Reads `name.givenName`, `enterprise.manager`, `urn:…:User:department`, `emails[type eq "work"].value`. */
export function mappingPath(text: string, scope: PathScope): PathResult {
  const [, head = '', selection, tail] = form.exec(text.trim()) ?? []
  if (head === '') return { problem: `"${text}" is no SCIM path` }
  const { extension, attributes, rest, prefix } = schemaPart(head.trim(), scope)
  const [top = '', dotted, ...more] = rest.split('.')
  if (more.length > 0 || (dotted !== undefined && selection !== undefined))
    return { problem: `"${text}" has too many parts`, hint: 'attribute.subAttribute is as deep as SCIM goes' }
  const attribute = attributeNamed(attributes, top)
  if (attribute === undefined) return unknown(prefix + top, candidates(scope))
  const subName = dotted ?? tail
  const sub = subName === undefined ? undefined : attributeNamed(attribute.subAttributes, subName)
  if (subName !== undefined && sub === undefined)
    return unknown(
      `${prefix}${attribute.name}.${subName}`,
      attribute.subAttributes.map((s) => `${prefix}${attribute.name}.${s.name}`),
    )
  const ref = attributeRef(extension, attribute, sub)
  if (selection === undefined) return { ref, fixed: undefined }
  if (!attribute.multiValued || attribute.type !== 'complex')
    return { problem: `${attribute.name} has no elements to choose from` }
  return select(selection, ref)
}

interface SchemaPart {
  readonly extension: Urn | undefined
  readonly attributes: readonly Attribute[]
  readonly rest: string
  readonly prefix: string
}

function schemaPart(head: string, scope: PathScope): SchemaPart {
  const own = [...scope.base.attributes, ...scope.common]
  const base: SchemaPart = { extension: undefined, attributes: own, rest: head, prefix: '' }
  for (const [short, schema] of [...scope.schemas].sort(([, a], [, b]) => b.id.length - a.id.length)) {
    const byUrn = sameName(head.slice(0, schema.id.length + 1), `${schema.id}:`)
    const byName = head.startsWith(`${short}.`) && attributeNamed(own, short) === undefined
    if (!byUrn && !byName) continue
    const rest = head.slice((byUrn ? schema.id : short).length + 1)
    const prefix = byUrn ? `${schema.id}:` : `${short}.`
    return schema === scope.base
      ? { ...base, rest, prefix }
      : { extension: schema.id, attributes: schema.attributes, rest, prefix }
  }
  return base
}

const candidates = (scope: PathScope): readonly string[] =>
  [...scope.base.attributes, ...scope.common]
    .flatMap((a) => [a.name, ...a.subAttributes.map((s) => `${a.name}.${s.name}`)])
    .concat(
      [...scope.schemas].flatMap(([short, schema]) =>
        schema === scope.base ? [] : schema.attributes.map((a) => `${short}.${a.name}`),
      ),
    )

const unknown = (text: string, known: readonly string[]): PathResult => ({
  problem: `no SCIM attribute "${text}"`,
  hint: suggest(text, known),
})

const condition = /^\s*([A-Za-z$][\w$-]*)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false|-?\d+(?:\.\d+)?)\s*(?:$|and\s+)/i

/** `type eq "work" and primary eq true`: constants that an element always has. */
function select(selection: string, ref: AttributeRef): PathResult {
  const fixed: Record<string, Json> = {}
  let rest = selection
  while (rest.trim() !== '' || Object.keys(fixed).length === 0) {
    const [whole, name = '', literal = ''] = condition.exec(rest) ?? []
    if (whole === undefined)
      return { problem: `cannot read [${selection}]`, hint: 'only: type eq "work" and primary eq true' }
    const sub = attributeNamed(ref.attribute.subAttributes, name)
    if (sub === undefined)
      return unknown(
        `${ref.attribute.name}.${name}`,
        ref.attribute.subAttributes.map((s) => `${ref.attribute.name}.${s.name}`),
      )
    const value = parse(literal)
    if (value === undefined || typeof value !== kindOf(sub))
      return { problem: `${name} is a ${sub.type}, not ${literal}` }
    if (Object.hasOwn(fixed, sub.name)) return { problem: `${sub.name} is there twice in [${selection}]` }
    if (leafOf(ref).name === sub.name && ref.sub)
      return { problem: `${sub.name} is a constant of this element already` }
    fixed[sub.name] = value
    rest = rest.slice(whole.length)
  }
  return { ref, fixed }
}

function parse(literal: string): Json | undefined {
  try {
    return JSON.parse(/^(true|false)$/i.test(literal) ? literal.toLowerCase() : literal) as Json
  } catch {
    return undefined
  }
}
