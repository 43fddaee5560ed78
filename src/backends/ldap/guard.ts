import type { ScimId } from '../../base/brand.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { Want } from '../../plan/plan.ts'
import type { Directory } from './directory.ts'
import { attributeOf } from './fields.ts'
import type { LdapFilter } from './filter.ts'
import { allOf, equal } from './filter.ts'
import { idFilter } from './identify.ts'
import type { Entry } from './operation.ts'
import { valuesOf } from './operation.ts'

interface Guarded {
  readonly of: ResourceMapping
  readonly id: ScimId
  readonly prior: Want
}

/**
 * A write names its entry by the DN, which may be another's by then: deleted, created anew. So it says the id as well
 * (RFC 4528), and for whoever says If-Match the version that was read. Without that control what is left is that writes
 * of one resource take turns, and that values are exchanged by name.
 */
export function guardOf(directory: Directory, plan: Guarded, held: Entry): LdapFilter | undefined {
  const identity = identityOf(directory, plan)
  if (identity === undefined) return undefined
  const version = versionOf(plan, held)
  return version === undefined ? identity : allOf([identity, version])
}

export const identityOf = (
  { abilities, schema }: Directory,
  { of, id }: Omit<Guarded, 'prior'>,
): LdapFilter | undefined => (abilities.assertion ? idFilter(schema, of, id) : undefined)

function versionOf({ of: { version }, prior }: Guarded, held: Entry): LdapFilter | undefined {
  if (version.kind !== 'slot') return undefined
  const { slot } = version
  const attribute = attributeOf(slot)
  if (attribute === undefined || !prior.slots.some(({ key }) => key === slot.key)) return undefined
  const [value] = valuesOf(held, attribute)
  return value === undefined ? undefined : equal(attribute, value)
}
