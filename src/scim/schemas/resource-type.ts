import { urn } from '../../base/brand.ts'
import type { Schema } from '../schema.ts'
import { fixed, flag } from './fixed.ts'

/** RFC 7643 sections 6 and 8.7.2; `schemaExtensions` is a list, as the text and every example have it. */
export const resourceTypeSchema: Schema = {
  id: urn('urn:ietf:params:scim:schemas:core:2.0:ResourceType'),
  name: 'ResourceType',
  description: 'A type of resources.',
  attributes: [
    fixed('id', 'Identifier of the resource type: its name.'),
    fixed('name', 'Name of the resource type.', { required: true }),
    fixed('description', 'What the resources are.'),
    fixed('endpoint', 'Where the resources are, below the base URL.', {
      type: 'reference',
      required: true,
      referenceTypes: ['uri'],
    }),
    fixed('schema', 'URN of the base schema.', { type: 'reference', required: true, referenceTypes: ['uri'] }),
    fixed('schemaExtensions', 'Schemas that add attributes.', {
      type: 'complex',
      multiValued: true,
      required: true,
      subAttributes: [
        fixed('schema', 'URN of the extension.', { type: 'reference', required: true, referenceTypes: ['uri'] }),
        flag('required', 'Whether every resource has the extension.', { required: true }),
      ],
    }),
  ],
}
