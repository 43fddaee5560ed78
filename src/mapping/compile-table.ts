import { isBridgeError } from '../base/errors.ts'
import { attribute } from '../scim/schema.ts'
import type { Assignment, Companion, DeleteRule, Generate, IdRule, TableSource } from './catalog.ts'
import { standardOf } from './codecs/standard.ts'
import { attributeName, isDirectory } from './compile-native.ts'
import { identifier, identifiers } from './compile-scope.ts'
import { isDn } from './dn/containers.ts'
import type { TypeScope } from './compile-scope.ts'
import { fieldPlace } from './compile-slot.ts'
import { compileTemplate, isTemplate } from './compile-template.ts'
import { columnTest, compileWhere } from './compile-where.ts'
import { time } from './codecs/time.ts'
import { absent, allOf, not, oneOf } from './codecs/tests.ts'
import type { ResourceFile, TableFile } from './file.ts'
import type { AssignedFile, GenerateFile } from './file-assigned.ts'
import type { FilePath } from './load.ts'
import type { Predicate } from './predicate.ts'
import type { NativeScalar } from './slot.ts'

const alphabets: Readonly<Record<string, string>> = {
  hex: '0123456789abcdef',
  digits: '0123456789',
  letters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  base62: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
}

export function compileTable(scope: TypeScope, said: TableFile | undefined): TableSource | undefined {
  if (said === undefined) return undefined
  const at = [...scope.at, 'table']
  const key = identifiers(scope, said.key, [...at, 'key'])
  return {
    name: identifier(scope, said.name, [...at, 'name']),
    key,
    where: compileWhere(scope, said.where, [...at, 'where']),
    with: (said.with ?? []).map((one, i): Companion => {
      const path = [...at, 'with', i]
      const columns = identifiers(scope, one.key, [...path, 'key'])
      if (columns.length !== key.length)
        scope.report.error(
          [...path, 'key'],
          `${one.name} needs ${key.length} key column(s), in the order of the main key`,
        )
      const name = identifier(scope, one.name, [...path, 'name'])
      checkCompanion(scope, one, path, key)
      return {
        name,
        key: columns,
        optional: one.optional ?? false,
        first: one.make === 'first',
        rowOnly: one.rowOnly ?? false,
        set: { create: assignments(scope, one.set?.create, [...path, 'set', 'create'], name) },
      }
    }),
  }
}

type CompanionFile = NonNullable<TableFile['with']>[number]

function checkCompanion(scope: TypeScope, said: CompanionFile, at: FilePath, key: readonly string[]): void {
  if (said.make === 'first' && key.length > 1)
    scope.report.error([...at, 'make'], 'a key of several columns is not made by one further table', 'make: after')
  if (said.optional !== true) return
  if (said.make === 'first')
    scope.report.error([...at, 'make'], 'what is made first is there always', 'leave optional out')
  if (said.rowOnly === true)
    scope.report.error([...at, 'rowOnly'], 'no write would ever make this row', 'leave optional out')
  if (said.set?.write !== undefined)
    scope.report.error([...at, 'set', 'write'], 'every write would make this row', 'leave optional out')
}

/** What every write of a record puts into its tables. */
export const writeAssignments = (scope: TypeScope, said: TableFile | undefined): readonly Assignment[] => {
  const at = [...scope.at, 'table']
  return [
    ...assignments(scope, said?.set?.write, [...at, 'set', 'write']),
    ...(said?.with ?? []).flatMap((one, i) =>
      assignments(scope, one.set?.write, [...at, 'with', i, 'set', 'write'], one.name),
    ),
  ]
}

/** Native columns on the left; `table` is the further table that they belong to. */
export function assignments(
  scope: TypeScope,
  said: Readonly<Record<string, AssignedFile>> | undefined,
  at: FilePath,
  table?: string,
): readonly Assignment[] {
  return Object.entries(said ?? {}).flatMap(([column, value]) => {
    const path = [...at, column]
    const place =
      table === undefined ? fieldPlace(scope, column, path, false) : { table, field: identifier(scope, column, path) }
    const key = place.table === undefined ? place.field : `${place.table}.${place.field}`
    const made = assigned(scope, value, path)
    return made ? [{ slot: { key, many: false, at: { kind: 'field', ...place } }, value: made }] : []
  })
}

function assigned(scope: TypeScope, said: AssignedFile, at: FilePath): Assignment['value'] | undefined {
  if (typeof said !== 'object' || said === null) {
    if (said === 'now') return now(scope, standardOf(scope.file.backend.kind).time, undefined, at)
    if (typeof said === 'string' && isTemplate(said))
      return { kind: 'template', template: compileTemplate(scope, said, at) }
    return { kind: 'constant', value: native(scope, said) }
  }
  if ('now' in said) return now(scope, said.now, said.zone, at)
  if ('constant' in said) return { kind: 'constant', value: native(scope, said.constant) }
  if ('template' in said) return { kind: 'template', template: compileTemplate(scope, said.template, at) }
  if ('counter' in said) return counter(scope, said.counter, at)
  return { kind: 'generate', generate: compileGenerate('generate' in said ? said.generate : said) }
}

const native = ({ file }: TypeScope, said: NativeScalar): NativeScalar => standardOf(file.backend.kind).constant(said)

/** The next number that an entry of the directory holds; a new entry takes it, once. */
function counter(
  scope: TypeScope,
  { entry, attribute: name }: { readonly entry: string; readonly attribute: string },
  at: FilePath,
): Assignment['value'] {
  const path = [...at, 'counter']
  if (scope.file.backend.kind === 'sql')
    scope.report.error(path, 'a counter is an entry of a directory', 'a column that the database numbers')
  if (at.at(-2) !== 'create') scope.report.error(path, 'a counter is for a new entry', 'set: { create: … }')
  if (!isDn(entry))
    scope.report.error([...path, 'entry'], `"${entry}" is no DN`, 'cn=uidNext,ou=counters,dc=example,dc=com')
  return { kind: 'counter', entry, attribute: attributeName(scope, name, [...path, 'attribute']) }
}

function now(scope: TypeScope, form: string, zone: string | undefined, at: FilePath): Assignment['value'] | undefined {
  try {
    return { kind: 'now', codec: time(attribute('now', { type: 'dateTime' }), { form, zone }) }
  } catch (error) {
    if (!isBridgeError(error)) throw error
    scope.report.error(at, error.detail)
    return undefined
  }
}

function compileGenerate(said: GenerateFile): Generate {
  if (typeof said === 'string') return { kind: said }
  const alphabet = Object.hasOwn(alphabets, said.random) ? alphabets[said.random] : said.random
  return { kind: 'random', length: said.length ?? 26, alphabet: alphabet ?? said.random }
}

export function compileId(scope: TypeScope, said: ResourceFile['id'], table: TableSource | undefined): IdRule {
  const at = [...scope.at, 'id']
  const block: IdBlock = typeof said === 'string' || Array.isArray(said) ? { column: said } : (said ?? {})
  const columns = block.column === undefined || isDirectory(scope) ? undefined : identifiers(scope, block.column, at)
  const prefix = block.prefix ?? ''
  // an id never holds "bulkId" (RFC 7643 section 3.1), not even where prefix and key meet
  if (/bulk/.test(prefix))
    scope.report.error([...at, 'prefix'], 'a prefix with "bulk" could make an id that SCIM forbids')
  if (!/^[A-Za-z0-9._~-]*$/.test(prefix))
    scope.report.error([...at, 'prefix'], 'a prefix stands in URLs: letters, digits, - . _ ~')
  const generate = block.generate === undefined ? undefined : compileGenerate(block.generate)
  if (isDirectory(scope)) {
    if (generate !== undefined && block.attribute === undefined)
      scope.report.error([...at, 'generate'], 'the server makes entryUUID itself', 'attribute: one that may be written')
    return { prefix, fields: [idAttribute(scope, said)], generate }
  }
  if (block.attribute !== undefined)
    scope.report.error([...at, 'attribute'], 'an attribute belongs to a directory', 'column: …')
  if (columns === undefined && table === undefined && scope.file.backend.kind !== 'memory')
    scope.report.error(at, `nothing says what makes the id of a ${scope.typeName}`, 'id: column')
  const fields = columns ?? table?.key ?? ['id']
  if (generate !== undefined && fields.length > 1)
    scope.report.error([...at, 'generate'], 'one column is generated, not several')
  const byItself = said === undefined && table === undefined
  return { prefix, fields, generate: generate ?? (byItself ? { kind: 'uuid' } : undefined) }
}

type IdBlock = Exclude<ResourceFile['id'], string | readonly string[] | undefined>

/** entryUUID is what a server makes and a rename leaves alone (RFC 4530). */
function idAttribute(scope: TypeScope, said: ResourceFile['id']): string {
  const at = [...scope.at, 'id']
  if (typeof said === 'string') return fieldPlace(scope, said, at, false).field
  if (Array.isArray(said)) scope.report.error(at, 'one attribute makes the id of an entry', 'id: entryUUID')
  const { column, attribute } = Array.isArray(said) ? {} : ((said ?? {}) as IdBlock)
  if (column !== undefined)
    scope.report.error([...at, 'column'], 'a column belongs to a table', `attribute: ${String(column)}`)
  return attribute === undefined ? 'entryUUID' : fieldPlace(scope, attribute, [...at, 'attribute'], false).field
}

export function compileDelete(scope: TypeScope, said: ResourceFile['onDelete']): DeleteRule {
  const at = [...scope.at, 'onDelete']
  if (said === undefined) {
    const { allow } = scope.file.resources[scope.typeName] ?? {}
    // other tables point at the person, so nothing is assumed
    if (scope.file.backend.kind === 'sql' && (allow === undefined || allow.includes('delete')))
      scope.report.error(
        scope.at,
        `nothing says what deleting a ${scope.typeName} does`,
        'onDelete: delete, or onDelete: { set: …, hide: true }, or allow without delete',
      )
    return { kind: 'delete' }
  }
  if (said === 'delete') return { kind: 'delete' }
  const set = assignments(scope, said.set, [...at, 'set'])
  if (set.length === 0) scope.report.error([...at, 'set'], 'a delete that writes nothing deletes nothing')
  const rule = { kind: 'set', set, leave: said.leave === 'all' } as const
  if (said.hide === undefined || said.hide === false) return { ...rule, hide: undefined }
  if (said.hide === true) return { ...rule, hide: allOf(...set.map(marked)) }
  const tests = Object.entries(said.hide).map(([column, value]) => {
    const path = [...at, 'hide', column]
    const place = fieldPlace(scope, column, path, false)
    const key = place.table === undefined ? place.field : `${place.table}.${place.field}`
    return columnTest(scope, { key, many: false, at: { kind: 'field', ...place } }, value, path)
  })
  return { ...rule, hide: allOf(...tests) }
}

/** `hide: true`: the record looks as the delete left it. */
const marked = ({ slot, value }: Assignment): Predicate => {
  if (value.kind !== 'constant') return not(absent(slot))
  return value.value === null ? absent(slot) : oneOf(slot, [value.value])
}
