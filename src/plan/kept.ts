import type { ScimId } from '../base/brand.ts'
import type { Json, JsonObject } from '../base/json.ts'
import type { Reference, ResourceMapping } from '../mapping/catalog.ts'
import type { SlotValue } from '../mapping/encode.ts'
import type { Slot } from '../mapping/slot.ts'
import type { PatchOperation } from '../scim/patch.ts'
import { topLevelValue } from '../scim/value.ts'
import { idsIn } from './links.ts'
import type { IdOf, LinkDelta, SideValues } from './plan.ts'
import type { Replacement } from './replace.ts'
import { topLevelName } from './want.ts'

/** A reference of which the side store keeps what nobody is called. */
export interface Keeping {
  readonly reference: Reference
  readonly slot: Slot
}

export const keepingIn = (mapping: ResourceMapping): readonly Keeping[] =>
  mapping.attributes.flatMap((one) =>
    one.kind === 'reference' && one.reference.aside !== undefined
      ? [{ reference: one.reference, slot: one.reference.aside }]
      : [],
  )

/** What the side store holds for a reference. */
export function heldAside({ slot }: Keeping, held: SideValues): string | undefined {
  const value = Object.hasOwn(held, slot.key) ? held[slot.key] : undefined
  return typeof value === 'string' ? value : undefined
}

/** The last that a request says of a reference: a name, nobody, or nothing at all. */
export type Said =
  { readonly kind: 'name'; readonly name: string } | { readonly kind: 'nobody' } | { readonly kind: 'nothing' }

const saidBy = (value: Json | undefined): Said => {
  const [name] = idsIn(value)
  return name === undefined ? { kind: 'nobody' } : { kind: 'name', name }
}

export const saidInPatch =
  (operations: readonly PatchOperation[]) =>
  ({ of }: Reference): Said =>
    operations.reduce<Said>(
      (said, { op, target, value }) => {
        if (topLevelName(target) !== topLevelName(of)) return said
        // what else is told of somebody says nothing about who it is
        if (target.sub !== undefined && target.sub.name !== 'value') return said
        return op === 'remove' ? { kind: 'nobody' } : saidBy(value)
      },
      { kind: 'nothing' },
    )

export const saidInPut =
  ({ resource, cleared }: Replacement) =>
  ({ of }: Reference): Said => {
    const value = topLevelValue(resource, of)
    const keeps = of.attribute.onOmit === 'keep' && !cleared.has(topLevelName(of))
    return value === undefined && keeps ? { kind: 'nothing' } : saidBy(value)
  }

/**
 * What a change does to what is kept. The last name is kept while nobody has it; whatever else is said of the reference
 * drops it, and so does somebody whom the application has put there itself. Who has appeared since is linked.
 */
export function keptBy(
  keeping: readonly Keeping[],
  said: (reference: Reference) => Said,
  prior: JsonObject,
  held: SideValues,
  idOf: IdOf,
): { readonly aside: readonly SlotValue[]; readonly links: readonly LinkDelta[] } {
  const aside: SlotValue[] = []
  const links: LinkDelta[] = []
  for (const one of keeping) {
    const { reference, slot } = one
    const before = heldAside(one, held)
    const now = said(reference)
    let after: string | undefined
    if (now.kind === 'name') after = idOf(reference, now.name) === undefined ? now.name : undefined
    if (now.kind === 'nothing' && before !== undefined) {
      const id: ScimId | undefined = idOf(reference, before)
      const isTaken = topLevelValue(prior, reference.of) !== undefined
      if (id === undefined && !isTaken) after = before
      if (id !== undefined && !isTaken) links.push({ reference, only: true, add: [id], remove: [] })
    }
    if (after !== before) aside.push({ slot, value: after ?? null })
  }
  return { aside, links }
}
