import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compileMapping } from '../../src/mapping/compile.ts'

const file = (name: string) => new URL(`../../mappings/${name}`, import.meta.url)

describe('the mappings that are shipped', () => {
  it.each(['demo.yaml', 'conformance-sqlite.yaml'])('%s compiles', (name) => {
    const catalog = compileMapping(readFileSync(file(name), 'utf8'), { file: name, env: {}, readFile: () => '' })
    expect(catalog.types.map((one) => one.type.name)).toEqual(['User', 'Group'])
  })
})
