import { z } from 'zod'
import { block, constant, name } from './file-block.ts'

export const generateFile = z.union([
  z.enum(['uuid', 'uuidUpper']),
  block({ random: z.string().min(1), length: z.int().min(8).max(200).optional() }),
])

/** What is written into a native column: a constant, `now`, a template in braces, a generated value. */
const assigned = z.union([
  constant,
  block({ now: z.string().min(1), zone: z.string().optional() }),
  block({ constant }),
  block({ template: z.string().min(1) }),
  block({ generate: generateFile }),
  block({ random: z.string().min(1), length: z.int().min(1).max(200).optional() }),
  block({ counter: block({ entry: z.string().min(1), attribute: name }) }),
])
export const assignmentsFile = z.record(name, assigned)

export type AssignedFile = z.output<typeof assigned>
export type GenerateFile = z.output<typeof generateFile>
