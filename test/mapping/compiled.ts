import { compileMapping, tryCompile } from '../../src/mapping/compile.ts'
import type { Catalog, ResourceMapping } from '../../src/mapping/catalog.ts'
import { problemText } from '../../src/mapping/problem.ts'

export const options = (env: Readonly<Record<string, string>> = {}) => ({
  file: 'm.yaml',
  env,
  readFile: () => 'from-file',
})

const indent = (text: string, by: number): string =>
  text
    .replace(/^\n+|\s+$/g, '')
    .split('\n')
    .map((line) => ' '.repeat(by) + line)
    .join('\n')

/** A whole file around the attributes of one User over SQL. `userName` is there already. */
export const userFile = (attributes: string, table = '{ name: person, key: id }', rest = ''): string => `version: 1
backend: { kind: sql, dialect: sqlite }
resources:
  User:
    table: ${table}
    id: id
    onDelete: delete
    attributes:
      userName: login
${indent(attributes, 6)}
${rest}`

export const catalogOf = (text: string, env: Readonly<Record<string, string>> = {}): Catalog =>
  compileMapping(text, options(env))

export function typeOf(catalog: Catalog, name = 'User'): ResourceMapping {
  const found = catalog.types.find((one) => one.type.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

export const userOf = (attributes: string, table?: string): ResourceMapping =>
  typeOf(catalogOf(userFile(attributes, table)))

/** Problems without the name of the file: `line:column: message (hint)`. */
export const problemsOf = (text: string, env: Readonly<Record<string, string>> = {}): readonly string[] =>
  tryCompile(text, options(env)).problems.map((problem) => problemText(problem).replace('m.yaml:', ''))
