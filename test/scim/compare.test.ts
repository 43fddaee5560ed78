import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareCodePoints, fold } from '../../src/scim/compare.ts'

describe('fold', () => {
  it.each([
    ['BOB', 'bob'],
    ['É', 'e\u0301'.normalize('NFC')],
    ['E\u0301', 'é'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['οδος', 'οδοσ'],
    ['K', 'k'],
  ])('%j folds as %j', (text, folded) => {
    expect(fold(text)).toBe(folded)
  })

  it('folds a part as it folds in the whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('Σ', 'σ', 'ς', 'a', 'İ', ' ', ':', 'ß', '𐐀') }), (text) => {
        expect(fold(`tel:${text}`)).toBe(`tel:${fold(text)}`)
      }),
    )
  })
})

describe('compareCodePoints', () => {
  it('orders beyond U+FFFF after everything below', () => {
    expect(['\u{10400}', '\uffee', 'a'].sort(compareCodePoints)).toEqual(['a', '\uffee', '\u{10400}'])
  })
})
