import type { ChangePlan, Decision } from '../../plan/plan.ts'
import type { Outcome } from '../../plan/port.ts'
import type { Directory } from './directory.ts'
import { asking, attributesFor } from './fields.ts'
import type { Entry } from './operation.ts'
import type { Circumstances, Steps } from './program.ts'
import { entryAt } from './read.ts'
import type { Target } from './targets.ts'
import { recordWritten } from './written-links.ts'

/** How a change ended. */
export interface Answered {
  readonly entry: Entry
  /** The entry is as it was written; else it is read for the answer. */
  readonly isRead: boolean
  readonly isChanged: boolean
  readonly decision: Decision
  /** Whoever was read because the change names them. */
  readonly known: readonly Target[]
}

export const unwritten: Pick<Answered, 'isRead' | 'isChanged' | 'known'> = {
  isRead: false,
  isChanged: false,
  known: [],
}

/** The outcome of a change, with the record as far as the plan wants it. */
export function* answered(
  directory: Directory,
  { of: mapping, id, answer }: ChangePlan,
  { entry, isRead, isChanged, decision, known }: Answered,
  circumstances: Circumstances,
): Steps<Outcome> {
  if (answer === undefined || circumstances.dry)
    return { kind: 'written', record: undefined, id, changed: isChanged, decision }
  const asked = asking(directory, [...attributesFor(directory, mapping, answer), ...mapping.id.fields])
  const whole = isRead ? entry : ((yield* entryAt(entry.dn, asked, 'answer')) ?? entry)
  const record = yield* recordWritten(directory, mapping, answer, whole, { decision, known }, circumstances)
  return { kind: 'written', record, id: record?.id ?? id, changed: isChanged, decision }
}
