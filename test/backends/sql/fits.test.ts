import { describe, expect, it } from 'vitest'
import type { Column } from '../../../src/backends/sql/column.ts'
import { tooFine, unfit } from '../../../src/backends/sql/fits.ts'

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
    ['a fraction above', tiny, 128.5, 'beyond'],
    ['a fraction above, as text', tiny, '-1000.5', 'beyond'],
    ['the largest number there is', tiny, 1e300, 'beyond'],
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

describe('what a column would round off', () => {
  it.each([
    ['a third decimal', column({ type: 'numeric', scale: 2 }), 12.345, 'digits behind the point'],
    ['as text', column({ type: 'numeric', scale: 2 }), '12.345', 'digits behind the point'],
    ['a tiny one', column({ type: 'numeric', scale: 2 }), 1e-7, 'digits behind the point'],
    ['half of an integer', column({ type: 'integer', scale: 0 }), 1.5, 'no whole number'],
    ['a part of a second', column({ type: 'time', clock: 0 }), '2026-03-04 05:06:07.100', 'finer'],
    ['microseconds', column({ type: 'time', clock: 3 }), '2026-03-04T05:06:07.1234Z', 'finer'],
    ['a time of day', column({ type: 'time', clock: 'none' }), '2026-03-04T05:06:07Z', 'only the date'],
  ] as const)('%s', (_, facts, value, why) => {
    expect(tooFine(facts, value)).toContain(why)
  })

  it.each([
    ['what fits', column({ type: 'numeric', scale: 2 }), 12.34],
    ['zeros at the end', column({ type: 'numeric', scale: 2 }), '12.34000'],
    ['an integer', column({ type: 'integer', scale: 0 }), 12n],
    ['a large integer', column({ type: 'integer', scale: 0 }), 1e21],
    ['text', column({}), '1.2345'],
    ['whole seconds', column({ type: 'time', clock: 0 }), '2026-03-04 05:06:07.000'],
    ['milliseconds', column({ type: 'time', clock: 3 }), '2026-03-04T05:06:07.123Z'],
    ['midnight', column({ type: 'time', clock: 'none' }), '2026-03-04T00:00:00.000Z'],
    ['a day', column({ type: 'time', clock: 'none' }), '2026-03-04'],
    ['nothing', column({ type: 'time', clock: 'none' }), null],
  ] as const)('but not %s', (_, facts, value) => {
    expect(tooFine(facts, value)).toBeUndefined()
  })
})
