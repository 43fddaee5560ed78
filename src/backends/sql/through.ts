import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { LinkDelta } from '../../plan/plan.ts'
import type { Targets } from './targets.ts'
import type { Database } from './database.ts'
import { mappingOf } from './database.ts'
import { enter } from './enter.ts'
import type { Join, Through } from './join.ts'
import { leave } from './leave.ts'
import type { Circumstances, Row, Steps } from './program.ts'

/** Set algebra on a join table: a fixed number of statements, none of which reads who is in it. */
export function* writeThrough(
  database: Database,
  owner: ResourceMapping,
  place: Through,
  key: Row,
  delta: LinkDelta,
  targets: Targets,
  isNew: boolean,
  circumstances: Circumstances,
): Steps<boolean> {
  let changed = false
  for (const type of delta.reference.to) {
    const to = place.to[type]
    if (to === undefined) continue
    const target = mappingOf(database, type)
    const join: Join = { database, owner, reference: delta.reference, place, key, to, target, circumstances }
    const added = targets.get(delta)?.get(type) ?? []
    if (!isNew && (delta.only || delta.remove.length > 0)) if (yield* leave(join, delta, added)) changed = true
    if (added.length > 0 && (yield* enter(join, added, isNew))) changed = true
  }
  return changed
}
