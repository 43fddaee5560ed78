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
  // what a client cannot write is no difference, and neither is another spelling of what a row shows already
  const visible = { ...carrier, leaves: carrier.leaves.filter((leaf) => leaf.access !== 'readOnly') }
  const wanted = distinct(
    values.map((value): Wanted => {
      const element = withDefaults(carrier, value)
      const seen = decodeRow(visible, encodeRow(carrier, element)) ?? element
      return { element, seen, key: valueKey(seen) }
    }),
  )
  const shown = held.flatMap((row) => {
    const seen = decodeRow(visible, row)
    return seen === undefined ? [] : [{ row, seen, key: valueKey(seen) }]
  })
  // a list may be as long as a body allows, so nothing here looks at all of one side for each of the other
  const shownKeys = new Set(shown.map((s) => s.key))
  const wantedKeys = new Set(wanted.map((w) => w.key))
  let missing = wanted.filter((w) => !shownKeys.has(w.key))
  let surplus = shown.filter((s) => !wantedKeys.has(s.key))
  const change: { from: NativeRow; to: NativeRow }[] = []
  for (const by of ['value', 'type'] as const) {
    const alike = Map.groupBy(surplus, (s) => partKey(s.seen, by))
    const settled = new Set<unknown>()
    for (const [key, [one, ...rivals]] of Map.groupBy(missing, (w) => partKey(w.seen, by))) {
      const [old, ...others] = alike.get(key) ?? []
      if (key === undefined || one === undefined || old === undefined) continue
      if (rivals.length > 0 || others.length > 0) continue
      change.push({ from: old.row, to: encodeRow(carrier, one.element, old.row) })
      settled.add(one).add(old)
    }
    missing = missing.filter((w) => !settled.has(w))
    surplus = surplus.filter((s) => !settled.has(s))
  }
  if (missing.length + surplus.length + change.length === 0) return undefined
  return {
    rows: carrier.rows,
    add: missing.map((w) => encodeRow(carrier, w.element)),
    remove: surplus.map((s) => s.row),
    change,
  }
}

/** An element that a client wants: as it was said, and as it will be seen. */
interface Wanted {
  readonly element: Json
  readonly seen: Json
  readonly key: string
}

const distinct = (all: readonly Wanted[]): readonly Wanted[] => [...new Map(all.map((w) => [w.key, w])).values()]

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
