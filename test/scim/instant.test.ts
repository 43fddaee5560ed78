import { describe, expect, it } from 'vitest'
import { compareInstants, parseInstant, printInstant } from '../../src/scim/instant.ts'

describe('an instant', () => {
  const same: readonly (readonly [text: string, canonical: string])[] = [
    ['2011-05-13T04:42:34Z', '2011-05-13T04:42:34Z'],
    ['2011-05-13t04:42:34z', '2011-05-13T04:42:34Z'],
    ['2011-05-13T04:42:34', '2011-05-13T04:42:34Z'],
    ['2011-05-13T04:42:34.000Z', '2011-05-13T04:42:34Z'],
    ['2011-05-13T04:42:34.1200Z', '2011-05-13T04:42:34.12Z'],
    ['2011-05-13T04:42:34.123456789Z', '2011-05-13T04:42:34.123456789Z'],
    ['2011-05-13T00:12:34-05:30', '2011-05-13T05:42:34Z'],
    ['2012-02-29T23:59:60Z', '2012-03-01T00:00:00Z'],
    ['2011-05-13T24:00:00Z', '2011-05-14T00:00:00Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['1969-12-31T23:59:59.9Z', '1969-12-31T23:59:59.9Z'],
  ]
  it.each(same)('%s is %s', (text, canonical) => {
    const instant = parseInstant(text)
    expect(instant && printInstant(instant)).toBe(canonical)
  })

  it.each([
    '',
    '2011-05-13',
    '2011-13-01T00:00:00Z',
    '2011-02-29T00:00:00Z',
    '2011-05-13T24:00:01Z',
    '2011-05-13T24:00:00.001Z',
    '2011-05-13T04:60:00Z',
    '2011-05-13T04:42Z',
    '2011-05-13 04:42:34Z',
    '2011-05-13T04:42:34+15:00',
    '9999-12-31T23:59:59-01:00',
    '2011-05-13T04:42:34.Z',
    ' 2011-05-13T04:42:34Z',
  ])('%j is none', (text) => {
    expect(parseInstant(text)).toBeUndefined()
  })

  it('is ordered to the last digit', () => {
    const sorted = [
      '1969-12-31T23:59:59Z',
      '1969-12-31T23:59:59.1Z',
      '1970-01-01T00:00:00Z',
      '2024-01-01T00:00:00Z',
      '2024-01-01T00:00:00.000000001Z',
      '2024-01-01T00:00:00.1Z',
      '2024-01-01T00:00:00.12Z',
      '2024-01-01T00:00:01Z',
    ].map((text) => parseInstant(text)!)
    expect(sorted.toReversed().sort(compareInstants)).toEqual(sorted)
  })
})
