import type { Assignment, Reference, ReferencePlace } from './catalog.ts'
import { identifier, identifiers } from './compile-scope.ts'
import type { TypeScope } from './compile-scope.ts'
import { assignments } from './compile-table.ts'
import { compileTests, compileWhere } from './compile-where.ts'
import type { Entry } from './entry.ts'
import type { ThroughFile } from './file-attribute.ts'
import type { FilePath } from './load.ts'
import { columnSlot, equalTo, passes } from './scope.ts'
import type { ColumnTest, Scope } from './scope.ts'
import { absent, not } from './codecs/tests.ts'
import { suggest } from './suggest.ts'

type Through = Extract<ReferencePlace, { readonly kind: 'through' }>
type Said = { readonly [K in keyof ThroughFile]?: ThroughFile[K] | undefined }

/** A join table; the short form says its columns beside it. */
export function compileThrough(scope: TypeScope, { block, at }: Entry, types: Reference['to']): Through | undefined {
  const short = typeof block.through === 'string'
  const path: FilePath = short ? at : [...at, 'through']
  const said: Said | undefined =
    typeof block.through === 'string'
      ? { table: block.through, from: block.from, to: block.to, where: block.where }
      : block.through
  if (said?.table === undefined || said.from === undefined || said.to === undefined) {
    scope.report.error(path, 'a join table needs from (our key) and to (the key of the target)')
    return undefined
  }
  const table = identifier(scope, said.table, [...path, short ? 'through' : 'table'])
  const from = identifiers(scope, said.from, [...path, 'from'])
  const to = targets(scope, said.to, types, path)
  const where = compileWhere(scope, said.where, [...path, 'where'])
  const own = compileTests(scope, said.own, [...path, 'own'])
  const set = newRow(scope, said, path, table)
  const fixed = [...from, ...Object.values(to).flat(), ...Object.keys(where.create), ...Object.keys(own.create)]
  for (const { slot } of set)
    if (slot.at.kind === 'field' && fixed.includes(slot.at.field))
      scope.report.error([...path, 'set', 'create'], `${slot.at.field} is written already`, 'by from, to, where or own')
  return { kind: 'through', table, from, to, where, own, set, onRemove: removal(scope, said, path, table, where) }
}

function targets(
  scope: TypeScope,
  said: ThroughFile['to'],
  types: readonly string[],
  path: FilePath,
): Readonly<Record<string, readonly string[]>> {
  const to: Record<string, readonly string[]> = {}
  if (typeof said === 'string' || Array.isArray(said)) {
    if (types.length > 1)
      scope.report.error(
        [...path, 'to'],
        'several types need a column each',
        `to: { ${types.map((t) => `${t}: column`).join(', ')} }`,
      )
    for (const type of types) to[type] = identifiers(scope, said as string | string[], [...path, 'to'])
    return to
  }
  const each = said as Readonly<Record<string, string | string[]>>
  for (const [type, columns] of Object.entries(each)) {
    if (types.includes(type)) to[type] = identifiers(scope, columns, [...path, 'to', type])
    else scope.report.error([...path, 'to', type], `"${type}" is not in reference`, suggest(type, types))
  }
  for (const type of types)
    if (!Object.hasOwn(each, type))
      scope.report.error([...path, 'to'], `no column for ${type}`, `to: { ${type}: column }`)
  return to
}

/** What a new row holds besides the two keys. */
function newRow(scope: TypeScope, { key, set }: Said, path: FilePath, table: string): readonly Assignment[] {
  const made = key === undefined ? {} : { [key.column]: { generate: key.generate } }
  return withoutTemplates(
    scope,
    [
      ...assignments(scope, made, [...path, 'key'], table),
      ...assignments(scope, set?.create, [...path, 'set', 'create'], table),
    ],
    [...path, 'set', 'create'],
  )
}

const withoutTemplates = (scope: TypeScope, of: readonly Assignment[], at: FilePath): readonly Assignment[] => {
  if (of.some(({ value }) => value.kind === 'template'))
    scope.report.error(at, 'a row of a join table has no attributes', 'a constant, now or a generated value')
  return of
}

/** `onRemove`: the row stays and is marked, so `where` must not let it through any more. */
function removal(scope: TypeScope, said: Said, path: FilePath, table: string, where: Scope): Through['onRemove'] {
  if (said.onRemove === undefined) {
    if (said.revive !== undefined) scope.report.error([...path, 'revive'], 'revive belongs to onRemove')
    return undefined
  }
  const at = [...path, 'onRemove', 'set']
  const set = withoutTemplates(scope, assignments(scope, said.onRemove.set, at, table), at)
  const marks = set.flatMap(markOf)
  const isGone = marks.some(({ column, left }) =>
    where.where.some((one) => one.column === column && !passes(one, left)),
  )
  if (!isGone)
    scope.report.error(at, 'a row that was removed would still be seen', 'where: must exclude what onRemove writes')
  return { set, marks: marks.map(({ column, test }) => ({ column, test })), revive: said.revive ?? false }
}

/** How a column looks afterwards: a value is known, of a time only that there is one. */
function markOf({
  slot,
  value,
}: Assignment): readonly (ColumnTest & { readonly left: string | number | boolean | null })[] {
  const column = slot.at.kind === 'field' ? slot.at.field : ''
  if (value.kind === 'constant') {
    const [test] = equalTo({ [column]: value.value }).where
    return test === undefined ? [] : [{ ...test, left: value.value as string | number | boolean | null }]
  }
  if (value.kind !== 'now') return []
  const left = value.codec.encode('2026-01-02T03:04:05Z') as string | number
  return [{ column, test: not(absent(columnSlot(column))), left }]
}
