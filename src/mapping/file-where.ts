import { z } from 'zod'
import { block, constant, name } from './file-block.ts'

const tests = {
  above: constant.optional(),
  below: constant.optional(),
  in: z.array(constant).min(1).optional(),
  not: constant.optional(),
  absent: z.boolean().optional(),
}

/** A native value, or tests of it that all hold. */
export const columnTestFile = z.union([constant, block(tests)])

const scopeTest = z.union([constant, block({ ...tests, create: constant.optional().describe('what a create writes') })])
const part = z.record(name, scopeTest)

/** Columns with what they must hold. */
export const whereFile = z.union([part, z.array(part).min(1)])

export type ColumnTestFile = z.output<typeof columnTestFile>
export type ScopeTestFile = z.output<typeof scopeTest>
export type WhereFile = z.output<typeof whereFile>
