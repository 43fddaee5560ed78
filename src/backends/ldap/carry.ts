import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { Decision } from '../../plan/plan.ts'
import type { Directory } from './directory.ts'
import { dnText } from './dn.ts'
import { keyOfValue } from './ends.ts'
import { attributeOf, orderedValues, wireValues } from './fields.ts'
import type { Holder, NameOf } from './inbound.ts'
import { admit, holdersOf, repoint } from './inbound.ts'
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
    return keyOfValue(directory, reference, old) === keyOfValue(directory, reference, next) ? undefined : next
  }
  return { before, after, fresh }
}

const keyOf = ({ dn, attribute }: Holder): string => `${attribute} ${dn}`

/**
 * Whoever points at the entry gets the new name before the entry has it, and loses the old one when the entry has lost
 * it: whatever breaks off in between, no membership is lost. Where the server does the same, it is done already.
 */
export function* carry(directory: Directory, mapping: ResourceMapping, { before, fresh }: Names): Steps<Carrying> {
  const left: NameOf = (reference) => (fresh(reference) === undefined ? undefined : before(reference))
  if (!mapping.inbound.some(({ reference }) => left(reference) !== undefined)) return nothing
  const holders = yield* holdersOf(directory, mapping, left, 'who points at the old name')
  yield* admit(directory, holders, fresh, 'the new name')
  return {
    *finish() {
      const still = yield* holdersOf(directory, mapping, left, 'who still points at the old name')
      const has = new Set(holders.filter(({ reference }) => reference.size !== 'one').map(keyOf))
      yield* repoint(directory, still, fresh, 'the new name for the old one', (holder) => has.has(keyOf(holder)))
    },
    *undo() {
      const added = holders.flatMap((holder) => {
        const value = fresh(holder.reference)
        return value === undefined || holder.reference.size === 'one' ? [] : [{ ...holder, value }]
      })
      yield* repoint(directory, added, undefined, 'undo')
    },
  }
}
