import { BridgeError, never } from '../base/errors.ts'
import { attributeNamed } from './attribute-named.ts'
import { operand } from './filter-operand.ts'
import type { CompareOp, Filter, Literal, ScimFilter } from './filter.ts'
import type { AttributePath } from './path.ts'
import { printPath } from './path-print.ts'
import { resolvePath, unknown } from './path-resolve.ts'
import { attributeRef } from './schema.ts'
import type { Quirks } from './quirks.ts'
import { leafOf } from './schema.ts'
import type { AttributeRef, ResourceType } from './schema.ts'

const none: Quirks = new Set()

/**
 * Names become attributes and the forms that `Filter` documents are reached; everything that this resource type cannot
 * answer is refused by name. A value filter on a single-valued complex attribute becomes a filter on
 * its sub-attributes, so that `some` always means a list.
 */
export const resolveFilter = (filter: Filter<AttributePath>, type: ResourceType, quirks: Quirks = none): ScimFilter =>
  resolve(filter, scopeOf(type), quirks)

/** The filter of a value path, `emails[…]`: its names are sub-attributes of `parent`. */
export const resolveWhere = (where: Filter<AttributePath>, parent: AttributeRef, quirks: Quirks = none): ScimFilter =>
  resolve(where, insideOf(parent), quirks)

/** Values of these never leave the server, so no filter or order may tell anything about them. */
export function isHidden({ attribute, sub }: AttributeRef): boolean {
  const secret = [attribute, ...(sub ? [sub] : [])]
  return secret.some(({ mutability, returned }) => mutability === 'writeOnly' || returned === 'never')
}

/** Where the names of a filter are looked up. */
type Scope = (path: AttributePath) => AttributeRef

const scopeOf =
  (type: ResourceType): Scope =>
  (path) =>
    visible(resolvePath(path, type, 'invalidFilter'))

const insideOf =
  (parent: AttributeRef): Scope =>
  (path) => {
    const { attribute, extension } = parent
    const text = printPath(path)
    const plain = path.urn === undefined && path.sub === undefined ? path.name.toLowerCase() : undefined
    // the elements of a simple list are their own `value` (RFC 7643 section 2.4)
    if (attribute.type !== 'complex' && plain === 'value') return visible(attributeRef(extension, attribute))
    const sub = plain === undefined ? undefined : attributeNamed(attribute.subAttributes, plain)
    if (sub) return visible(attributeRef(extension, attribute, sub))
    const known = attribute.type === 'complex' ? attribute.subAttributes.map(({ name }) => name) : ['value']
    throw unknown('invalidFilter', text, parent.name, known)
  }

function visible(ref: AttributeRef): AttributeRef {
  if (!isHidden(ref)) return ref
  throw new BridgeError('invalidFilter', `attribute "${ref.name}" cannot be filtered by: its values are never shown`)
}

function resolve(filter: Filter<AttributePath>, scope: Scope, quirks: Quirks): ScimFilter {
  switch (filter.kind) {
    case 'true':
    case 'false':
      return filter
    case 'and':
    case 'or':
      return { kind: filter.kind, of: filter.of.map((part) => resolve(part, scope, quirks)) }
    case 'not':
      return { kind: 'not', of: resolve(filter.of, scope, quirks) }
    case 'present':
      return { kind: 'present', attr: scope(filter.attr) }
    case 'compare':
      return compare(filter.op, scope(filter.attr), filter.value, quirks)
    case 'some':
      return some(scope(filter.attr), filter.where, quirks)
    default:
      return never(filter)
  }
}

function compare(op: CompareOp, attr: AttributeRef, value: Literal, quirks: Quirks): ScimFilter {
  if (value === null) {
    if (op === 'eq') return { kind: 'not', of: { kind: 'present', attr } }
    if (op === 'ne') return { kind: 'present', attr }
    throw new BridgeError('invalidFilter', `"${op}" cannot be used with null, only "eq" and "ne"`)
  }
  if (op === 'ne') return { kind: 'not', of: compare('eq', attr, value, quirks) }
  const leaf = valueOf(attr)
  return { kind: 'compare', op, attr: leaf, value: operand(op, leaf, value, quirks) }
}

/** `emails co "x"` stands for `emails.value co "x"` (RFC 7644 section 3.4.2.2, examples). */
function valueOf(attr: AttributeRef): AttributeRef {
  if (leafOf(attr).type !== 'complex') return attr
  const value = attr.attribute.subAttributes.find(({ name }) => name === 'value')
  if (value) return visible(attributeRef(attr.extension, attr.attribute, value))
  const first = attr.attribute.subAttributes[0]
  throw new BridgeError(
    'invalidFilter',
    `attribute "${attr.name}" is complex: compare one of its sub-attributes${first ? `, such as "${attr.name}.${first.name}"` : ''}`,
  )
}

function some(attr: AttributeRef, where: Filter<AttributePath>, quirks: Quirks): ScimFilter {
  const { multiValued, type } = attr.attribute
  if (attr.sub !== undefined || (!multiValued && type !== 'complex')) {
    throw new BridgeError('invalidFilter', `attribute "${attr.name}" is not a list, so it takes no value filter`)
  }
  const inner = resolveWhere(where, attr, quirks)
  return multiValued ? { kind: 'some', attr, where: inner } : { kind: 'and', of: [{ kind: 'present', attr }, inner] }
}
