import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/base/json.ts'
import { sameValue, valueKey } from '../../src/scim/value.ts'

const text = fc.constantFrom('', 'a', 'A', 'work', ',', ':', '"', '1', 'true', '{}')
const scalar: fc.Arbitrary<Json> = fc.oneof(text, fc.boolean(), fc.constantFrom(0, 1, 1.5, -1), fc.constant(null))
const element: fc.Arbitrary<Json> = fc.dictionary(fc.constantFrom('value', 'type', 'primary', 'a,b', 'a":1'), scalar, {
  maxKeys: 3,
})
const value = fc.oneof(scalar, element, fc.array(fc.oneof(scalar, element), { maxLength: 3 }))

describe('valueKey', () => {
  it('is the same for two values exactly when they are the same value', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(valueKey(a) === valueKey(b)).toBe(sameValue(a, b))
      }),
      { numRuns: 2000 },
    )
  })

  it.each<readonly [Json | undefined, Json | undefined]>([
    [{ value: 'a', primary: false }, { value: 'a' }],
    [
      { type: 'x', value: 'a' },
      { value: 'a', type: 'x' },
    ],
    [undefined, undefined],
  ])('takes %j for %j', (a, b) => {
    expect([valueKey(a) === valueKey(b), sameValue(a, b)]).toEqual([true, true])
  })
})
