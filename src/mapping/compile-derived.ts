import { attribute } from '../scim/schema.ts'
import type { AttributeMapping, Derived } from './catalog.ts'
import { quickCodec } from './compile-codec.ts'
import { isDirectory } from './compile-native.ts'
import type { TypeScope } from './compile-scope.ts'
import { fieldPlace } from './compile-slot.ts'
import { compileTemplate, isTemplate } from './compile-template.ts'
import type { ResourceFile } from './file.ts'
import { isKept, leavesOf } from './leaves.ts'

/** `derived: { gecos: { template: …, codec: ascii } }`: native columns made of attributes, whenever one of these changes. */
export function compileDerived(
  scope: TypeScope,
  said: ResourceFile['derived'],
  attributes: readonly AttributeMapping[],
): readonly Derived[] {
  return Object.entries(said ?? {}).flatMap(([column, value]) => {
    const at = [...scope.at, 'derived', column]
    const { template: text, codec: spec } = typeof value === 'string' ? { template: value, codec: undefined } : value
    const place = fieldPlace(scope, column, at, false)
    const key = place.table === undefined ? place.field : `${place.table}.${place.field}`
    const template = compileTemplate(scope, text, at)
    const paths = template.flatMap((part) => (part.kind === 'path' ? [part.ref] : []))
    if (!isTemplate(text))
      scope.report.error(
        at,
        'nothing in this template ever changes',
        `${isDirectory(scope) ? 'entry' : 'table'}: { set: … } writes a constant`,
      )
    for (const ref of paths)
      if (!attributes.some((one) => leavesOf(one).some((leaf) => leaf.ref.name === ref.name && isKept(leaf))))
        scope.report.error(at, `{${ref.name}} is not kept in a slot of its own`, 'name what it is made of')
    const codec = quickCodec(scope, spec, at, attribute('derived', { type: 'string', caseExact: true }))
    if (codec === undefined) return []
    return [{ slot: { key, many: false, at: { kind: 'field', ...place } }, template, codec }]
  })
}
