import { z } from 'zod'
import { assignmentsFile, generateFile } from './file-assigned.ts'
import { block, constant, constants, name, names } from './file-block.ts'
import { codecFile } from './file-codec.ts'
import { whereFile } from './file-where.ts'

export const access = z.enum(['readWrite', 'readOnly', 'immutable', 'createOnly', 'writeOnly'])

const list = z.union([z.literal('json'), block({ delimited: z.string().min(1) })])

const lookup = block({
  table: name,
  key: name,
  text: name.describe('the column that holds the text'),
  onMissing: z.enum(['refuse', 'create', 'null']).optional(),
})

const keyValue = block({
  table: name,
  foreignKey: names,
  keys: constants.describe('columns and constants that pick the row'),
  value: name,
})

const rows = block({
  table: name,
  foreignKey: names,
  where: whereFile.optional(),
  key: name.optional().describe('the column that identifies a row'),
})

const through = block({
  table: name,
  from: names,
  to: z.union([names, z.record(name, names)]),
  where: whereFile.optional(),
  set: block({ create: assignmentsFile.optional() }).optional(),
  key: block({ column: name, generate: generateFile }).optional().describe('a key of its own that each new row gets'),
  onRemove: block({ set: assignmentsFile }).optional().describe('a removed row stays and is marked'),
  revive: z.boolean().optional().describe('a removed row comes back instead of a new one'),
  own: whereFile.optional().describe('rows that a client may remove; the others belong to the application'),
})
export type ThroughFile = z.output<typeof through>

/** How `active: { slot, is: 1 }` and the parts of `all` are said. */
const test = {
  slot: name.optional(),
  codec: codecFile.optional(),
  bit: z.union([z.int().positive(), z.string().regex(/^0x[0-9a-fA-F]+$/)]).optional(),
  is: constant.optional().describe('the native value that means true'),
  isNot: constant.optional().describe('the native value written for false'),
}

const part = block({
  ...test,
  onTrue: z.enum(['write', 'keep']).optional(),
  onFalse: z.enum(['write', 'keep']).optional(),
})

/** The words of one leaf. */
const leafWords = {
  ...test,
  constant: constant.optional(),
  access: access.optional(),
  onWrite: z.enum(['refuse', 'discard']).optional().describe('what becomes of a change that is not possible'),
  default: constant.optional().describe('written on create when the request gives nothing; {path} is filled in'),
  many: z.boolean().optional(),
  list: list.optional(),
  lookup: lookup.optional(),
  keyValue: keyValue.optional(),
  store: z.literal('side').optional(),
  container: z
    .record(z.string().min(1), constant)
    .optional()
    .describe('DN of a container: what it means that an entry lies there'),
  all: z.array(part).min(1).optional(),
  template: z.string().min(1).optional(),
  lossy: z.literal('accepted').optional(),
  mirror: z.boolean().optional(),
  copies: z
    .array(block({ slot: name, codec: codecFile.optional() }))
    .min(1)
    .optional()
    .describe('columns written with this one and never read'),
}

export const leafBlock = block(leafWords)
const leaf = z.union([name, leafBlock])

/** The words of a whole attribute; further keys are sub-attributes of `rows`, checked against the schema. */
export const attributeWords = {
  ...leafWords,
  returned: z.enum(['default', 'request']).optional(),
  onOmit: z.literal('keep').optional().describe('a PUT that leaves it out leaves it as it is'),
  rows: rows.optional(),
  reference: z.union([name, z.array(name).min(1)]).optional(),
  through: z.union([name, through]).optional(),
  from: names.optional(),
  to: z.union([names, z.record(name, names)]).optional(),
  where: whereFile.optional(),
  foreignKey: name.optional().describe('a column on the target that holds our key'),
  by: name.optional().describe('the column of the target that the slot holds instead of its key, or of its DN'),
  reverse: name.optional(),
  nested: z.boolean().optional(),
  size: z.enum(['small', 'large']).optional(),
  match: z
    .array(name)
    .min(1)
    .optional()
    .describe('by what a client may name whom it means, in the order in which it is tried: id, userName, emails.value'),
  onUnknown: z.enum(['refuse', 'ignore', 'keep']).optional().describe('what becomes of a value that nobody has'),
}

export const attributeFile = z.union([name, z.object(attributeWords).catchall(leaf)])

export type LeafFile = z.output<typeof leafBlock>
export type AttributeBlock = z.output<typeof leafBlock> & {
  readonly [K in Exclude<keyof typeof attributeWords, keyof typeof leafWords>]?: z.output<(typeof attributeWords)[K]>
}
