import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isHead, linesOf, readTable, table } from './named-tests.ts'

const root = join(import.meta.dirname, '../..')

describe('docs/conformance.md', () => {
  const lines = readTable()

  it('says of every rule where it stands, how it is met, and which test holds it', () => {
    const short = lines.filter(
      ({ rule, met, tests }) =>
        !/^(?:7642|7643|7644|9865|9110|9944|9967|—)/.test(rule) || met === '' || tests.length === 0,
    )
    expect(short.map(({ at, rule }) => `${at}: ${rule}`)).toEqual([])
    expect(lines.length).toBeGreaterThan(300)
  })

  // that they ran, and passed, is for the end of the run to see
  it('names test files that exist', () => {
    const files = new Set(lines.flatMap(({ tests }) => tests.map(({ file }) => file)))
    expect([...files].filter((file) => !existsSync(join(root, file)))).toEqual([])
  })

  it('has every row with three cells and every test in its form', () => {
    const rows = readFileSync(table, 'utf8')
      .split('\n')
      .map((text, index) => ({ text, at: index + 1 }))
      .filter(({ text }) => text.startsWith('|'))
    for (const { text, at } of rows) {
      expect(text.split(/(?<!\\)\|/).length, `line ${at}`).toBe(5)
      const written = isHead(text) ? 0 : text.split('<br>').length
      expect(linesOf(text).flatMap(({ tests }) => tests).length, `line ${at}`).toBe(written)
    }
  })
})
