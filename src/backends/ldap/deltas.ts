import { BridgeError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import { onCreateValue } from '../../mapping/encode.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import type { NativeScalar } from '../../mapping/slot.ts'
import type { Directory } from './directory.ts'
import { attributeOf, orderedValues, wireValue, wireValues } from './fields.ts'
import type { Value } from './filter.ts'
import { mustHave } from './fitting.ts'
import { isSetByOperation, isWriteOnly, leafAt, nameAt } from './leaves.ts'
import { matchKey } from './matching.ts'
import type { Change, Entry } from './operation.ts'
import type { AttributeType } from './schema.ts'

/**
 * What has to change in an entry so that it holds these values. One value goes and another comes, by name: what nobody
 * here has seen stays, and a change that somebody else made meanwhile is found out (noSuchAttribute).
 */
export function changesOf(
  directory: Directory,
  mapping: ResourceMapping,
  held: Entry,
  fields: readonly SlotValue[],
  state: JsonObject,
): readonly Change[] {
  const must = mustHave(directory, mapping)
  return fields.flatMap(({ slot, value }): readonly Change[] => {
    const attribute = attributeOf(slot)
    if (attribute === undefined || isSetByOperation(mapping, slot)) return []
    const type = directory.schema.attribute(attribute)
    const now = orderedValues(held, attribute)
    const wanted = wireValues(value)
    // what cannot be read cannot be named
    if (isWriteOnly(mapping, slot)) return [{ op: 'replace', attribute, values: wanted }]
    if (slot.many) return listChanges(attribute, type, now, readable(mapping, slot, now), wanted)
    const next =
      wanted[0] ?? (now.length < 2 && must.has(attribute.toLowerCase()) ? kept(mapping, slot, state) : undefined)
    const [old, ...others] = now
    // two that find nothing at the same time must not leave two values
    if (old === undefined) return next === undefined ? [] : [{ op: 'replace', attribute, values: [next] }]
    if (next !== undefined && isSame(old, next)) return []
    return exchange(attribute, type, old, next, others)
  })
}

/** A must that is cleared gets what a new entry would get. */
function kept(mapping: ResourceMapping, slot: SlotValue['slot'], state: JsonObject): Value {
  const leaf = leafAt(mapping, slot)
  const value = leaf && onCreateValue(leaf, state)
  const native = leaf?.carrier.kind === 'slot' && value !== undefined ? leaf.carrier.codec.encode(value) : null
  if (native === null)
    throw new BridgeError(
      'invalidValue',
      `${nameAt(mapping, slot)}: the directory demands a value, so it cannot be cleared`,
    )
  return wireValue(native)
}

export const isSame = (a: Value, b: Value): boolean =>
  typeof a === 'string' && typeof b === 'string' ? a === b : Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0

/**
 * The new value comes first, as the old one did: of several the first one is shown, so the others go and come again
 * behind it. Without an equality rule no value can be named, and all of them are written anew (RFC 4511 section 4.6).
 */
function exchange(
  attribute: string,
  type: AttributeType | undefined,
  old: Value,
  next: Value | undefined,
  others: readonly Value[],
): readonly Change[] {
  // the new value may be another spelling of one that stays
  const rest = next === undefined ? others : [next, ...others.filter((one) => keyOf(type, one) !== keyOf(type, next))]
  if (type?.equality === undefined) return [{ op: 'replace', attribute, values: rest }]
  if (next === undefined) return [{ op: 'delete', attribute, values: [old] }]
  return [
    { op: 'delete', attribute, values: [old, ...others] },
    { op: 'add', attribute, values: rest },
  ]
}

function listChanges(
  attribute: string,
  type: AttributeType | undefined,
  now: readonly Value[],
  seen: readonly Value[],
  wanted: readonly Value[],
): readonly Change[] {
  const distinct = [...new Map(wanted.map((value) => [keyOf(type, value), value])).values()]
  const remove = seen.filter((one) => !distinct.some((other) => isSame(one, other)))
  const add = distinct.filter((one) => !now.some((other) => isSame(one, other)))
  if (remove.length + add.length === 0) return []
  if (type?.equality === undefined)
    return [{ op: 'replace', attribute, values: [...now.filter((one) => !remove.includes(one)), ...add] }]
  return [
    ...(remove.length === 0 ? [] : [{ op: 'delete', attribute, values: remove } as const]),
    ...(add.length === 0 ? [] : [{ op: 'add', attribute, values: add } as const]),
  ]
}

const keyOf = (type: AttributeType | undefined, value: Value): string =>
  (type?.equality === undefined ? undefined : matchKey(type.equality, value)) ??
  (typeof value === 'string' ? value : Buffer.from(value).toString('latin1'))

/** Values that a client sees: the others are not its own to remove. */
function readable(mapping: ResourceMapping, slot: SlotValue['slot'], values: readonly Value[]): readonly Value[] {
  const carrier = leafAt(mapping, slot)?.carrier
  if (carrier?.kind !== 'slot') return values
  return values.filter((value) => carrier.codec.decode(value as NativeScalar) !== undefined)
}
