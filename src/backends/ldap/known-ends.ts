import type { Reference } from '../../mapping/catalog.ts'
import type { Directory } from './directory.ts'
import type { End } from './ends.ts'
import { endsOf, keyOfValue } from './ends.ts'
import type { Value } from './filter.ts'
import type { Circumstances, Steps } from './program.ts'

/** `endsOf` for DNs that many readers have in common: those that were met not long ago are not asked for again. */
export function* knownEndsOf(
  directory: Directory,
  reference: Reference,
  values: readonly Value[],
  attributes: readonly (string | undefined)[],
  { assumed }: Circumstances,
): Steps<ReadonlyMap<string, End>> {
  if (assumed !== undefined) return yield* endsOf(directory, reference, values, attributes)
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
