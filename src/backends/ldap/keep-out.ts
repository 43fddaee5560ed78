import type { ResourceMapping } from '../../mapping/catalog.ts'
import { decodeRecord } from '../../mapping/decode.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import type { Slot } from '../../mapping/slot.ts'
import { scimId } from '../../base/brand.ts'
import { changesOf } from './deltas.ts'
import type { Directory } from './directory.ts'
import { asking, attributeOf, fieldsOf } from './fields.ts'
import { leavesOf } from './leaves.ts'
import { modify } from './modify.ts'
import type { Entry } from './operation.ts'
import { setPasswords } from './passwords.ts'
import type { Circumstances, Steps } from './program.ts'
import { entryAt } from './read.ts'

/**
 * Sets passwords. A server lifts every lock of an account with its password, those of an administrator, too
 * (slapo-ppolicy(5), pwdAccountLockedTime): whoever is to be kept out is locked again at once.
 */
export function* setPasswordsOf(
  directory: Directory,
  mapping: ResourceMapping,
  dn: string,
  passwords: readonly SlotValue[],
  circumstances: Circumstances,
): Steps<void> {
  if (passwords.length === 0) return
  const slots = locksOf(mapping)
  const asked = asking(directory, slots.map(attributeOf))
  const note = 'whether it is locked, and so to be locked again'
  const before = slots.length === 0 ? undefined : yield* entryAt(dn, asked, note)
  const failure = yield* setPasswords(dn, passwords)
  if (failure !== undefined) throw failure
  if (circumstances.dry || circumstances.assumed !== undefined) return
  if (before === undefined || !isKeptOut(mapping, slots, before)) return
  const after = yield* entryAt(dn, asked, note)
  if (after === undefined) return
  const held = fieldsOf(slots, before)
  const fields = slots.map((slot) => ({ slot, value: held[slot.key] ?? null }))
  const changes = changesOf(directory, mapping, after, fields, {})
  yield* modify(directory, mapping, dn, {
    changes,
    stamps: [],
    linked: [],
    unique: [],
    guard: undefined,
    answer: undefined,
  })
}

/** The attributes that `active` is made of. */
const locksOf = (mapping: ResourceMapping): readonly Slot[] =>
  leavesOf(mapping)
    .filter(({ ref }) => ref.extension === undefined && ref.attribute.name === 'active')
    .flatMap(({ carrier }) =>
      carrier.kind === 'all' ? carrier.parts.map(({ slot }) => slot) : carrier.kind === 'slot' ? [carrier.slot] : [],
    )
    .filter((slot) => attributeOf(slot) !== undefined)

const isKeptOut = (mapping: ResourceMapping, slots: readonly Slot[], entry: Entry): boolean =>
  decodeRecord(mapping, { id: scimId(''), fields: fieldsOf(slots, entry), rows: {}, links: {} }).active === false
