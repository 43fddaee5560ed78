import { describe, expect, it } from 'vitest'
import type { Column } from '../../../src/backends/sql/column.ts'
import { unfit } from '../../../src/backends/sql/fits.ts'

const column = (facts: Partial<Column>): Column => ({
  name: 'c',
  type: 'text',
  declared: 'varchar',
  nullable: true,
  needed: false,
  ...facts,
})
const tiny = column({ type: 'integer', range: { least: -128n, most: 127n } })

describe('what a column cannot hold', () => {
  it.each([
    ['NUL', undefined, 'a\0b', 'character'],
    ['a lone surrogate', undefined, 'a\ud800', 'character'],
    ['one character too many', column({ length: 3 }), 'abcd', 'longer than the 3 characters'],
    ['an accent in ascii', column({ charset: 'ascii' }), 'José', 'character'],
    ['Polish in latin1', column({ charset: 'latin1' }), 'Łukasz', 'character'],
    ['an emoji in three bytes', column({ charset: 'utf8mb3' }), 'a😀', 'character'],
    ['a word outside an enumeration', column({ type: 'enum', words: ['A', 'B'] }), 'a', 'none of the values'],
    ['a number above', tiny, 128, 'beyond'],
    ['a number below', tiny, -129n, 'beyond'],
    ['a number as text', tiny, '128', 'beyond'],
  ] as const)('%s', (_, facts, value, why) => {
    expect(unfit(facts, value)).toContain(why)
  })

  it.each([
    ['as many characters as there is room, each of four bytes', column({ length: 2, charset: 'utf8mb4' }), '😀😀'],
    ['the euro in latin1, which is Windows-1252', column({ charset: 'latin1' }), '5 €'],
    ['a character set that is not known here', column({ charset: 'cp1250' }), 'Łukasz'],
    ['the ends of a range', tiny, -128],
    ['nothing', tiny, null],
    ['a column that nobody has looked at', undefined, 'x'.repeat(100_000)],
  ] as const)('but %s', (_, facts, value) => {
    expect(unfit(facts, value)).toBeUndefined()
  })
})
