import type { ScimId } from '../../base/brand.ts'
import type { ChangePlan } from '../../plan/plan.ts'
import { assumedTarget } from './assumed.ts'
import type { Directory } from './directory.ts'
import { asking, attributesFor } from './fields.ts'
import { leavingSlots } from './leaving.ts'
import { idFilter } from './identify.ts'
import { shownWith } from './known-ends.ts'
import type { Entry } from './operation.ts'
import type { Circumstances, Steps } from './program.ts'
import { entryOf } from './read.ts'
import type { Target } from './targets.ts'
import { heldBy, idsOf, targetsOf } from './targets.ts'

export interface Held {
  readonly held: Entry | undefined
  readonly targets: readonly Target[]
  /** The ids that were looked for: one that is not among the targets is not there. */
  readonly asked: ReadonlySet<ScimId>
}

/** So many named ids are looked up together with the entry that is changed. */
const few = 100

/** The entry that is changed and, in the same search where one base reaches both, those that the request names for its references. */
export function* heldEntry(
  directory: Directory,
  { of: mapping, id, prior, named = [] }: ChangePlan,
  more: readonly string[],
  circumstances: Circumstances,
): Steps<Held> {
  const ids = idsOf(named)
  const count = [...ids.values()].reduce((sum, of) => sum + of.size, 0)
  const references = named.map(({ reference }) => reference)
  const besides = [
    ...more,
    ...heldBy(references),
    ...shownWith(directory, references),
    ...references.flatMap((reference) => leavingSlots(directory, reference)),
  ]
  if (count === 0 || count > few || directory.commonBase === undefined || !canBe(directory, mapping, id)) {
    const held = yield* entryOf(directory, mapping, id, prior, circumstances, 'prior', more)
    return { held, targets: [], asked: new Set() }
  }
  const own = mapping.type.name
  const all = new Map([[own, new Set([id, ...(ids.get(own) ?? [])])], ...[...ids].filter(([type]) => type !== own)])
  const attributes = [...attributesFor(directory, mapping, prior), ...besides]
  const targets = yield* targetsOf(directory, all, attributes, circumstances, 'prior, and who is named')
  const asked = asking(directory, attributes)
  const held =
    circumstances.assumed === undefined
      ? targets.find((target) => target.type === own && target.id === id)?.entry
      : assumedTarget(mapping, id, asked)
  return {
    held,
    targets: targets.filter(({ type, id: one }) => ids.get(type)?.has(one) === true),
    asked: new Set([...ids.values()].flatMap((of) => [...of])),
  }
}

const canBe = (directory: Directory, mapping: ChangePlan['of'], id: ChangePlan['id']): boolean =>
  idFilter(directory.schema, mapping, id) !== undefined
