import { BridgeError, isBridgeError } from '../base/errors.ts'
import { understands } from './dialect.ts'
import type { Dialect } from './dialect.ts'
import { resolveWhere } from './filter-resolve.ts'
import type { ScimFilter } from './filter.ts'
import { parsePath } from './path-parse.ts'
import { resolvePath } from './path-resolve.ts'
import { attributeRef } from './schema.ts'
import type { AttributeRef, ResourceType } from './schema.ts'

/** What a path points at: an attribute or sub-attribute, and perhaps only some elements of a list. */
export interface PatchTarget {
  readonly ref: AttributeRef
  readonly where: ScimFilter | undefined
}

/** Throws BridgeError `invalidPath` or `invalidFilter` (RFC 7644 section 3.12, table 9). */
export function patchTarget(text: string, type: ResourceType, spoken: Dialect): PatchTarget {
  const path = parsePath(text, {
    bareValues: spoken.quirks.has('bareFilterValue'),
    onBareValue: () => spoken.observe('bareFilterValue'),
  })
  const ref = resolvePath(path.attr, type, 'invalidPath')
  if (path.attr.urn === undefined && ref.extension !== undefined && !understands(spoken, 'bareExtensionName')) {
    throw new BridgeError('invalidPath', `"${ref.attribute.name}" needs its URN: "${ref.name}"`)
  }
  if (path.where === undefined) return { ref, where: undefined }
  const list = attributeRef(ref.extension, ref.attribute)
  if (!ref.attribute.multiValued) {
    throw new BridgeError('invalidPath', `"${list.name}" is single-valued, so it takes no value filter`)
  }
  return { ref, where: resolveWhere(path.where, list, spoken.quirks) }
}

/** The same for a key of a path-less value, where what is unknown or no path at all is ignored: undefined. */
export function patchKey(text: string, type: ResourceType, spoken: Dialect): PatchTarget | undefined {
  try {
    return patchTarget(text, type, spoken)
  } catch (error) {
    if (isBridgeError(error) && error.reason === 'invalidPath') return undefined
    throw error
  }
}
