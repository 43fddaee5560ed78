import { standardOf } from './codecs/standard.ts'
import { absent, allOf, anyOf, not, oneOf, test } from './codecs/tests.ts'
import { identifier } from './compile-scope.ts'
import type { CompileScope } from './compile-scope.ts'
import type { ColumnTestFile, ScopeTestFile, WhereFile } from './file-where.ts'
import type { FilePath } from './load.ts'
import type { Predicate } from './predicate.ts'
import { columnSlot, equalTo, passes } from './scope.ts'
import type { ColumnTest, Scope } from './scope.ts'
import type { NativeScalar, Slot } from './slot.ts'

/** `where:` of a table, with the tenant's equalities for the columns that it does not speak of. */
export function compileWhere(scope: CompileScope, said: WhereFile | undefined, at: FilePath): Scope {
  const own = compileTests(scope, said, at)
  const named = new Set(own.where.map((one) => one.column))
  const tenant = Object.entries(scope.file.backend.tenant ?? {}).filter(([column]) => !named.has(column))
  const fixed = equalTo(Object.fromEntries(tenant))
  return { where: [...fixed.where, ...own.where], create: { ...fixed.create, ...own.create } }
}

/** Columns with what they must hold, and what a create writes into them. */
export function compileTests(scope: CompileScope, said: WhereFile | undefined, at: FilePath): Scope {
  const parts = (Array.isArray(said) ? said : [said ?? {}]).map((part, i) => ({
    part: part as Readonly<Record<string, ScopeTestFile>>,
    path: Array.isArray(said) ? [...at, i] : at,
  }))
  const create = new Map<string, NativeScalar>()
  const where = parts.flatMap(({ part, path }) =>
    Object.entries(part).map(([name, value]): ColumnTest => {
      const column = identifier(scope, name, [...path, name])
      const written = createdBy(value)
      if (written !== undefined) create.set(column, written)
      return { column, test: columnTest(scope, columnSlot(column), value, [...path, name]) }
    }),
  )
  for (const one of where)
    if (create.has(one.column) && !passes(one, create.get(one.column) ?? null))
      scope.report.error(
        at,
        `what a create writes into ${one.column} lies outside of where`,
        'create: a value that the test lets through',
      )
  return { where, create: Object.fromEntries(create) }
}

/** What an insert writes: what is said, else the one value that passes. */
function createdBy(said: ScopeTestFile): NativeScalar | undefined {
  if (typeof said !== 'object' || said === null) return said
  if (said.create !== undefined) return said.create
  if (said.in?.length === 1) return said.in[0]
  return said.absent === true ? null : undefined
}

/** The tests of one column, as `where` and `hide` say them. */
export function columnTest(scope: CompileScope, slot: Slot, said: ColumnTestFile, at: FilePath): Predicate {
  const { constant } = standardOf(scope.file.backend.kind)
  if (typeof said !== 'object' || said === null) return equals(slot, constant(said))
  const tests = [
    ...(said.above === undefined ? [] : [test(slot, { op: 'gt', value: said.above, fold: false })]),
    ...(said.below === undefined ? [] : [test(slot, { op: 'lt', value: said.below, fold: false })]),
    ...(said.in === undefined ? [] : [among(slot, said.in.map(constant))]),
    ...(said.not === undefined ? [] : [not(equals(slot, constant(said.not)))]),
    ...(said.absent === undefined ? [] : [said.absent ? absent(slot) : not(absent(slot))]),
  ]
  if (tests.length === 0) scope.report.error(at, 'nothing is tested', 'above, below, in, not or absent')
  return allOf(...tests)
}

const equals = (slot: Slot, value: NativeScalar): Predicate => (value === null ? absent(slot) : oneOf(slot, [value]))

const among = (slot: Slot, values: readonly NativeScalar[]): Predicate =>
  anyOf(
    oneOf(
      slot,
      values.filter((one) => one !== null),
    ),
    ...(values.includes(null) ? [absent(slot)] : []),
  )
