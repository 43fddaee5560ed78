import { isBridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { Directory } from './directory.ts'
import { sourceNamed } from './directory.ts'
import { attributeOfReference } from './fields.ts'
import { mustHave } from './fitting.ts'
import type { Holder, NameOf } from './inbound.ts'
import { holdersOf, repoint, settle } from './inbound.ts'
import type { Steps } from './program.ts'

/**
 * Takes a name out of those that may refuse to lose it: a group that must have a member, and whose mapping puts nobody
 * in the place of the last one. It is done before the entry goes: only the server knows what is the last one at the
 * moment, and once the entry has gone a refusal comes too late. Answers who has to get the name back if it stays.
 */
export function* leaveFirst(directory: Directory, mapping: ResourceMapping, nameOf: NameOf): Steps<readonly Holder[]> {
  const strict = new Set(
    mapping.inbound
      .filter(({ from, reference }) => {
        const { mapping: owner, entry } = sourceNamed(directory, from)
        const attribute = attributeOfReference(reference)?.toLowerCase()
        return (
          entry.emptyGroup.kind === 'refuse' && attribute !== undefined && mustHave(directory, owner).has(attribute)
        )
      })
      .map(({ reference }) => reference),
  )
  if (strict.size === 0) return []
  const theirs: NameOf = (reference) => (strict.has(reference) ? nameOf(reference) : undefined)
  const left: Holder[] = []
  try {
    for (const holder of yield* holdersOf(directory, mapping, theirs, 'who may refuse to lose it')) {
      yield* repoint(directory, [holder], undefined, 'the name goes, unless it is the last one')
      left.push(holder)
    }
  } catch (error) {
    yield* comeBack(directory, left)
    throw error
  }
  return left
}

/** The entry stays after all. */
export function* comeBack(directory: Directory, left: readonly Holder[]): Steps<void> {
  for (const holder of left) {
    const { attribute, value } = holder
    try {
      yield* settle(directory, holder, [{ op: 'add', attribute, values: [value] }], 'undo')
    } catch (error) {
      // the others get it back, and what ended the delete is told
      if (!isBridgeError(error)) throw error
    }
  }
}
