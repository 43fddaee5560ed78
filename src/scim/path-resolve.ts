import { BridgeError } from '../base/errors.ts'
import { attributeNamed, attributesOf, sameName } from './attribute-named.ts'
import { nearest } from './nearest.ts'
import type { AttributePath } from './path.ts'
import { printPath } from './path-print.ts'
import { attributeRef } from './schema.ts'
import type { AttributeRef, ResourceType, Schema } from './schema.ts'

/**
 * What a path means in a resource type, or undefined. A URN must be the base schema's or an extension's. Without one
 * a name is looked for in the base schema, in the common attributes, and then, as Entra asks for `manager`, in the
 * extensions if exactly one has it.
 */
export function findPath(path: AttributePath, type: ResourceType): AttributeRef | undefined {
  const found = findTop(path, type)
  if (!found || path.sub === undefined) return found
  const sub = attributeNamed(found.attribute.subAttributes, path.sub)
  return sub && attributeRef(found.extension, found.attribute, sub)
}

function findTop({ urn, name }: AttributePath, type: ResourceType): AttributeRef | undefined {
  if (urn === undefined || sameName(urn, type.schema.id)) {
    const own = attributeNamed(type.schema.attributes, name) ?? attributeNamed(type.common, name)
    if (own) return attributeRef(undefined, own)
    if (urn !== undefined) return undefined
  }
  const candidates = type.extensions
    .filter(({ schema }) => urn === undefined || sameName(urn, schema.id))
    .flatMap(({ schema }) => {
      const attribute = attributeNamed(schema.attributes, name)
      return attribute ? [attributeRef(schema.id, attribute)] : []
    })
  return candidates.length === 1 ? candidates[0] : undefined
}

/** The schema that a path names as a whole, as PATCH and `attributes` may: a bare URN parses as `urn` plus `name`. */
export function schemaOf(path: AttributePath, type: ResourceType): Schema | undefined {
  if (path.urn === undefined) return undefined
  const whole = printPath(path)
  return [type.schema, ...type.extensions.map(({ schema }) => schema)].find((schema) => sameName(schema.id, whole))
}

/** Like `findPath`, but what is not there is refused by name, with what may have been meant. */
export function resolvePath(
  path: AttributePath,
  type: ResourceType,
  fail: 'invalidFilter' | 'invalidPath' | 'invalidValue',
): AttributeRef {
  const found = findPath(path, type)
  if (found) return found
  const text = printPath(path)
  const top = findTop(path, type)
  if (!top) throw unknown(fail, text, type.name, everyName(type))
  if (top.attribute.subAttributes.length === 0) {
    throw new BridgeError(fail, `attribute "${top.name}" of ${type.name} has no sub-attributes`)
  }
  throw unknown(fail, text, type.name, subNames(top))
}

export function unknown(
  fail: 'invalidFilter' | 'invalidPath' | 'invalidValue',
  name: string,
  owner: string,
  known: readonly string[],
): BridgeError {
  const near = nearest(name, known)
  const shown = name.length > 120 ? `${name.slice(0, 120)}…` : name
  return new BridgeError(
    fail,
    `unknown attribute "${shown}" of ${owner}${near === undefined ? '' : `; did you mean "${near}"?`}`,
  )
}

const subNames = (ref: AttributeRef): readonly string[] =>
  ref.attribute.subAttributes.map((sub) => `${ref.name}.${sub.name}`)

export const everyName = (type: ResourceType): readonly string[] =>
  attributesOf(type).flatMap((ref) => [ref.name, ...subNames(ref)])
