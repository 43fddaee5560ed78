import { urn } from '../../src/base/brand.ts'
import { attribute } from '../../src/scim/schema.ts'
import type { ResourceType } from '../../src/scim/schema.ts'
import { commonAttributes } from '../../src/scim/schemas/common.ts'
import { enterpriseUserSchema } from '../../src/scim/schemas/enterprise-user.ts'
import { groupSchema } from '../../src/scim/schemas/group.ts'
import { userSchema } from '../../src/scim/schemas/user.ts'

export const enterprise = enterpriseUserSchema.id

/** The standard resource types with everything the RFC defines, as a mapping that carries it all would offer them. */
export const userType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: '',
  schema: userSchema,
  extensions: [{ schema: enterpriseUserSchema, required: false }],
  common: commonAttributes,
}

export const groupType: ResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  description: '',
  schema: groupSchema,
  extensions: [],
  common: commonAttributes,
}

/** One attribute for each data type and for each characteristic that the standard schemas do not use. */
export const thingType: ResourceType = {
  name: 'Thing',
  endpoint: '/Things',
  description: '',
  schema: {
    id: urn('urn:example:Thing'),
    name: 'Thing',
    description: '',
    attributes: [
      attribute('label', { required: true }),
      attribute('count', { type: 'integer' }),
      attribute('ratio', { type: 'decimal' }),
      attribute('since', { type: 'dateTime' }),
      attribute('bytes', { type: 'binary' }),
      attribute('link', { type: 'reference', referenceTypes: ['external'] }),
      attribute('open', { type: 'boolean' }),
      attribute('tags', { multiValued: true }),
      attribute('serial', { mutability: 'immutable' }),
      attribute('secret', { mutability: 'writeOnly', returned: 'never' }),
      attribute('notes', { returned: 'request' }),
      attribute('badge', { returned: 'always' }),
      attribute('owner', {
        type: 'complex',
        subAttributes: [
          attribute('value', { required: true }),
          attribute('hint', { returned: 'request' }),
          attribute('pin', { returned: 'never' }),
          attribute('born', { mutability: 'immutable' }),
        ],
      }),
      attribute('parts', {
        type: 'complex',
        multiValued: true,
        required: true,
        subAttributes: [
          attribute('code', { required: true, caseExact: true }),
          attribute('maker', { mutability: 'immutable' }),
          attribute('primary', { type: 'boolean' }),
        ],
      }),
    ],
  },
  extensions: [
    {
      schema: {
        id: urn('urn:example:Thing:Place'),
        name: 'Place',
        description: '',
        attributes: [attribute('room', { required: true }), attribute('floor', { type: 'integer' })],
      },
      required: true,
    },
  ],
  common: commonAttributes,
}
