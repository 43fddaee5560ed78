import { BridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { Want } from '../../plan/plan.ts'
import type { Directory } from './directory.ts'
import { attributeOf } from './fields.ts'
import type { LdapFilter } from './filter.ts'
import { equal } from './filter.ts'
import type { Entry } from './operation.ts'
import { valuesOf } from './operation.ts'

/**
 * Whoever says If-Match has the version read with the record, and compared once more inside of the write (RFC 4528).
 * Without that control what is left is that writes of one resource take turns, and that values are exchanged by name.
 */
export function guardOf(
  { abilities }: Directory,
  { of: { version }, prior }: { readonly of: ResourceMapping; readonly prior: Want },
  held: Entry,
): LdapFilter | undefined {
  if (version.kind !== 'slot' || !abilities.assertion) return undefined
  const { slot } = version
  const attribute = attributeOf(slot)
  if (attribute === undefined || !prior.slots.some(({ key }) => key === slot.key)) return undefined
  const [value] = valuesOf(held, attribute)
  return value === undefined ? undefined : equal(attribute, value)
}

export const overtaken = (): BridgeError =>
  new BridgeError('preconditionFailed', 'The resource has changed: its version is not among those of If-Match')
