import { BridgeError, never } from '../base/errors.ts'
import type { Leaf, ResourceMapping } from '../mapping/catalog.ts'
import type { Predicate } from '../mapping/predicate.ts'
import type { NativeRecord } from '../mapping/record.ts'
import { keepingIn } from '../plan/kept.ts'
import type { SideValues } from '../plan/plan.ts'
import type { SideStore } from '../plan/port.ts'

/** Does anything of this type live in the side store? */
export const usesSide = (mapping: ResourceMapping): boolean => showsSide(mapping) || keepingIn(mapping).length > 0

/** Is anything of it shown to a client? */
export const showsSide = (mapping: ResourceMapping): boolean =>
  mapping.attributes.some(
    (m) =>
      (m.kind === 'single' && m.leaves.some(isAside)) ||
      (m.kind === 'elements' && m.elements.some((element) => element.leaves.some(isAside))),
  )

const isAside = ({ carrier }: Leaf): boolean => carrier.kind === 'slot' && carrier.slot.at.kind === 'side'

/**
 * Replaces every test of a side slot by the ids it selects, so that the backend can combine it with its own tests.
 * More ids than `limit` cannot be joined into a native query: 400 `tooMany`.
 */
export async function resolveSide(
  predicate: Predicate,
  mapping: ResourceMapping,
  side: SideStore,
  limit: number,
): Promise<Predicate> {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return {
        kind: predicate.kind,
        of: await Promise.all(predicate.of.map((p) => resolveSide(p, mapping, side, limit))),
      }
    case 'not':
      return { kind: 'not', of: await resolveSide(predicate.of, mapping, side, limit) }
    case 'slot': {
      if (predicate.slot.at.kind !== 'side') return predicate
      // a record without side values is not in the side store: absence is asked as the opposite of presence
      if (predicate.test.op === 'absent') {
        const present: Predicate = { ...predicate, test: { op: 'sw', value: '', fold: false } }
        return { kind: 'not', of: await resolveSide(present, mapping, side, limit) }
      }
      const ids = await side.find(mapping.type.name, predicate, limit)
      if (ids.length > limit) {
        throw new BridgeError(
          'tooMany',
          `More than ${limit} resources satisfy a condition that the application itself cannot evaluate`,
        )
      }
      return { kind: 'id', ids }
    }
    case 'true':
    case 'false':
    case 'row':
    case 'link':
    case 'id':
      return predicate
    default:
      return never(predicate)
  }
}

export const withSide = (record: NativeRecord, values: SideValues | undefined): NativeRecord =>
  values === undefined ? record : { ...record, fields: { ...record.fields, ...values } }

/** Adds their side values to records, one look-up for each batch. */
export async function* joinSide(
  records: AsyncIterable<NativeRecord>,
  mapping: ResourceMapping,
  side: SideStore,
): AsyncIterable<NativeRecord> {
  const size = 200
  let batch: NativeRecord[] = []
  const flush = async (): Promise<readonly NativeRecord[]> => {
    const values = await side.read(
      mapping.type.name,
      batch.map((record) => record.id),
    )
    return batch.map((record) => withSide(record, values.get(record.id)))
  }
  for await (const record of records) {
    batch.push(record)
    if (batch.length < size) continue
    yield* await flush()
    batch = []
  }
  if (batch.length > 0) yield* await flush()
}
