import type { CompileScope } from './compile-scope.ts'
import type { FilePath } from './load.ts'

export const isDirectory = ({ file }: Pick<CompileScope, 'file'>): boolean => file.backend.kind === 'ldap'

/** RFC 4512 section 2.5, and the underscore that older servers take. */
const description = /^(?:[A-Za-z][A-Za-z0-9_-]*|\d+(?:\.\d+)+)(?:;[A-Za-z0-9-]+)*$/

/** An attribute of a directory, with its options: `cn`, `displayName;lang-en`. */
export function attributeName(scope: CompileScope, text: string, path: FilePath): string {
  if (!description.test(text))
    scope.report.error(path, `"${text}" is no attribute of a directory`, 'a name such as displayName;lang-en')
  return text
}

/** Names of attributes have no case (RFC 4512 section 2.5), and values are kept by name: one file spells each in one way. */
export function oneSpelling(
  scope: CompileScope & { readonly spellings: Map<string, string> },
  text: string,
  path: FilePath,
): string {
  const first = scope.spellings.get(text.toLowerCase())
  if (first !== undefined && first !== text)
    scope.report.error(path, `${text} and ${first} are one attribute`, `write ${first}`)
  scope.spellings.set(text.toLowerCase(), first ?? text)
  return text
}
