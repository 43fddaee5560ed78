import { z } from 'zod'
import { block } from './file-block.ts'

/** RFC 7643 section 2.1; `$ref` is the one name that begins with a dollar sign. */
const attributeName = z
  .string()
  .regex(/^(?:\$ref|[A-Za-z][A-Za-z0-9$_-]*)$/, 'an attribute name is a letter, then letters, digits, $, - and _')

const characteristics = {
  name: attributeName,
  multiValued: z.boolean().optional(),
  description: z.string().optional(),
  required: z.boolean().optional(),
  caseExact: z.boolean().optional(),
  mutability: z.enum(['readOnly', 'readWrite', 'immutable', 'writeOnly']).optional(),
  returned: z.enum(['always', 'never', 'default', 'request']).optional(),
  uniqueness: z.enum(['none', 'server', 'global']).optional(),
  canonicalValues: z.array(z.string()).optional(),
  referenceTypes: z.array(z.string()).optional(),
}

const simple = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'binary', 'reference'] as const

/** RFC 7643 section 2.3.8: no complex attribute inside a complex one. */
const subAttribute = block({
  ...characteristics,
  type: z
    .enum(simple, {
      error: ({ input }) =>
        input === 'complex' ? 'a complex attribute has no complex one inside (RFC 7643 section 2.3.8)' : undefined,
    })
    .optional(),
})

const attributeDefinition = block({
  ...characteristics,
  type: z.enum([...simple, 'complex']).optional(),
  subAttributes: z.array(subAttribute).min(1).optional(),
})

/** A schema of the integrator's own, in the form of RFC 7643 section 7. */
export const schemaDefinition = block({
  id: z
    .string()
    .regex(
      /^urn:[a-z0-9][a-z0-9-]*:[^\s/?#]+$/i,
      'the id of a schema is a URN, such as urn:example:scim:schemas:Badge',
    ),
  name: z.string().min(1).optional(),
  description: z.string().optional(),
  attributes: z.array(attributeDefinition).min(1),
})

export type SchemaDefinition = z.output<typeof schemaDefinition>
