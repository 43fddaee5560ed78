import { never } from '../../base/errors.ts'
import type { ListForm, NativeScalar, NativeValue } from '../../mapping/slot.ts'

const isScalar = (value: unknown): value is NativeScalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** The values that one column joins. Text that is no list holds none. */
export function decodeList(form: ListForm, native: NativeScalar): readonly NativeScalar[] {
  if (native === null) return []
  switch (form.kind) {
    case 'delimited':
      return String(native)
        .split(form.by)
        .filter((piece) => piece !== '')
    case 'json':
      try {
        const parsed: unknown = JSON.parse(String(native))
        return Array.isArray(parsed) ? parsed.filter(isScalar) : []
      } catch {
        return []
      }
    default:
      return never(form)
  }
}

/** undefined: a value holds the delimiter, so the list has no form. */
export function encodeList(form: ListForm, value: NativeValue): NativeScalar | undefined {
  const values = (Array.isArray(value) ? (value as readonly NativeScalar[]) : [value as NativeScalar]).filter(
    (one) => one !== null,
  )
  if (values.length === 0) return null
  switch (form.kind) {
    case 'delimited': {
      const pieces = values.map(String)
      return pieces.some((piece) => piece.includes(form.by)) ? undefined : pieces.join(form.by)
    }
    case 'json':
      return JSON.stringify(values.map((one) => (typeof one === 'bigint' ? String(one) : one)))
    default:
      return never(form)
  }
}
