import { BridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import { isUnknown } from './assumed.ts'
import type { Directory } from './directory.ts'
import { attributeOf, wireValues } from './fields.ts'
import { nameAt } from './leaves.ts'
import { fits } from './syntax.ts'

/** Refuses what the directory would refuse, by the name that the client knows. */
export function refuseUnfit({ schema }: Directory, mapping: ResourceMapping, fields: readonly SlotValue[]): void {
  for (const { slot, value } of fields) {
    const type = schema.attribute(attributeOf(slot) ?? '')
    if (type === undefined) continue
    const values = wireValues(value)
    const { syntax } = type
    if (values.some((one) => !isUnknown(one) && !fits(syntax, one, schema)))
      throw new BridgeError('invalidValue', `${nameAt(mapping, slot)}: the directory does not take this value`)
    if (type.singleValue && values.length > 1)
      throw new BridgeError('invalidValue', `${nameAt(mapping, slot)}: the directory holds one value of it at most`)
  }
}

/** Attributes that an entry of the type must have, in lower case. */
export const mustHave = ({ schema }: Directory, mapping: ResourceMapping): ReadonlySet<string> =>
  new Set(
    (mapping.entry?.objectClasses ?? []).flatMap((name) =>
      (schema.objectClass(name)?.must ?? []).map((one) => one.toLowerCase()),
    ),
  )
