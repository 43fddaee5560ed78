import type { ChangePlan, Decision } from '../../plan/plan.ts'
import type { Outcome } from '../../plan/port.ts'
import type { Names } from './carry.ts'
import { carry } from './carry.ts'
import { changed } from './changed.ts'
import type { Directory } from './directory.ts'
import { sourceFor } from './directory.ts'
import { dnText } from '../../mapping/dn/dn.ts'
import { asking, attributesFor } from './fields.ts'
import { follow } from './follow.ts'
import { refuseOutside } from './inside.ts'
import { keepingOut } from './keep-out.ts'
import type { Modifying } from './modify.ts'
import { modify, unchanged } from './modify.ts'
import type { Entry } from './operation.ts'
import { setPasswords } from './passwords.ts'
import { guardOf, guardOfLinks } from './guard.ts'
import type { Circumstances, Steps } from './program.ts'
import type { Move } from './rename.ts'
import { backFrom, rename, renameForCertain } from './rename.ts'
import type { Target } from './targets.ts'
import { unmodify } from './unmodify.ts'
import { answered } from './answered.ts'

export interface Writing {
  readonly held: Entry
  readonly move: Move | undefined
  readonly names: Names
  readonly modifying: Pick<Modifying, 'changes' | 'stamps' | 'linked'>
  readonly passwords: Decision['write']['fields']
  readonly decision: Decision
  /** One group may have come into another, or left it. */
  readonly isNesting: boolean
  /** Whoever is named. */
  readonly known: readonly Target[]
}

/**
 * Carries out what was decided: the rename, the one modify, the password, each undone when a later one is refused; then
 * the answer.
 */
export function* apply(
  directory: Directory,
  plan: ChangePlan,
  { held, move, names, modifying, passwords, decision, isNesting, known }: Writing,
  circumstances: Circumstances,
): Steps<Outcome> {
  const { of: mapping, answer } = plan
  const { unique } = decision
  const asked = answer && asking(directory, [...attributesFor(directory, mapping, answer), ...mapping.id.fields])
  const isOfLinks = move === undefined && modifying.linked.length > 0
  const guard = isOfLinks ? guardOfLinks(directory, plan, held) : guardOf(directory, plan, held)
  const carrying = yield* carry(directory, mapping, names)
  const dn = move === undefined ? held.dn : dnText(move.to)
  const back = move && backFrom(held, move)
  let written = unchanged
  /** It has the new name, or nobody knows: then whoever points at it keeps both. */
  let isAway = false
  let relocked = false
  try {
    if (move !== undefined) {
      isAway = true
      const refusal = yield* renameForCertain(directory, plan, held.dn, { ...move, to: dn, unique, guard })
      isAway = refusal === undefined
      if (refusal !== undefined) throw refusal
    }
    try {
      // while the entry can still go back, so can those who point at it
      if (move !== undefined) yield* carrying.finish()
      const guarded = move === undefined ? guard : undefined
      relocked = yield* keepingOut(directory, mapping, dn, decision.write.fields, circumstances, function* () {
        written = yield* modify(directory, mapping, dn, { ...modifying, unique, guard: guarded, answer: asked })
        try {
          yield* refuseOutside(directory, mapping, { dn, isRenamed: move !== undefined, ...written }, circumstances)
          yield* setPasswords(dn, passwords)
        } catch (error) {
          yield* unmodify(mapping, dn, written, held)
          throw error
        }
      })
    } catch (error) {
      if (back !== undefined) {
        yield* rename(directory, mapping, dn, { ...back, to: held.dn, unique: [], note: 'undo' })
        isAway = false
      }
      throw error
    }
  } catch (error) {
    if (!isAway) yield* carrying.undo()
    throw error
  }
  if (move === undefined) yield* carrying.finish()
  const self = { source: sourceFor(directory, mapping), dn }
  // whoever was in already was found by whoever renames
  const followed = modifying.linked.filter(({ remove }) => written.changed || remove.length > 0)
  if (directory.shared) yield* follow(directory, self, followed, known, circumstances)
  const isChanged = written.changed || move !== undefined || passwords.length > 0
  if (isChanged) changed(directory, mapping, { dns: [held.dn, dn], isNesting })
  // the server stamps the entry anew with the password, and with a lock
  const read = passwords.length > 0 || relocked ? undefined : written.read
  return yield* answered(
    directory,
    plan,
    // of itself the entry was read before
    {
      entry: read ?? { ...held, dn },
      isRead: read !== undefined,
      isChanged,
      decision,
      known: known.filter((one) => one.id !== plan.id),
    },
    circumstances,
  )
}
