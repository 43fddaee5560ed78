import type { LinkChange } from './members.ts'
import type { Directory } from './directory.ts'
import { keyOfValue } from './ends.ts'
import type { Value } from './filter.ts'
import { settle } from './inbound.ts'
import type { Holder } from './inbound.ts'
import type { Circumstances, Steps } from './program.ts'
import type { Source } from './source.ts'
import type { Target } from './targets.ts'
import { heldBy, idsOf, targetsOf, valueOfTarget } from './targets.ts'

/**
 * Whoever was named in a write may have got another name, or have gone, after that name was looked up. Whoever renames
 * or deletes looks for those who point at the old name afterwards, and whoever points looks for the name afterwards: one
 * of the two comes last and finds the other, in whatever process it is.
 */
export function* follow(
  directory: Directory,
  { source, dn }: { readonly source: Source; readonly dn: string },
  linked: readonly Pick<LinkChange, 'reference' | 'attribute' | 'add' | 'remove'>[],
  targets: readonly Target[],
  circumstances: Circumstances,
): Steps<void> {
  const named = linked.flatMap(({ reference, attribute, add, remove }) => {
    const keyOf = (value: Value): string => keyOfValue(directory, reference, value)
    const [added, removed] = [new Set(add.map(keyOf)), new Set(remove.map(keyOf))]
    return targets.flatMap((target) => {
      const value = reference.to.includes(target.type) ? valueOfTarget(reference, target) : undefined
      if (value === undefined) return []
      const isAdded = added.has(keyOf(value))
      if (!isAdded && !removed.has(keyOf(value))) return []
      return [{ target, isAdded, keyOf, holder: { source, reference, attribute, dn, value } satisfies Holder }]
    })
  })
  if (named.length === 0) return
  const references = linked.flatMap(({ reference, add, remove }) => (add.length + remove.length > 0 ? [reference] : []))
  // those who were named, found or not by what they are: so it is known beforehand what will be asked
  const ids = references.map((reference) => ({ reference, ids: targets.map(({ id }) => id).toSorted() }))
  const now = yield* targetsOf(directory, idsOf(ids), heldBy(references), circumstances, 'still of that name')
  if (circumstances.assumed !== undefined || circumstances.dry) return
  for (const { target, isAdded, keyOf, holder } of named) {
    const found = now.find(({ type, id }) => type === target.type && id === target.id)
    const next = found && valueOfTarget(holder.reference, found)
    if (next !== undefined && keyOf(next) === keyOf(holder.value)) continue
    const drop = { op: 'delete', attribute: holder.attribute } as const
    if (!isAdded) {
      if (next !== undefined) yield* settle(directory, holder, [{ ...drop, values: [next] }], 'by the new name')
      continue
    }
    const put = next === undefined ? [] : [{ op: 'add', attribute: holder.attribute, values: [next] } as const]
    yield* settle(directory, holder, [{ ...drop, values: [holder.value] }, ...put], 'the new name')
  }
}
