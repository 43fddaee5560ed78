/** A value as explain shows it; what only a run knows stands between marks. */
export function printParam(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'object' && value !== null && 'unknown' in value) return `‹${String(value.unknown)}›`
  return JSON.stringify(value)
}
