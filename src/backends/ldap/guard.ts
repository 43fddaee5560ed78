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

/** Of a write that is about members: the entry would have to be asked for its id alone, and is not. */
export const guardOfLinks = (directory: Directory, plan: Guarded, held: Entry): LdapFilter | undefined =>
  hasOverlays(directory) && versionOf(plan, held) === undefined ? undefined : guardOf(directory, plan, held)

/** Do others point at entries of this type, or these at others? */
export const isInvolved = ({ inbound, attributes }: ResourceMapping): boolean =>
  inbound.length > 0 || attributes.some(({ kind }) => kind === 'reference')

/** The server may write other entries because of a write that changes who points at whom (slapo-memberof(5)). */
export const hasOverlays = ({ schema }: Directory): boolean => schema.attribute('memberOf') !== undefined

const identityOf = ({ abilities, schema }: Directory, { of, id }: Omit<Guarded, 'prior'>): LdapFilter | undefined =>
  abilities.assertion ? idFilter(schema, of, id) : undefined

function versionOf({ of: { version }, prior }: Guarded, held: Entry): LdapFilter | undefined {
  if (version.kind !== 'slot') return undefined
  const { slot } = version
  const attribute = attributeOf(slot)
  if (attribute === undefined || !prior.slots.some(({ key }) => key === slot.key)) return undefined
  const [value] = valuesOf(held, attribute)
  return value === undefined ? undefined : equal(attribute, value)
}
