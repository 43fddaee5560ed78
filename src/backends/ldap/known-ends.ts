import type { Reference } from '../../mapping/catalog.ts'
import type { Directory } from './directory.ts'
import type { End } from './ends.ts'
import { endsOf, keyOfValue, shownBy } from './ends.ts'
import type { Value } from './filter.ts'
import type { Circumstances, Steps } from './program.ts'

/** `endsOf` for DNs that many readers have in common: those that were met not long ago are not asked for again. */
export function* knownEndsOf(
  directory: Directory,
  reference: Reference,
  values: readonly Value[],
  attributes: readonly (string | undefined)[],
  { assumed, isDeciding = false }: Circumstances,
): Steps<ReadonlyMap<string, End>> {
  if (assumed !== undefined || isDeciding) return yield* endsOf(directory, reference, values, attributes)
  const { endNames } = directory
  const known = new Map<string, End>()
  const asked = values.filter((value) => {
    const key = keyOfValue(directory, reference, value)
    const end = endNames.find(reference.key, key)
    if (end !== undefined) known.set(key, end)
    return end === undefined
  })
  for (const [key, end] of yield* endsOf(directory, reference, asked, attributes)) {
    known.set(key, end)
    endNames.keep(reference.key, key, end)
  }
  return known
}

/** What is read of the targets of a write besides, so that the answer need not ask for them again. */
export const shownWith = (directory: Directory, references: readonly Reference[]): readonly (string | undefined)[] =>
  references.filter(isRemembered).flatMap((reference) => shownBy(directory, reference))

/** One manager is many people's; the members of a group are hardly anybody else's. */
export const isRemembered = ({ size }: Reference): boolean => size === 'one'
