import type { Dialect } from './dialect.ts'
import type { Expression, Param } from './expression.ts'
import { bind, isUnknown } from './expression.ts'

type Key = readonly Param[]

/** Keys as JSON text: one parameter, however many there are. */
function param(keys: readonly Key[]): Param {
  if (keys.some((key) => key.some(isUnknown))) return { unknown: 'keys of the page' }
  const one = (value: Param): string =>
    typeof value === 'bigint'
      ? String(value)
      : JSON.stringify(value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)
  return `[${keys.map((key) => (key.length === 1 ? one(key[0] ?? null) : `[${key.map(one).join(',')}]`)).join(',')}]`
}

/** Many keys as a table, so that neither the text nor the number of parameters grows with them. */
export const keysTable = (
  dialect: Dialect,
  keys: readonly Key[],
  width: number,
  alias: string,
): { readonly from: Expression; readonly ordinal: Expression; readonly values: readonly Expression[] } =>
  dialect.keys(
    bind(param(keys)),
    alias,
    // which parts are bytes, as the first key shows
    Array.from({ length: width }, (_, i) => keys[0]?.[i] instanceof Uint8Array),
  )
