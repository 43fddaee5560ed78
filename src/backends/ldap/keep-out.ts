import type { ResourceMapping } from '../../mapping/catalog.ts'
import { decodeRecord } from '../../mapping/decode.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import type { Slot } from '../../mapping/slot.ts'
import { scimId } from '../../base/brand.ts'
import { changesOf } from './deltas.ts'
import type { Directory } from './directory.ts'
import { asking, attributeOf, fieldsOf } from './fields.ts'
import { isPassword, leavesOf } from './leaves.ts'
import { modify } from './modify.ts'
import type { Circumstances, Steps } from './program.ts'
import { entryAt } from './read.ts'

/**
 * Does what sets a password. A server lifts every lock of an account with it, those of an administrator, too
 * (slapo-ppolicy(5), pwdAccountLockedTime): whoever is to be kept out is locked again at once, and then it says so.
 */
export function* keepingOut(
  directory: Directory,
  mapping: ResourceMapping,
  dn: string,
  fields: readonly SlotValue[],
  circumstances: Circumstances,
  act: () => Steps<void>,
): Steps<boolean> {
  const slots = fields.some(({ slot }) => isPassword(mapping, slot)) ? locksOf(mapping) : []
  const asked = asking(directory, slots.map(attributeOf))
  const note = 'whether it is locked, and so to be locked again'
  const before = slots.length === 0 ? undefined : yield* entryAt(dn, asked, note)
  const relock = function* (fields: readonly SlotValue[]): Steps<boolean> {
    if (before === undefined || circumstances.dry || circumstances.assumed !== undefined) return false
    const written = Object.fromEntries(fields.map(({ slot, value }) => [slot.key, value]))
    const values = { ...fieldsOf(slots, before), ...written }
    const wanted = slots.map((slot) => ({ slot, value: values[slot.key] ?? null }))
    if (!isKeptOut(mapping, wanted)) return false
    const after = yield* entryAt(dn, asked, note)
    if (after === undefined) return false
    const changes = changesOf(directory, mapping, after, wanted, {})
    const what = { changes, stamps: [], linked: [], unique: [], guard: undefined, answer: undefined }
    return (yield* modify(directory, mapping, dn, what)).changed
  }
  try {
    yield* act()
  } catch (error) {
    // what was undone of it may have been a password
    yield* relock([])
    throw error
  }
  return yield* relock(fields)
}

/** The attributes that `active` is made of. */
const locksOf = (mapping: ResourceMapping): readonly Slot[] =>
  leavesOf(mapping)
    .filter(({ ref }) => ref.extension === undefined && ref.attribute.name === 'active')
    .flatMap(({ carrier }) =>
      carrier.kind === 'all' ? carrier.parts.map(({ slot }) => slot) : carrier.kind === 'slot' ? [carrier.slot] : [],
    )
    .filter((slot) => attributeOf(slot) !== undefined)

const isKeptOut = (mapping: ResourceMapping, locks: readonly SlotValue[]): boolean => {
  const fields = Object.fromEntries(locks.map(({ slot, value }) => [slot.key, value]))
  return decodeRecord(mapping, { id: scimId(''), fields, rows: {}, links: {} }).active === false
}
