import { attribute } from '../schema.ts'
import type { Attribute } from '../schema.ts'

/** RFC 7643 section 3: every resource says by which schemas it is to be read. */
const schemas = attribute('schemas', {
  type: 'reference',
  multiValued: true,
  description: 'URNs of the schemas whose attributes the resource holds.',
  required: true,
  returned: 'always',
  referenceTypes: ['uri'],
})

/** RFC 7643 section 3.1: issued by the service provider, stable, unique among all resources, never reassigned. */
const id = attribute('id', {
  description: 'Identifier given by the service provider.',
  caseExact: true,
  mutability: 'readOnly',
  returned: 'always',
  uniqueness: 'server',
})

const externalId = attribute('externalId', {
  description: 'Identifier given by the provisioning client.',
  caseExact: true,
})

const meta = attribute('meta', {
  type: 'complex',
  description: 'What the service provider knows about the resource.',
  mutability: 'readOnly',
  subAttributes: [
    attribute('resourceType', {
      description: 'Name of the resource type.',
      caseExact: true,
      mutability: 'readOnly',
    }),
    attribute('created', {
      type: 'dateTime',
      description: 'When the resource was made.',
      mutability: 'readOnly',
    }),
    attribute('lastModified', {
      type: 'dateTime',
      description: 'When the resource was last changed.',
      mutability: 'readOnly',
    }),
    attribute('location', {
      type: 'reference',
      description: 'URI of the resource.',
      mutability: 'readOnly',
      referenceTypes: ['uri'],
    }),
    attribute('version', {
      description: 'Version of the resource, as in the ETag header.',
      caseExact: true,
      mutability: 'readOnly',
    }),
  ],
})

/** The common attributes of RFC 7643 sections 3 and 3.1; they need no URN and belong to every resource type. */
export const commonAttributes: readonly Attribute[] = [schemas, id, externalId, meta]
