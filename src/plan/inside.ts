import { BridgeError } from '../base/errors.ts'
import type { Leaf, ResourceMapping } from '../mapping/catalog.ts'
import type { SlotValue } from '../mapping/encode.ts'
import { leavesOf } from '../mapping/leaves.ts'
import { keepsInside } from '../mapping/scope.ts'
import type { NativeScalar } from '../mapping/slot.ts'
import type { RowsDelta } from './plan.ts'

/** A write that would put a record, or a row of one, where no client could see it any more is refused. */
export function refuseOutside(
  mapping: ResourceMapping,
  fields: readonly SlotValue[],
  rows: readonly RowsDelta[],
): void {
  const scope = mapping.table?.where
  for (const { slot, value } of fields) {
    if (scope === undefined || slot.at.kind !== 'field' || slot.at.table !== undefined || Array.isArray(value)) continue
    if (!keepsInside(scope, slot.at.field, value as NativeScalar)) throw outside(mapping, slot.key)
  }
  for (const { rows: source, add, change } of rows)
    for (const row of [...add, ...change.map((one) => one.to)])
      for (const [key, value] of Object.entries(row.fields))
        if (!keepsInside(source.where, key, value)) throw outside(mapping, key, source.key)
}

function outside(mapping: ResourceMapping, key: string, rows?: string): BridgeError {
  const leaves = mapping.attributes.flatMap((one): readonly Leaf[] => {
    if (one.kind === 'rows') return one.rows.key === rows ? one.leaves : []
    if (rows !== undefined || one.kind === 'reference') return []
    return leavesOf(one)
  })
  const named = leaves.find(({ carrier }) => 'slot' in carrier && carrier.slot.key === key)
  return new BridgeError(
    'invalidValue',
    `${named?.ref.name ?? mapping.type.name}: with this value it would lie outside of what is offered here`,
  )
}
