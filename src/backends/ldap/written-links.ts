import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { Link, NativeRecord } from '../../mapping/record.ts'
import type { Decision, Want } from '../../plan/plan.ts'
import type { Directory } from './directory.ts'
import { sourceNamed } from './directory.ts'
import { endOf } from './ends.ts'
import { isRemembered } from './known-ends.ts'
import type { Entry } from './operation.ts'
import type { Circumstances, Steps } from './program.ts'
import { recordsOf } from './read.ts'
import type { Target } from './targets.ts'

/** What a write decided, and whoever was read for it with `shownWith`. */
interface Decided {
  readonly decision: Decision
  readonly known: readonly Target[]
}

/** The record of an entry that was just written: whoever its references were set to is not asked for again. */
export function* recordWritten(
  directory: Directory,
  mapping: ResourceMapping,
  want: Want,
  entry: Entry,
  decided: Decided,
  circumstances: Circumstances,
): Steps<NativeRecord | undefined> {
  const written = new Map(
    want.links.flatMap((reference) => {
      const link = isRemembered(reference) ? linkOf(directory, reference.key, decided) : undefined
      return link === undefined ? [] : [[reference.key, [link]] as const]
    }),
  )
  const others = { ...want, links: want.links.filter(({ key }) => !written.has(key)) }
  const [record] = yield* recordsOf(directory, mapping, others, [entry], circumstances)
  return record && { ...record, links: { ...record.links, ...Object.fromEntries(written) } }
}

function linkOf(directory: Directory, key: string, { decision, known }: Decided): Link | undefined {
  const delta = decision.write.links.find(({ reference }) => reference.key === key)
  const target = known.find(({ id, type }) => id === delta?.add[0] && delta.reference.to.includes(type))
  return target && endOf(sourceNamed(directory, target.type), target.entry)?.link
}
