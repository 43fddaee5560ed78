import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Catalog } from '../../src/mapping/catalog.ts'
import { compileMapping } from '../../src/mapping/compile.ts'

/** The kit's mapping over a database server, which brings a schema of its own for it. */
export const kitCatalogOn = (dialect: string, url: string): Catalog => {
  const section = `backend: { kind: sql, dialect: ${dialect}, url: '\${KIT_URL}' }`
  const text = readFileSync(resolve(import.meta.dirname, 'kit.yaml'), 'utf8').replace(/^backend:.*$/m, () => section)
  return compileMapping(text, {
    file: 'kit.yaml',
    env: { KIT_URL: url },
    readFile: (path) => readFileSync(path, 'utf8'),
  })
}

/** The kit's mapping; `file` is where a SQL backend keeps its database. */
export const kitCatalog = (file = ':memory:'): Catalog =>
  compileMapping(readFileSync(resolve(import.meta.dirname, 'kit.yaml'), 'utf8'), {
    file: 'kit.yaml',
    env: { KIT_DATABASE: file },
    readFile: (path) => readFileSync(path, 'utf8'),
  })

/** The kit's mapping over a directory that holds the schema of kit.ldif and the entries of kit-entries.ldif. */
export const kitCatalogIn = (env: Readonly<Record<string, string>>): Catalog =>
  compileMapping(readFileSync(resolve(import.meta.dirname, 'kit-ldap.yaml'), 'utf8'), {
    file: 'kit-ldap.yaml',
    env,
    readFile: (path) => readFileSync(path, 'utf8'),
  })
