import type { Json } from '../base/json.ts'
import { isObject } from '../base/json.ts'
import type { AttributeMapping } from '../mapping/catalog.ts'
import { decodeRow } from '../mapping/decode.ts'
import { encodeRow, onCreateValue } from '../mapping/encode.ts'
import type { NativeRow } from '../mapping/record.ts'
import type { RowsDelta } from './plan.ts'
import { sameValue } from '../scim/value.ts'

type RowsMapping = Extract<AttributeMapping, { kind: 'rows' }>

/**
 * What has to happen to child rows so that they show `wanted`. A row that shows a wanted element stays as it is; a row
 * whose value stays but whose type or flag changes, and the only row of a type whose value changes, are changed in
 * place, so that their unmapped columns survive. Rows that show nothing are not ours to touch.
 */
export function rowsDelta(
  carrier: RowsMapping,
  held: readonly NativeRow[],
  values: readonly Json[],
): RowsDelta | undefined {
  const wanted = values.map((element) => withDefaults(carrier, element))
  const shown = held.flatMap((row) => {
    const element = decodeRow(carrier, row)
    return element === undefined ? [] : [{ row, element }]
  })
  let missing = wanted.filter((element) => !shown.some((s) => sameValue(s.element, element)))
  let surplus = shown.filter((s) => !wanted.some((element) => sameValue(s.element, element)))
  const change: { from: NativeRow; to: NativeRow }[] = []
  for (const by of ['value', 'type'] as const) {
    for (const element of missing) {
      const alike = surplus.filter((s) => sameKey(s.element, element, by))
      const rivals = missing.filter((m) => sameKey(m, element, by))
      if (alike.length !== 1 || rivals.length !== 1 || !alike[0]) continue
      const { row } = alike[0]
      change.push({ from: row, to: encodeRow(carrier, element, row) })
      missing = missing.filter((m) => m !== element)
      surplus = surplus.filter((s) => s.row !== row)
    }
  }
  if (missing.length + surplus.length + change.length === 0) return undefined
  return {
    rows: carrier.rows,
    add: missing.map((element) => encodeRow(carrier, element)),
    remove: surplus.map((s) => s.row),
    change,
  }
}

/** A row is made whole by the defaults of its columns, as a record is; the same element then always means the same row. */
function withDefaults(carrier: RowsMapping, element: Json): Json {
  if (!isObject(element)) return element
  const resource = { [carrier.of.attribute.name]: element }
  const missing = carrier.leaves.flatMap((leaf) => {
    const name = leaf.ref.sub?.name
    const value = name === undefined || element[name] !== undefined ? undefined : onCreateValue(leaf, resource)
    return name === undefined || value === undefined ? [] : [[name, value] as const]
  })
  return missing.length === 0 ? element : { ...element, ...Object.fromEntries(missing) }
}

function sameKey(a: Json, b: Json, key: 'value' | 'type'): boolean {
  if (!isObject(a) || !isObject(b)) return false
  return a[key] !== undefined && sameValue(a[key], b[key])
}
