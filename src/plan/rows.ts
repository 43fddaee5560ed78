import type { Json } from '../base/json.ts'
import { isObject } from '../base/json.ts'
import type { AttributeMapping } from '../mapping/catalog.ts'
import { decodeRow } from '../mapping/decode.ts'
import { encodeRow, onCreateValue } from '../mapping/encode.ts'
import type { NativeRow } from '../mapping/record.ts'
import type { RowsDelta } from './plan.ts'
import { valueKey } from '../scim/value.ts'

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
  // a list may be as long as a body allows, so nothing here looks at all of one side for each of the other
  const shownKeys = new Set(shown.map((s) => valueKey(s.element)))
  const wantedKeys = new Set(wanted.map(valueKey))
  let missing = wanted.filter((element) => !shownKeys.has(valueKey(element)))
  let surplus = shown.filter((s) => !wantedKeys.has(valueKey(s.element)))
  const change: { from: NativeRow; to: NativeRow }[] = []
  for (const by of ['value', 'type'] as const) {
    const alike = Map.groupBy(surplus, (s) => partKey(s.element, by))
    const settled = new Set<unknown>()
    for (const [key, [element, ...rivals]] of Map.groupBy(missing, (m) => partKey(m, by))) {
      const [one, ...others] = alike.get(key) ?? []
      if (key === undefined || element === undefined || one === undefined) continue
      if (rivals.length > 0 || others.length > 0) continue
      change.push({ from: one.row, to: encodeRow(carrier, element, one.row) })
      settled.add(element).add(one)
    }
    missing = missing.filter((element) => !settled.has(element))
    surplus = surplus.filter((s) => !settled.has(s))
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

/** A sub-attribute in the form in which it is compared; undefined for an element that has none. */
const partKey = (element: Json, name: 'value' | 'type'): string | undefined =>
  isObject(element) && element[name] !== undefined ? valueKey(element[name]) : undefined
