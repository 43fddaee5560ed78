import type { PageKey } from '../mapping/record.ts'
import { isLong } from './anchors.ts'
import type { Recently } from './recently.ts'

/** Where a walk over several resource types stands, by type: the last of it that was shown. None was of other types. */
export type Places = ReadonlyMap<string, PageKey>

/** What the walk by index has said that is the whole, and when that was counted. */
export interface AmongAnchor {
  readonly places: Places
  readonly total: number
  readonly counted: number
}

export type AmongAnchors = Recently<AmongAnchor>

export function keepAnchor(kept: AmongAnchors, name: string, anchor: AmongAnchor): void {
  if ([...anchor.places.values()].some(isLong)) kept.forget(name)
  else kept.keep(name, anchor)
}
