import { absent, oneOf } from './codecs/tests.ts'
import { holds } from './holds.ts'
import type { Predicate } from './predicate.ts'
import type { NativeScalar, Slot } from './slot.ts'

/**
 * What a row of one table must satisfy to be there at all for a client, column by column, and what an insert writes so
 * that it does. A store compares as its columns do: an index serves it, and the application does the same.
 */
export interface Scope {
  readonly where: readonly ColumnTest[]
  readonly create: Readonly<Record<string, NativeScalar>>
}

/** A predicate whose one slot is a column of the row; `holds` has its meaning. */
export interface ColumnTest {
  readonly column: string
  readonly test: Predicate
}

/** A column of the row's own table. */
export const columnSlot = (column: string): Slot => ({
  key: column,
  many: false,
  at: { kind: 'field', table: undefined, field: column },
})

/** Equalities: what selects a row is what a new one gets. */
export const equalTo = (constants: Readonly<Record<string, NativeScalar>>): Scope => ({
  where: Object.entries(constants).map(([column, value]) => ({
    column,
    test: value === null ? absent(columnSlot(column)) : oneOf(columnSlot(column), [value]),
  })),
  create: constants,
})

/** Would a row with this value in the column still be inside, as far as that column tells? */
export const keepsInside = (scope: Scope, column: string, value: NativeScalar): boolean =>
  scope.where.every((one) => one.column !== column || passes(one, value))

export const passes = ({ test }: ColumnTest, value: NativeScalar): boolean =>
  holds(test, {
    id: undefined,
    values: () => (value === null ? [] : [value]),
    rows: () => [],
    linked: () => false,
  })

/** The columns that can hold one value only. */
export const fixedColumns = ({ where }: Scope): readonly string[] =>
  where.flatMap(({ column, test }) => {
    if (test.kind !== 'slot') return []
    const isOne = test.test.op === 'absent' || (test.test.op === 'in' && test.test.values.length === 1)
    return isOne ? [column] : []
  })
