import { BridgeError, never } from '../base/errors.ts'
import { attributeNamed, sameName } from './attribute-named.ts'
import { operand } from './filter-operand.ts'
import type { CompareOp, Filter, Literal, ScimFilter } from './filter.ts'
import type { AttributePath } from './path.ts'
import { printPath } from './path-print.ts'
import { findPath, resolvePath, unknown } from './path-resolve.ts'
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
  resolve(filter, demanded(type), undefined, quirks)

/**
 * The same in a query over several resource types, whose names `checkNames` has seen: an attribute that this type does
 * not have is one without a value (RFC 7644 section 3.4.2.1).
 */
export const resolveAmong = (filter: Filter<AttributePath>, type: ResourceType, quirks: Quirks = none): ScimFilter =>
  resolve(filter, ifThere(type), undefined, quirks)

/** The filter of a value path, `emails[…]`: its names are sub-attributes of `parent`. */
export const resolveWhere = (where: Filter<AttributePath>, parent: AttributeRef, quirks: Quirks = none): ScimFilter =>
  resolve(where, (path, of) => of && inside(path, of), parent, quirks)

/** Values of these never leave the server, so no filter or order may tell anything about them. */
export function isHidden({ attribute, sub }: AttributeRef): boolean {
  const secret = [attribute, ...(sub ? [sub] : [])]
  return secret.some(({ mutability, returned }) => mutability === 'writeOnly' || returned === 'never')
}

/** What a name means; `parent` is the attribute whose value path it stands in. Undefined has no value here. */
type Find = (path: AttributePath, parent: AttributeRef | undefined) => AttributeRef | undefined

const demanded =
  (type: ResourceType): Find =>
  (path, parent) =>
    parent === undefined ? visible(resolvePath(path, type, 'invalidFilter')) : inside(path, parent)

const ifThere =
  (type: ResourceType): Find =>
  (path, parent) => {
    const found = parent === undefined ? findPath(path, type) : findInside(path, parent)
    return found && visible(found)
  }

function inside(path: AttributePath, parent: AttributeRef): AttributeRef {
  const found = findInside(path, parent)
  if (found) return visible(found)
  throw unknown('invalidFilter', printPath(path), parent.name, namesInside(parent))
}

/** A sub-attribute of `parent` by its plain name. */
export function findInside({ urn, name, sub }: AttributePath, parent: AttributeRef): AttributeRef | undefined {
  const { attribute, extension } = parent
  if (urn !== undefined || sub !== undefined) return undefined
  // the elements of a simple list are their own `value` (RFC 7643 section 2.4)
  if (attribute.type !== 'complex') return sameName(name, 'value') ? attributeRef(extension, attribute) : undefined
  const found = attributeNamed(attribute.subAttributes, name)
  return found && attributeRef(extension, attribute, found)
}

export const namesInside = ({ attribute }: AttributeRef): readonly string[] =>
  attribute.type === 'complex' ? attribute.subAttributes.map(({ name }) => name) : ['value']

function visible(ref: AttributeRef): AttributeRef {
  if (!isHidden(ref)) return ref
  throw new BridgeError('invalidFilter', `attribute "${ref.name}" cannot be filtered by: its values are never shown`)
}

function resolve(
  filter: Filter<AttributePath>,
  find: Find,
  parent: AttributeRef | undefined,
  quirks: Quirks,
): ScimFilter {
  switch (filter.kind) {
    case 'true':
    case 'false':
      return filter
    case 'and':
    case 'or':
      return { kind: filter.kind, of: filter.of.map((part) => resolve(part, find, parent, quirks)) }
    case 'not':
      return { kind: 'not', of: resolve(filter.of, find, parent, quirks) }
    case 'present': {
      const attr = find(filter.attr, parent)
      return attr ? { kind: 'present', attr } : FALSE
    }
    case 'compare':
      return compare(filter.op, find(filter.attr, parent), filter.value, quirks)
    case 'some': {
      const attr = find(filter.attr, parent)
      return attr ? some(attr, filter.where, find, quirks) : FALSE
    }
    default:
      return never(filter)
  }
}

const FALSE: ScimFilter = { kind: 'false' }

function compare(op: CompareOp, attr: AttributeRef | undefined, value: Literal, quirks: Quirks): ScimFilter {
  if (value === null) {
    const present: ScimFilter = attr ? { kind: 'present', attr } : FALSE
    if (op === 'eq') return { kind: 'not', of: present }
    if (op === 'ne') return present
    throw new BridgeError('invalidFilter', `"${op}" cannot be used with null, only "eq" and "ne"`)
  }
  if (op === 'ne') return { kind: 'not', of: compare('eq', attr, value, quirks) }
  if (!attr) return FALSE
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

function some(attr: AttributeRef, where: Filter<AttributePath>, find: Find, quirks: Quirks): ScimFilter {
  const { multiValued, type } = attr.attribute
  if (attr.sub !== undefined || (!multiValued && type !== 'complex')) {
    throw new BridgeError('invalidFilter', `attribute "${attr.name}" is not a list, so it takes no value filter`)
  }
  const inner = resolve(where, find, attr, quirks)
  return multiValued ? { kind: 'some', attr, where: inner } : { kind: 'and', of: [{ kind: 'present', attr }, inner] }
}
