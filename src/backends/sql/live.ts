import { BridgeError } from '../../base/errors.ts'
import type { Catalog } from '../../mapping/catalog.ts'
import { nearest } from '../../scim/nearest.ts'
import type { Column, LiveSchema } from './column.ts'
import { isTable } from './database.ts'
import { demands } from './demands.ts'

export const columnIn =
  (schema: LiveSchema) =>
  (table: string, column: string): Column | undefined => {
    const live = schema.get(table.toLowerCase())
    const same = (name: string): boolean =>
      live?.exactNames === true ? name === column : name.toLowerCase() === column.toLowerCase()
    return live?.columns.find((one) => same(one.name))
  }

/** The columns that a unique index or a rule speaks of, by its name. */
export const constrainedIn =
  (schema: LiveSchema) =>
  (table: string | undefined, constraint: string): readonly string[] => {
    for (const live of schema.values()) {
      if (table !== undefined && !isTable(live.name, table)) continue
      const named = [...live.indexes, ...(live.constraints ?? [])].find((one) => one.name === constraint)
      // an expression names its columns somewhere
      if (named !== undefined)
        return live.columns
          .map((column) => column.name)
          .filter((name) => named.columns.some((one) => one === name || one.split(/[^\p{L}\p{N}_$]+/u).includes(name)))
    }
    return []
  }

/** Compares the mapping with what is there; every problem is told at once. `mustUndo`: what is written must be undoable. */
export function checkSchema(catalog: Catalog, schema: LiveSchema, mustUndo: boolean): readonly string[] {
  const problems = new Set<string>()
  const guess = (name: string, among: readonly string[]): string => {
    const near = nearest(name, among)
    return near === undefined ? '' : `; did you mean ${near}?`
  }
  for (const { type, table, columns, written } of demands(catalog)) {
    const live = schema.get(table.toLowerCase())
    if (live === undefined) {
      problems.add(`${type}: there is no table ${table}${guess(table, [...schema.keys()])}`)
      continue
    }
    const names = live.columns.map((column) => column.name)
    for (const name of columns)
      if (columnIn(schema)(table, name) === undefined)
        problems.add(`${type}: table ${table} has no column ${name}${guess(name, names)}`)
    if (written === undefined) continue
    if (mustUndo && !live.transactional)
      problems.add(
        `${type}: table ${table} has no transactions, so a write that fails half-way would leave a half; say nonTransactional: accepted in backend, or allow: [read]`,
      )
    for (const { name, needed } of live.columns)
      if (needed && ![...written].some((one) => one.toLowerCase() === name.toLowerCase()))
        problems.add(`${type}: a create gives no value for ${table}.${name}, which is NOT NULL and has no default`)
  }
  return [...problems]
}

export function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return
  throw new BridgeError(
    'invalidMapping',
    `the mapping does not fit the database:\n${problems.map((one) => `- ${one}`).join('\n')}`,
  )
}
