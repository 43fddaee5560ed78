import { BridgeError } from '../base/errors.ts'
import type { AttributeMapping, Reference, ResourceMapping } from '../mapping/catalog.ts'
import type { LinkDelta } from './plan.ts'

/** A list of references that a client changes: who is in it is a membership. */
export const isMembership = (carrier: AttributeMapping): carrier is Extract<AttributeMapping, { kind: 'reference' }> =>
  carrier.kind === 'reference' && isMany(carrier.reference)

const isMany = ({ size, place }: Reference): boolean => size !== 'one' && place.kind !== 'reverse'

/** Memberships that the mapping does not allow to change. */
export const isClosed = (mapping: ResourceMapping, carrier: AttributeMapping): boolean =>
  !mapping.allow.has('members') && isMembership(carrier)

export function refuseMembers(mapping: ResourceMapping, links: readonly LinkDelta[]): void {
  if (!mapping.allow.has('members') && links.some(({ reference }) => isMany(reference)))
    throw notAllowed(mapping, 'members')
}

const deeds = {
  read: 'read',
  create: 'create',
  update: 'update',
  delete: 'delete',
  members: 'change the members of',
} as const

/** 403 with what is not allowed, and why where the mapping tells. */
export const notAllowed = ({ type, because }: ResourceMapping, what: keyof typeof deeds): BridgeError =>
  new BridgeError(
    'notAllowed',
    `This application does not allow to ${deeds[what]} a ${type.name}${because === undefined ? '' : `: ${because}`}`,
  )
