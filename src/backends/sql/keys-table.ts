import type { Database } from './database.ts'
import type { KeyColumn, KeysTable } from './dialect.ts'
import type { Param } from './expression.ts'
import { bind, isUnknown } from './expression.ts'

type Key = readonly Param[]

const json = (value: Param, bytesStart: string): string =>
  typeof value === 'bigint'
    ? String(value)
    : JSON.stringify(value instanceof Uint8Array ? bytesStart + Buffer.from(value).toString('hex') : value)

/** Keys as JSON text: one parameter, however many there are. */
function param(keys: readonly Key[], as: 'arrays' | 'objects', names: readonly string[]): Param {
  if (keys.some((key) => key.some(isUnknown))) return { unknown: 'keys of the page' }
  const one = (key: Key): string => {
    if (as === 'objects')
      return `{${names.map((name, i) => `${JSON.stringify(name)}:${json(key[i] ?? null, '\\x')}`).join(',')}}`
    return key.length === 1 ? json(key[0] ?? null, '') : `[${key.map((part) => json(part, '')).join(',')}]`
  }
  return `[${keys.map(one).join(',')}]`
}

/**
 * Many keys as a table, so that neither the text nor the number of parameters grows with them. `names` are columns of
 * `table` that hold such keys.
 */
export function keysTable(
  { dialect, columnOf }: Database,
  keys: readonly Key[],
  table: string,
  names: readonly string[],
  alias: string,
): KeysTable {
  const columns = names.map((name, i): KeyColumn => {
    const first = keys[0]?.[i]
    const isNumber = typeof first === 'number' || typeof first === 'bigint'
    return {
      name,
      holds: first instanceof Uint8Array ? 'bytes' : isNumber ? 'number' : 'text',
      column: columnOf(table, name),
    }
  })
  return dialect.keys(bind(param(keys, dialect.keysAs, names)), alias, table, columns)
}
