import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Catalog } from '../../src/mapping/catalog.ts'
import { compileMapping } from '../../src/mapping/compile.ts'

export const kitPath = resolve(import.meta.dirname, 'kit.yaml')
export const kitSql = (): string => readFileSync(resolve(import.meta.dirname, 'kit.sql'), 'utf8')

export const kitCatalog = (): Catalog =>
  compileMapping(readFileSync(kitPath, 'utf8'), {
    file: 'kit.yaml',
    env: {},
    readFile: (path) => readFileSync(path, 'utf8'),
  })
