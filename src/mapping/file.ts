import { z } from 'zod'
import { assignmentsFile, generateFile } from './file-assigned.ts'
import { attributeFile } from './file-attribute.ts'
import { block, constants, name, names } from './file-block.ts'
import { codecFile } from './file-codec.ts'
import { entryFile } from './file-entry.ts'
import { protectFile } from './file-protect.ts'
import { schemaDefinition } from './file-schema.ts'
import { upstreamFile } from './file-upstream.ts'
import { columnTestFile, whereFile } from './file-where.ts'

const companion = block({
  name,
  key: names,
  make: z.enum(['first', 'after']).optional().describe('before or after the main row'),
  optional: z.boolean().optional(),
  rowOnly: z.boolean().optional().describe('made and deleted with the record, and never read'),
  set: block({ create: assignmentsFile.optional(), write: assignmentsFile.optional() }).optional(),
})

const table = block({
  name,
  key: names,
  where: whereFile.optional(),
  set: block({ create: assignmentsFile.optional(), write: assignmentsFile.optional() }).optional(),
  with: z.array(companion).optional(),
})

const id = z.union([
  names,
  block({
    column: names.optional(),
    attribute: name.optional().describe('the same in a directory; entryUUID when left out'),
    prefix: z.string().optional(),
    generate: generateFile.optional(),
  }),
])

const onDelete = z.union([
  z.literal('delete'),
  block({
    leave: z.literal('all').optional().describe('nothing points at the record any more'),
    set: assignmentsFile,
    hide: z.union([z.boolean(), z.record(name, columnTestFile)]).optional(),
  }),
])

const endpoint = z
  .string()
  .regex(/^\/?[A-Za-z][A-Za-z0-9_-]*$/, 'an endpoint is one path segment, such as /Users')
  .optional()

const resource = block({
  description: z.string().optional(),
  endpoint,
  schema: z.string().min(1).optional(),
  extensions: z
    .union([z.array(z.string()), z.record(z.string(), block({ required: z.boolean().optional() }))])
    .optional(),
  table: table.optional(),
  entry: entryFile.optional(),
  id: id.optional(),
  version: z.union([z.enum(['digest', 'none']), block({ slot: name })]).optional(),
  unique: z.array(z.string()).optional(),
  allow: z
    .array(z.enum(['read', 'create', 'update', 'delete', 'members']))
    .min(1)
    .optional(),
  because: z.string().min(1).optional().describe('why the rest is not allowed, as a client is told'),
  protect: protectFile.optional(),
  onDelete: onDelete.optional(),
  derived: z
    .record(name, z.union([z.string().min(1), block({ template: z.string().min(1), codec: codecFile.optional() })]))
    .optional()
    .describe('columns made of attributes'),
  attributes: z.record(z.string(), attributeFile),
})

/** A resource type that another SCIM service serves. */
const upstreamResource = block({
  description: z.string().optional(),
  endpoint,
  schema: z.string().min(1).optional(),
  extensions: z.array(z.string()).optional(),
  upstream: upstreamFile,
})

export const mappingFile = block({
  $schema: z.string().optional(),
  version: z.literal(1),
  name: z.string().min(1).optional(),
  profile: z.string().min(1).optional(),
  backend: z.looseObject({ kind: z.string().min(1), prefix: z.string().optional(), tenant: constants.optional() }),
  schemas: z.record(z.string(), z.union([z.string().min(1), schemaDefinition])).optional(),
  resources: z.record(z.string(), z.union([resource, upstreamResource])),
})

export type WrittenFile = z.output<typeof mappingFile>
export type UpstreamResourceFile = z.output<typeof upstreamResource>
/** The file as far as it maps: without the types that another service serves. */
export type MappingFile = Omit<WrittenFile, 'resources'> & {
  readonly resources: Readonly<Record<string, ResourceFile>>
}
export type ResourceFile = z.output<typeof resource>
export type TableFile = z.output<typeof table>

/** The same rules for editors: `# yaml-language-server: $schema=…`. */
export const mappingJsonSchema = (): object => ({
  title: 'scim-bridge mapping file',
  ...z.toJSONSchema(mappingFile, { io: 'input', target: 'draft-7', reused: 'ref' }),
})
