import type { ResourceMapping } from './catalog.ts'
import type { Report } from './problem.ts'
import type { FilePath, Loaded } from './load.ts'
import type { MappingFile, TableFile } from './file.ts'
import type { NativeScalar } from './slot.ts'
import { attributeName, isDirectory } from './compile-native.ts'
import type { PathScope } from './mapping-path.ts'
import type { SchemaTable } from './schema-table.ts'

/** What every part of the compiler looks at. */
export interface CompileScope {
  readonly file: MappingFile
  readonly loaded: Loaded
  readonly report: Report
  readonly schemas: SchemaTable
  /** What can be checked only when all types are known. */
  readonly later: ((types: readonly ResourceMapping[]) => void)[]
}

/** The same within one resource type. */
export interface TypeScope extends CompileScope {
  readonly typeName: string
  readonly at: FilePath
  readonly table: TableFile | undefined
  readonly paths: PathScope
  /** How each attribute of a directory is spelled in this type, by its name in lower case. */
  readonly spellings: Map<string, string>
}

/**
 * A native name: `@user` stands for the prefix of the application and `user`. What came from the environment is held to
 * letters, digits and _, since a name cannot be bound as a value can.
 */
export function identifier(scope: CompileScope, text: string, path: FilePath): string {
  if (isDirectory(scope)) return attributeName(scope, text, path)
  const fromOutside = scope.loaded.substituted(path)
  if (fromOutside.some((piece) => !/^[A-Za-z0-9_]*$/.test(piece)))
    scope.report.error(path, 'a name from the environment may hold letters, digits and _ only')
  if (/[\p{Cc}]/u.test(text)) scope.report.error(path, 'a name cannot hold control characters')
  if (!text.startsWith('@')) return text
  const { prefix } = scope.file.backend
  if (prefix === undefined && text.length > 1) {
    scope.report.error(path, `"${text}" needs a prefix`, 'say backend: { prefix: … }')
    return text
  }
  return `${prefix ?? ''}${text.slice(1)}`
}

export const identifiers = (
  scope: CompileScope,
  said: string | readonly string[],
  path: FilePath,
): readonly string[] =>
  typeof said === 'string'
    ? [identifier(scope, said, path)]
    : said.map((one, i) => identifier(scope, one, [...path, i]))

/** Equalities of a table, with the tenant's unless the table says its own. */
export function equalities(
  scope: CompileScope,
  said: Readonly<Record<string, NativeScalar>> | undefined,
): Readonly<Record<string, NativeScalar>> {
  return { ...(scope.file.backend.tenant ?? {}), ...(said ?? {}) }
}
