import type { AttributeRef } from '../scim/schema.ts'
import type { LeafFile } from './file-attribute.ts'
import { equalities, identifier, identifiers } from './compile-scope.ts'
import type { TypeScope } from './compile-scope.ts'
import { isDirectory, oneSpelling } from './compile-native.ts'
import type { FilePath } from './load.ts'
import type { ListForm, Slot } from './slot.ts'
import { suggest } from './suggest.ts'

/** `column`, or `table.column` of a further table. Within rows every name is a column of the row; a directory has no tables. */
export function fieldPlace(
  scope: TypeScope,
  text: string,
  at: FilePath,
  inRow: boolean,
): { readonly table: string | undefined; readonly field: string } {
  if (isDirectory(scope)) return { table: undefined, field: oneSpelling(scope, identifier(scope, text, at), at) }
  // a table may carry its schema: schema.table.column
  const dot = text.lastIndexOf('.')
  const further = scope.table?.with ?? []
  if (inRow || dot < 0 || scope.table === undefined) return { table: undefined, field: identifier(scope, text, at) }
  const table = text.slice(0, dot)
  const field = identifier(scope, text.slice(dot + 1), at)
  const companion = further.find((one) => one.name === table)
  if (companion !== undefined) return { table: identifier(scope, table, at), field }
  if (table === scope.table.name) return { table: undefined, field }
  scope.report.error(
    at,
    `"${table}" is no table of ${scope.typeName}`,
    suggest(
      table,
      further.map((one) => one.name),
    ) ?? 'add it to table.with',
  )
  return { table: undefined, field }
}

/** The slot of a leaf; undefined when the leaf has none (constants, templates) or a broken one. */
export function compileSlot(
  scope: TypeScope,
  leaf: LeafFile,
  at: FilePath,
  ref: AttributeRef,
  inRow: boolean,
): Slot | undefined {
  const many = leaf.many === true
  if (leaf.store !== undefined) {
    if (inRow) scope.report.error([...at, 'store'], 'a row has no place in the side store')
    return { key: `side:${ref.name}`, many, at: { kind: 'side' } }
  }
  if (leaf.keyValue !== undefined) {
    const { table, foreignKey, keys, value } = leaf.keyValue
    const path = [...at, 'keyValue']
    const place = {
      kind: 'keyValue',
      table: identifier(scope, table, [...path, 'table']),
      foreignKey: identifiers(scope, foreignKey, [...path, 'foreignKey']),
      keys: equalities(scope, keys),
      value: identifier(scope, value, [...path, 'value']),
    } as const
    if (inRow) scope.report.error(path, 'a row cannot hold a key/value table')
    return { key: `${place.table}(${JSON.stringify(place.keys)}).${place.value}`, many, at: place }
  }
  if (leaf.slot === undefined) return undefined
  const path = scope.loaded.substituted([...at, 'slot']).length > 0 ? [...at, 'slot'] : at
  const place = fieldPlace(scope, leaf.slot, path, inRow)
  if (scope.table?.with?.some((one) => one.rowOnly === true && one.name === place.table) === true)
    scope.report.error(path, `${place.table ?? ''} is rowOnly, so nothing of it is an attribute`, 'leave rowOnly out')
  const key = place.table === undefined ? place.field : `${place.table}.${place.field}`
  if (leaf.lookup !== undefined) {
    const { table, key: target, text, onMissing } = leaf.lookup
    const below = [...at, 'lookup']
    const lookup = {
      table: identifier(scope, table, [...below, 'table']),
      key: identifier(scope, target, [...below, 'key']),
      text: identifier(scope, text, [...below, 'text']),
      onMissing: onMissing ?? 'refuse',
    } as const
    return { key: `${key}>${lookup.table}.${lookup.text}`, many, at: { kind: 'lookup', ...place, lookup } }
  }
  const list = listForm(leaf.list)
  if (list !== undefined && !many) scope.report.error([...at, 'list'], 'a list holds several values', 'say many: true')
  if (many && list === undefined && scope.file.backend.kind === 'sql')
    scope.report.error(
      [...at, 'many'],
      'one column holds several values in some form',
      'say list: json or list: { delimited: "," }',
    )
  return { key, many, at: { kind: 'field', ...place, ...(list ? { list } : {}) } }
}

function listForm(said: LeafFile['list']): ListForm | undefined {
  if (said === undefined) return undefined
  return said === 'json' ? { kind: 'json' } : { kind: 'delimited', by: said.delimited }
}
