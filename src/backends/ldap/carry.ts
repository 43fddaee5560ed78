import { isBridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { Decision } from '../../plan/plan.ts'
import type { Directory } from './directory.ts'
import { dnText } from '../../mapping/dn/dn.ts'
import { keyOfValue } from './ends.ts'
import { attributeOf, orderedValues, wireValues } from './fields.ts'
import type { Holder, NameOf } from './inbound.ts'
import { admit, holdersOf, repoint, takesTwo } from './inbound.ts'
import type { Entry } from './operation.ts'
import type { Steps } from './program.ts'
import type { Move } from './rename.ts'

/** What is left to do, or to undo, for those who point at an entry that gets another name. */
export interface Carrying {
  finish(): Steps<void>
  undo(): Steps<void>
}

const nothing: Carrying = {
  *finish() {},
  *undo() {},
}

/** What an entry is called by whoever points at it. */
export interface Names {
  readonly before: NameOf
  readonly after: NameOf
  /** The new name, where it is another one: a change of case is none. */
  readonly fresh: NameOf
}

export function namesOf(directory: Directory, held: Entry, decision: Decision, move: Move | undefined): Names {
  const before: NameOf = ({ place }) =>
    place.kind === 'field' && place.by !== undefined ? orderedValues(held, place.by)[0] : held.dn
  const after: NameOf = ({ place }) => {
    if (place.kind !== 'field' || place.by === undefined) return move === undefined ? held.dn : dnText(move.to)
    const { by } = place
    const written = decision.write.fields.find(({ slot }) => attributeOf(slot)?.toLowerCase() === by.toLowerCase())
    return written === undefined ? orderedValues(held, by)[0] : wireValues(written.value)[0]
  }
  const fresh: NameOf = (reference) => {
    const [old, next] = [before(reference), after(reference)]
    if (old === undefined || next === undefined) return next
    if (move?.isRespelled === true && (reference.place.kind !== 'field' || reference.place.by === undefined))
      return undefined
    return keyOfValue(directory, reference, old) === keyOfValue(directory, reference, next) ? undefined : next
  }
  return { before, after, fresh }
}

/**
 * Whoever points at the entry gets the new name before the entry has it, and loses the old one when the entry has lost
 * it: whatever breaks off in between, no membership is lost. Where the server does the same, it is done already.
 */
export function* carry(directory: Directory, mapping: ResourceMapping, { before, fresh }: Names): Steps<Carrying> {
  const left: NameOf = (reference) => (fresh(reference) === undefined ? undefined : before(reference))
  if (!mapping.inbound.some(({ reference }) => left(reference) !== undefined)) return nothing
  const holders = yield* holdersOf(directory, mapping, left, 'who points at the old name')
  const met = [...holders]
  function* undo(): Steps<void> {
    for (const holder of met) {
      const value = fresh(holder.reference)
      if (value === undefined) continue
      try {
        yield* repoint(directory, [{ ...holder, value }], before, 'undo')
      } catch (error) {
        // who refused the new name refuses the old one, too; the others get it back
        if (!isBridgeError(error)) throw error
      }
    }
  }
  try {
    yield* admit(directory, holders, fresh, 'the new name, for each of them')
  } catch (error) {
    yield* undo()
    throw error
  }
  const admitted = new Set(holders.filter((holder) => takesTwo(directory, holder)).map(keyOf))
  return {
    *finish() {
      const still = yield* holdersOf(directory, mapping, left, 'who still points at the old name')
      met.push(...still.filter((one) => !holders.some((other) => keyOf(other) === keyOf(one))))
      yield* repoint(directory, still, fresh, 'the new name for the old one, for each of them', (holder) =>
        admitted.has(keyOf(holder)),
      )
    },
    undo,
  }
}

const keyOf = ({ dn, attribute }: Holder): string => `${attribute} ${dn}`
