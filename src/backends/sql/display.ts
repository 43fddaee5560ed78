import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { NativeScalar } from '../../mapping/slot.ts'
import { leafNamed } from './leaves.ts'

/** What names a record to a person, where one column of its main table tells. */
const names = ['displayName', 'userName', 'name.formatted']

export function displayOf(
  mapping: ResourceMapping,
): { readonly field: string; decode(native: NativeScalar): string | undefined } | undefined {
  for (const name of names) {
    const carrier = leafNamed(mapping, name)?.carrier
    if (carrier?.kind !== 'slot' || carrier.slot.many) continue
    const at = carrier.slot.at
    if (at.kind !== 'field' || at.table !== undefined || at.list !== undefined) continue
    return {
      field: at.field,
      decode: (native) => {
        const value = carrier.codec.decode(native)
        return typeof value === 'string' ? value : undefined
      },
    }
  }
  return undefined
}
