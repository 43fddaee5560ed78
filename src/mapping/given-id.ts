import type { IdRule } from './catalog.ts'
import { isDirectory } from './compile-native.ts'
import type { TypeScope } from './compile-scope.ts'
import type { Entry } from './entry.ts'
import type { AttributeRef } from '../scim/schema.ts'

/**
 * Attributes of a client that the id of an entry is made of. No key of a table sees to it that an id is nobody else's, so
 * they are held unique; and an id never changes (RFC 7643 section 3.1).
 */
export function givenIds(scope: TypeScope, id: IdRule, entries: readonly Entry[]): readonly AttributeRef[] {
  if (!isDirectory(scope) || id.generate !== undefined) return []
  const fields = new Set(id.fields.map((field) => field.toLowerCase()))
  return entries.flatMap(({ ref, block, at }) => {
    const access = block.access ?? (ref.sub ?? ref.attribute).mutability
    if (block.slot === undefined || !fields.has(block.slot.toLowerCase()) || access === 'readOnly') return []
    if (access === 'readWrite')
      scope.report.error(at, `the id is made of ${ref.name}, and an id never changes`, 'access: immutable')
    return [ref]
  })
}
