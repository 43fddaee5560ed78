import { z } from 'zod'
import { block, constant, name } from './file-block.ts'
import { columnTestFile } from './file-where.ts'

const part = z.record(name, z.union([columnTestFile, z.array(constant).min(1)]))

const protectionFile = block({
  match: z.union([part, z.array(part).min(1)]).describe('which records: any of these, by native columns'),
  from: z.array(z.enum(['update', 'deactivate', 'delete', 'password', 'rename', 'leave'])).min(1),
  because: z.string().min(1).optional().describe('the reason that a client is given'),
})
export const protectFile = z.union([protectionFile, z.array(protectionFile).min(1)])

export type ProtectionFile = z.output<typeof protectionFile>
