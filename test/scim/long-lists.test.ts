import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BridgeError } from '../../src/base/errors.ts'
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

const dialect = new Set(['removeByValueList'] as const)

const after = (held: readonly Json[], operations: readonly Json[]): Json | undefined => {
  const before = { userName: 'x', ...(held.length > 0 && { emails: held }) }
  const body = { schemas: [messages.patchOp], Operations: operations }
  return applyPatch(before, parsePatch(body, userType, dialect), userType)['emails']
}

const refusal = (run: () => unknown): BridgeError => {
  try {
    run()
  } catch (error) {
    if (error instanceof BridgeError) return error
    throw error
  }
  throw new Error('nothing was refused')
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

  it('loses what another list names in no time that grows with its square', () => {
    const list = Array.from({ length: 15_000 }, (_, i) => ({ value: `${i}@x.org`, type: 'work' }))
    const victims = list
      .slice(1)
      .map(({ value }, i) => (i % 2 ? { value } : { value: value.toUpperCase(), type: 'WORK' }))
    const start = performance.now()
    expect(after(list, [{ op: 'remove', path: 'emails', value: victims }])).toEqual([list[0]])
    expect(performance.now() - start).toBeLessThan(2000)
  })

  it.each<[string, (i: number) => Json]>([
    ['additions', (i) => ({ op: 'add', path: 'emails', value: [{ value: `new${i}@x.org` }] })],
    ['removals', (i) => ({ op: 'remove', path: `emails[value eq "${i}@x.org"]` })],
    ['replacements', (i) => ({ op: 'replace', path: `emails[value eq "${i}@x.org"].display`, value: 'x' })],
    ['rewrites', (i) => ({ op: 'replace', path: 'emails.display', value: `x${i}` })],
    ['value lists', (i) => ({ op: 'remove', path: 'emails', value: [{ value: `${i}@x.org` }] })],
  ])('is gone through a limited number of times: %s', (_, operation) => {
    const list = Array.from({ length: 5_000 }, (_, i) => ({ value: `${i}@x.org`, type: 'work' }))
    const many = (length: number): Json[] => Array.from({ length }, (_, i) => operation(i))
    expect(after(list, many(20))).toBeInstanceOf(Array)
    const start = performance.now()
    expect(refusal(() => after(list, many(1000)))).toMatchObject({ reason: 'payloadTooLarge' })
    expect(performance.now() - start).toBeLessThan(2000)
  })

  it('takes as many operations as it is told, before any is read', () => {
    const parse = (length: number): unknown => {
      const Operations = Array.from({ length }, () => ({ op: 'replace', path: 'title', value: 'x' }))
      return parsePatch({ schemas: [messages.patchOp], Operations }, userType, new Set(), undefined, 10)
    }
    expect(parse(10)).toHaveLength(10)
    const error = refusal(() => parse(11))
    expect(error).toMatchObject({ reason: 'payloadTooLarge' })
    expect(error.detail).toContain('the limit of 10 operations')
  })
})
