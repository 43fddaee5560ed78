import { BridgeError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import type { Deed, ResourceMapping } from '../mapping/catalog.ts'
import { holds } from '../mapping/holds.ts'
import { leafNamed } from '../mapping/leaf-named.ts'
import type { NativeRecord } from '../mapping/record.ts'
import type { NativeScalar } from '../mapping/slot.ts'
import type { Decision, Want } from './plan.ts'

/** What is read besides, so that it can be told whether a record is protected. */
export function withProtection({ protect }: ResourceMapping, want: Want): Want {
  const more = protect.flatMap((one) => one.slots)
  if (more.length === 0) return want
  return { ...want, slots: [...new Map([...more, ...want.slots].map((slot) => [slot.key, slot])).values()] }
}

/** Refuses what a change would do to a protected record; what repeats what is held does nothing. */
export function refuseProtected(
  mapping: ResourceMapping,
  record: NativeRecord,
  { prior, next }: { readonly prior: JsonObject; readonly next: JsonObject },
  decision: Decision,
): void {
  if (mapping.protect.length === 0) return
  const { fields, rows, links } = decision.write
  const name = leafNamed(mapping, 'userName') === undefined ? 'displayName' : 'userName'
  const isWritten = (leaf: string): boolean => {
    const carrier = leafNamed(mapping, leaf)?.carrier
    return carrier !== undefined && 'slot' in carrier && fields.some(({ slot }) => slot.key === carrier.slot.key)
  }
  const done: readonly (readonly [deed: Deed, what: string, isDone: boolean])[] = [
    ['rename', name, isWritten(name)],
    ['password', 'password', isWritten('password')],
    ['deactivate', 'active', prior['active'] !== next['active'] && next['active'] !== true],
    ['update', mapping.type.name, fields.length + rows.length + links.length > 0 || decision.side !== undefined],
  ]
  for (const [deed, what, isDone] of done) if (isDone) refuse(mapping, record, deed, what)
}

export const refuseDelete = (mapping: ResourceMapping, record: NativeRecord): void =>
  refuse(mapping, record, 'delete', mapping.type.name)

function refuse(mapping: ResourceMapping, record: NativeRecord, deed: Deed, what: string): void {
  const subject = {
    id: record.id,
    values: ({ key }: { readonly key: string }): readonly NativeScalar[] => {
      const value = Object.hasOwn(record.fields, key) ? record.fields[key] : null
      return value === null || value === undefined || Array.isArray(value) ? [] : [value as NativeScalar]
    },
    rows: () => [],
    linked: () => false,
  }
  const found = mapping.protect.find((one) => one.from.has(deed) && holds(one.match, subject))
  if (found !== undefined) throw protectedFrom(deed, what, found.because)
}

const words: Readonly<Record<Deed, string>> = {
  update: 'cannot be changed',
  deactivate: 'cannot be deactivated',
  delete: 'cannot be deleted',
  password: 'cannot get another password',
  rename: 'cannot be renamed',
  leave: 'cannot be taken out of a group',
}

export const protectedFrom = (deed: Deed, what: string, because: string | undefined): BridgeError =>
  new BridgeError('notAllowed', `${what}: this one ${words[deed]}${because === undefined ? '' : `: ${because}`}`)
