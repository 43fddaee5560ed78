import { randomBytes } from 'node:crypto'
import { BridgeError } from '../base/errors.ts'
import type { Observe } from '../base/observation.ts'
import type { Catalog, ResourceMapping } from '../mapping/catalog.ts'
import { notAllowed } from '../plan/membership.ts'
import type { PlanLimits } from '../plan/limits.ts'
import type { SideStore, Store } from '../plan/port.ts'
import { anchors } from './anchors.ts'
import type { Anchors } from './anchors.ts'
import type { AmongAnchors } from './places.ts'
import { recently } from './recently.ts'
import { cursors } from './cursors.ts'
import type { Cursors } from './cursors.ts'
import { locks } from './locks.ts'
import type { Locks } from './locks.ts'

/** One application with everything that serves it. */
export interface Application {
  readonly catalog: Catalog
  readonly store: Store
  readonly side: SideStore
  readonly limits: PlanLimits
  /** Attributes that no filter in a URL may compare (RFC 7644 section 7.5.2), as the operator wrote them. */
  readonly sensitive: readonly string[]
  readonly observe: Observe
  /** Serialises writes of one resource that live in two stores. */
  readonly locks: Locks
  /**
   * Intents of the side store whose end nobody knows: those that a dead process left, and those of writes that ended
   * uncertainly. A sweep settles these and no others: what a running request has open is its own.
   */
  readonly unsettled: Set<number>
  /** Where the pages of walks ended. */
  readonly anchors: Anchors
  /** Where the pages of walks over several resource types ended. */
  readonly walks: AmongAnchors
  readonly cursors: Cursors
}

/** What lives as long as the process is made here; the rest is given. Cursors without a secret end with it. */
export const applicationOf = (
  parts: Pick<Application, 'catalog' | 'store' | 'side' | 'limits' | 'observe'> & Partial<Application>,
): Application => ({
  locks: locks(),
  unsettled: new Set(),
  anchors: anchors(),
  walks: recently(),
  cursors: cursors(randomBytes(32), hour),
  sensitive: [],
  ...parts,
})

const hour = 3_600_000

export function typeNamed(app: Application, name: string): ResourceMapping {
  const mapping = app.catalog.types.find((m) => m.type.name === name)
  if (!mapping) throw new BridgeError('notFound', `There is no resource type '${name}'`)
  return mapping
}

/** What a resource type does not allow is 403, with the operation named. */
export function allowed(
  mapping: ResourceMapping,
  what: 'read' | 'create' | 'update' | 'delete' | 'members',
): ResourceMapping {
  if (mapping.allow.has(what)) return mapping
  throw notAllowed(mapping, what)
}
