import { isOf } from './is-of.ts'
import type { Reference } from '../../mapping/catalog.ts'
import { holds } from '../../mapping/holds.ts'
import { protectedFrom } from '../../plan/protect.ts'
import type { Directory } from './directory.ts'
import { sourceNamed } from './directory.ts'
import { attributeOf } from './fields.ts'
import { idOfEntry } from './identify.ts'
import type { Entry } from './operation.ts'
import { valuesOf } from './operation.ts'

const rulesOf = (directory: Directory, { to, size }: Reference) =>
  size === 'one'
    ? []
    : to.flatMap((type) => {
        const source = sourceNamed(directory, type)
        return source.mapping.protect
          .filter(({ from }) => from.has('leave'))
          .map((protection) => ({ source, protection }))
      })

/** What has to be read of whoever is taken out of a list. */
export const leavingSlots = (directory: Directory, reference: Reference): readonly (string | undefined)[] =>
  rulesOf(directory, reference).flatMap(({ protection }) => protection.slots.map(attributeOf))

/** Refuses to take out whoever the mapping protects from it. */
export function refuseLeaving(directory: Directory, reference: Reference, entries: readonly Entry[]): void {
  for (const { source, protection } of rulesOf(directory, reference))
    for (const entry of entries) {
      if (!isOf(directory, source, entry)) continue
      const subject = {
        id: idOfEntry(source.mapping, entry),
        values: (slot: Parameters<typeof attributeOf>[0]) => valuesOf(entry, attributeOf(slot) ?? ''),
        rows: () => [],
        linked: () => false,
      }
      if (holds(protection.match, subject)) throw protectedFrom('leave', reference.of.name, protection.because)
    }
}
