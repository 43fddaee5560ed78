import { z } from 'zod'
import { attributeFile } from './file-attribute.ts'
import { block, constant, constants, name, names } from './file-block.ts'
import { codecFile } from './file-codec.ts'
import { schemaDefinition } from './file-schema.ts'
import { columnTestFile, whereFile } from './file-where.ts'

const generate = z.union([
  z.enum(['uuid', 'uuidUpper']),
  block({ random: z.string().min(1), length: z.int().min(8).max(200).optional() }),
])

/** What is written into a native column: a constant, `now`, a template in braces, a generated value. */
const assigned = z.union([
  constant,
  block({ now: z.string().min(1), zone: z.string().optional() }),
  block({ constant }),
  block({ template: z.string().min(1) }),
  block({ generate }),
  block({ random: z.string().min(1), length: z.int().min(1).max(200).optional() }),
])
const assignments = z.record(name, assigned)

const companion = block({
  name,
  key: names,
  optional: z.boolean().optional(),
  set: block({ create: assignments.optional() }).optional(),
})

const table = block({
  name,
  key: names,
  where: whereFile.optional(),
  set: block({ create: assignments.optional(), write: assignments.optional() }).optional(),
  with: z.array(companion).optional(),
})

const id = z.union([
  names,
  block({ column: names.optional(), prefix: z.string().optional(), generate: generate.optional() }),
])

const onDelete = z.union([
  z.literal('delete'),
  block({ set: assignments, hide: z.union([z.boolean(), z.record(name, columnTestFile)]).optional() }),
])

const resource = block({
  description: z.string().optional(),
  endpoint: z
    .string()
    .regex(/^\/?[A-Za-z][A-Za-z0-9_-]*$/, 'an endpoint is one path segment, such as /Users')
    .optional(),
  schema: z.string().min(1).optional(),
  extensions: z
    .union([z.array(z.string()), z.record(z.string(), block({ required: z.boolean().optional() }))])
    .optional(),
  table: table.optional(),
  /** Where the records of an LDAP directory live. */
  entry: z.looseObject({}).optional(),
  id: id.optional(),
  version: z.union([z.enum(['digest', 'none']), block({ slot: name })]).optional(),
  unique: z.array(z.string()).optional(),
  allow: z
    .array(z.enum(['read', 'create', 'update', 'delete']))
    .min(1)
    .optional(),
  onDelete: onDelete.optional(),
  derived: z
    .record(name, z.union([z.string().min(1), block({ template: z.string().min(1), codec: codecFile.optional() })]))
    .optional()
    .describe('columns made of attributes'),
  attributes: z.record(z.string(), attributeFile),
})

export const mappingFile = block({
  $schema: z.string().optional(),
  version: z.literal(1),
  name: z.string().min(1).optional(),
  profile: z.string().min(1).optional(),
  backend: z.looseObject({ kind: z.string().min(1), prefix: z.string().optional(), tenant: constants.optional() }),
  schemas: z.record(z.string(), z.union([z.string().min(1), schemaDefinition])).optional(),
  resources: z.record(z.string(), resource),
})

export type MappingFile = z.output<typeof mappingFile>
export type ResourceFile = z.output<typeof resource>
export type TableFile = z.output<typeof table>
export type AssignedFile = z.output<typeof assigned>
export type GenerateFile = z.output<typeof generate>

/** The same rules for editors: `# yaml-language-server: $schema=…`. */
export const mappingJsonSchema = (): object => ({
  title: 'scim-bridge mapping file',
  ...z.toJSONSchema(mappingFile, { io: 'input', target: 'draft-7', reused: 'ref' }),
})
