import type { Column } from './column.ts'
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
    const column = columnOf(table, name)
    return { name, holds: holdsOf(column, keys[0]?.[i]), column }
  })
  return dialect.keys(bind(param(keys, dialect.keysAs, names)), alias, table, columns)
}

/** What the schema tells is told alike before there are any keys; else the first one shows it. */
function holdsOf(column: Column | undefined, first: Param | undefined): KeyColumn['holds'] {
  const isOpen = first === undefined || isUnknown(first)
  if (first instanceof Uint8Array || (isOpen && column?.type === 'blob')) return 'bytes'
  if (isOpen) return column?.type === 'integer' ? 'number' : 'text'
  return typeof first === 'number' || typeof first === 'bigint' ? 'number' : 'text'
}
