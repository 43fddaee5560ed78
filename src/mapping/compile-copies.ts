import type { AttributeRef } from '../scim/schema.ts'
import { leafOf } from '../scim/schema.ts'
import type { Access, Carrier, Copy } from './catalog.ts'
import { quickCodec } from './compile-codec.ts'
import type { TypeScope } from './compile-scope.ts'
import { fieldPlace } from './compile-slot.ts'
import type { LeafFile } from './file-attribute.ts'
import type { FilePath } from './load.ts'

/** `copies: [ { slot: login_lower, codec: lower } ]`: columns that the application keeps beside the one that is read. */
export function compileCopies(
  scope: TypeScope,
  leaf: LeafFile,
  at: FilePath,
  ref: AttributeRef,
  carrier: Carrier,
  access: Access,
  inRow: boolean,
): readonly Copy[] {
  if (leaf.copies === undefined) return []
  const path = [...at, 'copies']
  if (carrier.kind !== 'slot' || carrier.slot.many || carrier.slot.at.kind === 'side')
    scope.report.error(path, 'copies are made of one value in a column of the application', 'say slot: column')
  if (access === 'readOnly') scope.report.error(path, 'what is never written has no copies', 'leave access out')
  return leaf.copies.flatMap((said, i) => {
    const below = [...path, i]
    const place = fieldPlace(scope, said.slot, [...below, 'slot'], inRow)
    const key = place.table === undefined ? place.field : `${place.table}.${place.field}`
    const codec = quickCodec(scope, said.codec, below, leafOf(ref))
    return codec === undefined ? [] : [{ slot: { key, many: false, at: { kind: 'field', ...place } }, codec }]
  })
}
