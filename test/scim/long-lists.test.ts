import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/base/json.ts'
import { messages } from '../../src/scim/messages.ts'
import { applyPatch } from '../../src/scim/patch-apply.ts'
import { parsePatch } from '../../src/scim/patch-parse.ts'
import { valueKey } from '../../src/scim/value.ts'
import { userType } from './types.ts'

const email = fc.record(
  {
    value: fc.constantFrom('a@x.org', 'b@x.org', 'A@x.org', 'c@x.org'),
    type: fc.constantFrom('work', 'home'),
    display: fc.constantFrom('one', 'two'),
  },
  { requiredKeys: ['value'] },
)

// a list that says the same thing twice is read as saying it once
const listed = (minLength: number, maxLength: number): fc.Arbitrary<Json[]> =>
  fc.uniqueArray(email as fc.Arbitrary<Json>, { minLength, maxLength, selector: (one) => valueKey(one) })

const after = (held: readonly Json[], operations: readonly Json[]): Json | undefined => {
  const before = { userName: 'x', ...(held.length > 0 && { emails: held }) }
  const body = { schemas: [messages.patchOp], Operations: operations }
  return applyPatch(before, parsePatch(body, userType, new Set()), userType)['emails']
}

describe('a long list', () => {
  it('is added in one operation as it is in many', () => {
    fc.assert(
      fc.property(listed(0, 4), listed(8, 20), (held, given) => {
        const one = after(held, [{ op: 'add', path: 'emails', value: given }])
        const many = after(
          held,
          given.map((value) => ({ op: 'add', path: 'emails', value: [value] })),
        )
        expect(one).toEqual(many)
      }),
      { numRuns: 500 },
    )
  })

  it('takes no time that grows with its square', () => {
    const list = Array.from({ length: 15_000 }, (_, i) => ({ value: `${i}@x.org`, type: 'work' }))
    const start = performance.now()
    expect(after([], [{ op: 'add', path: 'emails', value: list }])).toHaveLength(15_000)
    expect(after(list, [{ op: 'add', path: 'emails', value: list }])).toHaveLength(15_000)
    expect(after(list, [{ op: 'replace', path: 'emails', value: list }])).toHaveLength(15_000)
    expect(performance.now() - start).toBeLessThan(3000)
  })
})
