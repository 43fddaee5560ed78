import { z } from 'zod'
import { assignmentsFile } from './file-assigned.ts'
import { block, name } from './file-block.ts'

const dn = z.string().min(1)

/** Where the entries of a directory are, and what a new one looks like. */
export const entryFile = block({
  base: dn.describe('every entry lies below this DN'),
  scope: z.enum(['one', 'sub']).optional().describe('the children of the base, or everything below it'),
  filter: z.string().min(1).optional().describe('RFC 4515; what an entry must satisfy to be there'),
  objectClasses: z.array(name).min(1).describe('what a new entry gets, and what an entry must have to be there'),
  rdn: z.string().min(1).describe('uid={userName}'),
  emptyGroup: z
    .union([z.enum(['refuse', 'placeholder']), block({ placeholder: dn })])
    .optional()
    .describe('what becomes of a group whose last member leaves, where its class demands one'),
  set: block({ create: assignmentsFile.optional(), write: assignmentsFile.optional() }).optional(),
})

export type EntryFile = z.output<typeof entryFile>
