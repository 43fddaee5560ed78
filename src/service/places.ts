import { createHash } from 'node:crypto'
import type { PageKey } from '../plan/plan.ts'
import type { Query } from '../scim/request.ts'
import { isLong } from './anchors.ts'
import type { Recently } from './recently.ts'

/** Where a walk stands in the list of one resource type. */
export interface Place {
  /** How many resources of the type are before it. */
  readonly shown: number
  /** The last of them, where the backend can go on behind it. */
  readonly after: PageKey | undefined
}

/** Where a walk over several resource types stands, by type; one that no page has reached yet has no place. */
export type Places = ReadonlyMap<string, Place>

/** What two queries have to have in common to be pages of one walk. A digest: conditions are personal data. */
export function walkAmong(client: string, { filter, sortBy, sortOrder }: Query): string {
  const text = JSON.stringify([client, filter ?? null, sortBy ?? null, sortOrder ?? null])
  return createHash('sha256').update(text).digest('base64url')
}

export const placesBefore = (kept: Recently<Places>, walk: string, offset: number): Places | undefined =>
  offset === 0 ? undefined : kept.find(`${walk} ${offset}`)

export function keepPlaces(kept: Recently<Places>, walk: string, offset: number, places: Places): void {
  const isTooMuch = [...places.values()].some(({ after }) => after !== undefined && isLong(after))
  if (isTooMuch) kept.forget(`${walk} ${offset}`)
  else kept.keep(`${walk} ${offset}`, places)
}
