import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IdRule } from '../../src/mapping/catalog.ts'
import { idOf, keyOf } from '../../src/mapping/id.ts'

const rule = (prefix: string, ...fields: readonly string[]): IdRule => ({ prefix, fields, generate: undefined })
const one = rule('', 'id')
const two = rule('', 'a', 'b')

describe('idOf', () => {
  const cases: readonly (readonly [IdRule, readonly (string | number | bigint | Uint8Array)[], string])[] = [
    [one, [7], '7'],
    [one, [9007199254740993n], '9007199254740993'],
    [rule('role-', 'id'), [7], 'role-7'],
    [one, ['a.b'], 'a.b'],
    [one, ['a~b'], 'a~0b'],
    [one, [''], '~3'],
    [one, ['.'], '~1'],
    [one, ['..'], '~1~1'],
    [one, ['xbulkIdx'], 'xbulk~2Idx'],
    [one, [new Uint8Array([0, 255])], '00ff'],
    [two, [1, 'x.y'], '1.x~1y'],
    [two, ['', ''], '~3.~3'],
  ]
  it.each(cases)('%s %s is %s', (r, values, id) => {
    expect(idOf(r, values)).toBe(id)
    const text = values.map((v) => (v instanceof Uint8Array ? Buffer.from(v).toString('hex') : String(v)))
    expect(keyOf(r, id)).toEqual(text)
  })

  it('gives each key an id of its own, and back', () => {
    const part = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom('.', '~', '~1', 'bulkId', 'bulk~2Id', 'bulk', 'Id', ''),
    )
    fc.assert(
      fc.property(
        fc.constantFrom('', 'role-', 'r.'),
        fc.array(part, { minLength: 1, maxLength: 3 }),
        (prefix, parts) => {
          const r = rule(prefix, ...parts.map((_, i) => `f${i}`))
          const id = idOf(r, parts)
          expect(keyOf(r, id)).toEqual(parts)
          expect(id).not.toContain('bulkId')
          expect(['', '.', '..']).not.toContain(id)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('keyOf', () => {
  it.each([
    [rule('role-', 'id'), '7'],
    [rule('role-', 'id'), 'ROLE-7'],
    [one, ''],
    [one, '~'],
    [one, '~9'],
    [one, 'a~2b~'],
    [one, '~1'.repeat(3)],
    [two, '1'],
    [two, '1.2.3'],
    [two, '.'],
  ])('%j knows no %j', (r, id) => {
    expect(keyOf(r, id)).toBeUndefined()
  })

  it('takes what it is given once: no second spelling of an id', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        const key = keyOf(two, id)
        if (key !== undefined) expect(idOf(two, key)).toBe(id)
      }),
    )
  })
})

it('refuses a record without key', () => {
  expect(() => idOf(one, [null])).toThrow('a record has no key')
})
