import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { compareScalars, holds, satisfies } from '../../src/mapping/holds.ts'
import type { Subject } from '../../src/mapping/holds.ts'
import type { Predicate, SlotTest } from '../../src/mapping/predicate.ts'
import type { NativeScalar } from '../../src/mapping/slot.ts'

const bytes = (...of: readonly number[]) => new Uint8Array(of)

const tests: readonly (readonly [held: readonly NativeScalar[], test: SlotTest, is: boolean])[] = [
  [['Bob'], { op: 'eq', value: 'bob', fold: true }, true],
  [['Bob'], { op: 'eq', value: 'bob', fold: false }, false],
  [['JOSE\u0301'], { op: 'eq', value: 'josé', fold: true }, true],
  [['jose'], { op: 'eq', value: 'josé', fold: true }, false],
  [['a '], { op: 'eq', value: 'a', fold: true }, false],
  [['a', 'B'], { op: 'eq', value: 'b', fold: true }, true],
  [[], { op: 'eq', value: '', fold: true }, false],
  [[''], { op: 'eq', value: '', fold: true }, true],
  [[], { op: 'absent' }, true],
  [[''], { op: 'absent' }, false],
  [['100%'], { op: 'co', value: '%', fold: true }, true],
  [['abc'], { op: 'co', value: '%', fold: true }, false],
  [['abc'], { op: 'sw', value: '_', fold: true }, false],
  [['ABC'], { op: 'ew', value: 'bc', fold: true }, true],
  [['ABC'], { op: 'ew', value: 'bc', fold: false }, false],
  [[10], { op: 'gt', value: 9, fold: false }, true],
  [[10n], { op: 'gt', value: 9, fold: false }, true],
  [[9007199254740993n], { op: 'gt', value: 9007199254740992, fold: false }, true],
  [[true], { op: 'eq', value: 1, fold: false }, true],
  [[0], { op: 'eq', value: false, fold: false }, true],
  [['10'], { op: 'gt', value: '9', fold: false }, false],
  [['\u{1f600}'], { op: 'gt', value: '\uffff', fold: false }, true],
  [['a'], { op: 'in', values: ['A', 'a'] }, true],
  [['A'], { op: 'in', values: ['a'] }, false],
  [['a'], { op: 'in', values: [] }, false],
  [['null'], { op: 'in', values: [null] }, false],
  [[514], { op: 'bits', mask: 2, equals: 2 }, true],
  [[512], { op: 'bits', mask: 2, equals: 0 }, true],
  [['514'], { op: 'bits', mask: 2, equals: 2 }, true],
  [[-2147483646], { op: 'bits', mask: 2147483648, equals: 2147483648 }, true],
  [['x'], { op: 'bits', mask: 2, equals: 0 }, false],
  [[], { op: 'bits', mask: 2, equals: 0 }, false],
  [[bytes(1, 2)], { op: 'eq', value: bytes(1, 2), fold: false }, true],
  [[bytes(1, 2)], { op: 'eq', value: bytes(1, 3), fold: false }, false],
  [[bytes(1, 2)], { op: 'lt', value: bytes(1, 3), fold: false }, true],
  [[bytes(65)], { op: 'eq', value: 'A', fold: false }, false],
]

const slot = { key: 's', many: false, at: { kind: 'side' } } as const
const of = (values: readonly NativeScalar[]): Subject => ({
  id: undefined,
  values: () => values,
  rows: () => [],
  linked: () => false,
})
const leaf = (test: SlotTest): Predicate => ({ kind: 'slot', slot, test })

describe('the reference predicate', () => {
  for (const [held, test, is] of tests) {
    it(`${is ? 'finds' : 'passes over'} ${inspect(held)} by ${inspect(test)}`, () => {
      expect(satisfies(of(held).values(slot), test)).toBe(is)
    })
  }

  it('is two-valued: what has no value satisfies every negation', () => {
    for (const [, test] of tests) {
      const p = leaf(test)
      expect(holds({ kind: 'not', of: p }, of([])), inspect(test)).toBe(test.op !== 'absent')
    }
  })

  it('takes an empty conjunction for true and an empty disjunction for false', () => {
    expect(holds({ kind: 'and', of: [] }, of([]))).toBe(true)
    expect(holds({ kind: 'or', of: [] }, of([]))).toBe(false)
  })

  it('compares nothing with null or bytes with text', () => {
    expect(compareScalars(null, null)).toBeUndefined()
    expect(compareScalars('a', null)).toBeUndefined()
    expect(compareScalars(bytes(1), 1)).toBeUndefined()
  })
})
